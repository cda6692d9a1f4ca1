"""Texts of articles cut into what a page shows: marked words, paragraphs, lines that were taken out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.blocks import weave
from storage.types import Removed

HEADING_WORDS = 12
"""A line of at most so many words may be a heading."""
_ENDS = ".!?:;…»”\"’',)]。！？؟۔।"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text, `marked` when it is what was asked for."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of an article. `rule` says why it was taken out of the text, None for what is in it."""

    text: str
    rule: str | None = None
    is_heading: bool = False


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return a text cut at these spans (start, end), which are in order and apart from each other."""
    found, end = [], 0
    for start, stop in spans:
        found += [Piece(text[end:start], False), Piece(text[start:stop], True)]
        end = stop
    return [piece for piece in (*found, Piece(text[end:], False)) if piece.text]


def blocks(body: str, removed: Sequence[Removed] = ()) -> list[Block]:
    """Return the paragraphs of a body, with the lines that were taken out put back in their places."""
    pieces = weave(body, removed)
    following = [piece.text for piece in pieces[1:]] + [""]
    return [
        Block(piece.text, piece.rule, piece.rule is None and place > 0 and _is_heading(piece.text, following[place]))
        for place, piece in enumerate(pieces)
    ]


def _is_heading(line: str, following: str) -> bool:
    """Tell whether a line looks like a heading: short, without a stop at its end, and a longer text follows."""
    is_short = len(line) <= 90 and len(line.split()) <= HEADING_WORDS
    return is_short and not line.rstrip().endswith(tuple(_ENDS)) and len(following) > len(line)


def authors(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
