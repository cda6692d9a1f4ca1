"""The lines that were taken out of each stored article, kept so that they can be shown and put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import sqlalchemy as sa

from storage.blocks import OWN_RULES, Block, Piece
from storage.types import Removed

MOST = 200
LONGEST = 2_000
"""Lines of an article, and characters of a line, that are kept of what extraction took out."""

_READ = sa.text("SELECT place, text, rule FROM removals WHERE article_id = :article_id ORDER BY number")
_DELETE = sa.text("DELETE FROM removals WHERE article_id = :article_id")
_INSERT = sa.text(
    "INSERT INTO removals (article_id, number, place, text, rule, block_hash) "
    "VALUES (:article_id, :number, :place, :text, :rule, :block_hash)"
)


def read_removed(connection: sa.Connection, article_id: int) -> tuple[Removed, ...]:
    """Return the lines that were taken out of an article, in order."""
    return tuple(Removed(*row) for row in connection.execute(_READ, {"article_id": article_id}))


def bounded(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces without what is too much to keep of extraction's own; learned lines are kept whole."""
    foreign = (place for place, piece in enumerate(pieces) if piece.rule is not None and piece.rule not in OWN_RULES)
    kept = set(islice(foreign, MOST))
    result = []
    for place, piece in enumerate(pieces):
        if place in kept:
            result.append(Piece(piece.text[:LONGEST], piece.rule))
        elif piece.rule is None or piece.rule in OWN_RULES:
            result.append(piece)
    return result


def write_removed(
    connection: sa.Connection, article_id: int, removed: Sequence[Removed], block: Callable[[str], Block]
) -> None:
    """Write the lines that are out of an article's text now, in place of those of before."""
    connection.execute(_DELETE, {"article_id": article_id})
    add_removed(connection, article_id, removed, block)


def add_removed(
    connection: sa.Connection, article_id: int, removed: Sequence[Removed], block: Callable[[str], Block]
) -> None:
    """Write the lines that are out of a new article's text."""
    rows = [
        {
            "article_id": article_id,
            "number": number,
            "place": line.place,
            "text": line.text,
            "rule": line.rule,
            "block_hash": block(line.text).hash if line.rule in OWN_RULES else None,
        }
        for number, line in enumerate(removed)
    ]
    if rows:
        connection.execute(_INSERT, rows)
