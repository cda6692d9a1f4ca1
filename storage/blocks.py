"""A body as lines that stand or were taken out, each with its rule: pure, so that what was removed can be put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from storage.likeness import Comparing
from storage.types import Removed, Version

LEARNED = "learned"
BANNED = "banned"
OWN_RULES = (LEARNED, BANNED)
"""The rules that are decided here, by the site's blocks; all others are the extraction's."""
MOST_TAKEN = 0.5
"""Of an article's words that learned blocks may take away."""


@dataclass(frozen=True, slots=True)
class Block:
    """What a line is counted as: `hash` of its normalised text, 0 for none; `digits` tells its numbers apart."""

    hash: int
    words: int
    digits: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a site's counts say of a block.

    `stories` carry it; `apart` of them tell of something else than the one before. In `at_top` and `at_end` stories
    nothing but repeated lines stands between it and the text's edge; in `varied` stories its numbers were new.
    """

    words: int
    stories: int
    apart: int
    at_top: int
    at_end: int
    varied: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How texts are read: the pipelines' pure functions that storage works with.

    `block` reads a line, `is_boilerplate` decides on a tally at a site with so many stories, `are_related` tells
    whether a text is about the same as an earlier headline and body. `changes` names what has changed from one version
    to the next, `is_truncated` tells whether the next is no more than the beginning, and `same_number` whether two
    URLs carry the same number of an article. `comparing` is how texts of all outlets are compared.
    """

    block: Callable[[str], Block]
    is_boilerplate: Callable[[Tally, int], bool]
    are_related: Callable[[str, str, str], bool]
    count_words: Callable[[str], int]
    content_hash: Callable[[str, str], str]
    changes: Callable[[Version, Version], tuple[str, ...]]
    is_truncated: Callable[[Version, Version], bool]
    same_number: Callable[[str, str], bool]
    comparing: Comparing


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a text: standing, or taken out by a rule."""

    text: str
    rule: str | None = None


def lines_of(body: str) -> list[str]:
    """Return the lines of a body."""
    return [line for line in body.split("\n") if line.strip()]


def weave(body: str, removed: Iterable[Removed]) -> list[Piece]:
    """Return a body's lines with those that were taken out at their places."""
    lines = lines_of(body)
    pieces: list[Piece] = []
    placed = 0
    for line in removed:
        place = max(placed, min(line.place, len(lines)))
        pieces += [Piece(text) for text in lines[placed:place]]
        pieces.append(Piece(line.text, line.rule))
        placed = place
    return pieces + [Piece(text) for text in lines[placed:]]


def unweave(pieces: Sequence[Piece]) -> tuple[str, tuple[Removed, ...]]:
    """Return the body of the lines that stand, and the others with their places."""
    standing: list[str] = []
    removed: list[Removed] = []
    for piece in pieces:
        if piece.rule is None:
            standing.append(piece.text)
        else:
            removed.append(Removed(len(standing), piece.text, piece.rule))
    return "\n\n".join(standing), tuple(removed)


def original(body: str, removed: Iterable[Removed]) -> str:
    """Return the body with everything put back."""
    return "\n\n".join(piece.text for piece in weave(body, removed))


def put_back(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces as extraction left them: what blocks took out stands again."""
    return [replace(piece, rule=None) if piece.rule in OWN_RULES else piece for piece in pieces]


def take_out(pieces: Sequence[Piece], taken: Mapping[int, str], block: Callable[[str], Block]) -> list[Piece]:
    """Return the pieces with the blocks that are `taken` out by their rules, and no others of these rules.

    From the end upwards: learned blocks never take more than half of the words, no rule takes the last line.
    """
    result = put_back(pieces)
    places = [place for place, piece in enumerate(result) if piece.rule is None]
    blocks = {place: block(result[place].text) for place in places}
    spare = MOST_TAKEN * sum(read.words for read in blocks.values())
    left = len(places)
    for place in reversed(places):
        rule = taken.get(blocks[place].hash)
        words = blocks[place].words
        if rule is None or left == 1 or (rule == LEARNED and words > spare):
            continue
        spare -= words if rule == LEARNED else 0
        left -= 1
        result[place] = Piece(result[place].text, rule)
    return result
