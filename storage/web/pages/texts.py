"""Texts of articles cut into what a page shows: marked words, paragraphs, lines that were taken out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    lines = body.split("\n")
    found: list[Block] = []
    waiting = sorted(removed, key=lambda line: line.place)
    for place in range(len(lines) + 1):
        while waiting and (waiting[0].place <= place or place == len(lines)):
            line = waiting.pop(0)
            found.append(Block(line.text, line.rule))
        if place < len(lines) and lines[place].strip():
            found.append(Block(lines[place], None, _is_heading(lines, place)))
    return found


def _is_heading(lines: Sequence[str], place: int) -> bool:
    """Tell whether a line looks like a heading: short, without a stop at its end, and a longer text follows."""
    line = lines[place].strip()
    following = next((one for one in lines[place + 1 :] if one.strip()), "")
    is_short = len(line) <= 90 and len(line.split()) <= HEADING_WORDS
    return place > 0 and is_short and not line.endswith(tuple(_ENDS)) and len(following) > len(line)


def authors(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
