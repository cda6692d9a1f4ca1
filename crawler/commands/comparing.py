"""Compare two texts word by word, and show on a terminal what lies between them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.commands.rendering import plain
from storage.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.worddiff import Line, Piece
    from storage.types import StoredArticle

MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
STYLES = {"same": "", "removed": "red strike", "added": "green"}
CONTEXT = 100
"""Characters that are shown of an unchanged paragraph next to a change."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts that are compared."""

    name: str
    facts: dict[str, Any]
    headline: str
    authors: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts and what lies between them."""

    title: str
    old: Side
    new: Side
    headline: list[Line]
    authors: list[Piece]
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Row:
    """What is printed as one paragraph: with a label before it, as context of a change, or (no pieces) as a gap."""

    pieces: Sequence[Piece]
    label: str = ""
    context: bool = False


def current(article: StoredArticle, other: StoredArticle) -> tuple[Side, Side]:
    """Return two articles as they are now, to be compared. Raises UsageError when they are one."""
    if article.id == other.id:
        raise UsageError(f"--with: that is article {article.id} itself")
    return _side(article), _side(other)


def _side(article: StoredArticle) -> Side:
    facts = {"article": article.id, "source": article.source, "url": article.url, "revision": article.revision}
    return Side(f"article {article.id} of {article.source}", facts, article.headline, article.authors, article.body)


def compare(title: str, old: Side, new: Side) -> Comparison:
    """Return what lies between two texts, under a title."""
    from pipelines.worddiff import diff_words

    authors = list(_authors(old.authors, new.authors)) if set(old.authors) != set(new.authors) else []
    return Comparison(title, old, new, diff_words(old.headline, new.headline), authors, diff_words(old.body, new.body))


def _authors(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    from pipelines.worddiff import Piece

    yield from (Piece("same" if name in new else "removed", name) for name in old)
    yield from (Piece("added", name) for name in new if name not in old)


def joined(lines: Iterable[Line]) -> list[Piece]:
    """Return the pieces of all lines."""
    return [piece for line in lines for piece in line.pieces]


def rows_of(comparison: Comparison, everything: bool) -> list[Row]:
    """Return the paragraphs to print: changes of headline and authors, then of the text."""
    headline = joined(comparison.headline)
    rows = [Row(headline, "headline")] if everything or any(piece.kind != "same" for piece in headline) else []
    rows += [Row(_listing(comparison.authors), "authors")] if comparison.authors else []
    changed = [line.kind != "same" for line in comparison.lines]
    last = -1
    for place, line in enumerate(comparison.lines):
        if not everything and not any(changed[max(place - 1, 0) : place + 2]):
            continue
        if place > last + 1:
            rows.append(Row(()))
        rows.append(Row(line.pieces if everything else _shortened(line), context=not changed[place]))
        last = place
    return [*rows, Row(())] if any(changed) and last + 1 < len(changed) else rows


def _listing(names: Sequence[Piece]) -> list[Piece]:
    from pipelines.worddiff import Piece

    parts = [part for piece in names for part in (Piece("same", ", "), piece)]
    return parts[1:]


def _shortened(line: Line) -> Sequence[Piece]:
    from pipelines.worddiff import Piece

    text = line.pieces[0].text
    if line.kind != "same" or len(text) <= CONTEXT:
        return line.pieces
    return (Piece("same", text[:CONTEXT].rsplit(" ", 1)[0] + " …"),)


def print_comparison(comparison: Comparison, everything: bool) -> None:
    """Print what differs, with its context; or `everything`. In colour where the terminal has some."""
    from crawler.commands.terminal import Terminal

    console = Terminal()
    styled = console.is_terminal and bool(console.color_system) and not console.no_color
    head = f"{plain(comparison.title)}\n{plain(comparison.old.name)} → {plain(comparison.new.name)}\n"
    rows = rows_of(comparison, everything)
    if not any(piece.kind != "same" for row in rows for piece in row.pieces):
        head += "\nnothing differs\n"
    sys.stdout.write(head)
    for row in rows:
        sys.stdout.write("\n")
        if styled:
            _print_styled(console, row)
        else:
            sys.stdout.write(_label(row) + (_marked(row.pieces, MARKS) if row.pieces else "…") + "\n")


def _label(row: Row) -> str:
    return f"{row.label}: " if row.label else ""


def _marked(pieces: Iterable[Piece], marks: dict[str, str]) -> str:
    return "".join(marks[piece.kind].format(plain(piece.text)) for piece in pieces)


def _print_styled(console: Console, row: Row) -> None:
    from rich.text import Text

    text = Text(_label(row), style="dim" if row.context or not row.pieces else "")
    for piece in row.pieces:
        text.append(plain(piece.text), style=STYLES[piece.kind])
    console.print(text if row.pieces else Text("…", style="dim"), soft_wrap=True)
