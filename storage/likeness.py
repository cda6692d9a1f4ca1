"""What two texts have to do with each other: sketches, and the kinds of relation between two articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from struct import unpack

TAIL = 3
"""Bits of a posting that come from its tail."""


class Kinship(StrEnum):
    """How an article's text relates to another's.

    SAME_TEXT and REPRINT make a story. CONTAINS (the other's text is a part of it), EXCERPT (it is a part of the
    other's), OVERLAP (they have a passage in common) and SERIES (the same form with other numbers: weather, markets)
    are links and never merge anything.
    """

    SAME_TEXT = "same-text"
    REPRINT = "reprint"
    CONTAINS = "contains"
    EXCERPT = "excerpt"
    OVERLAP = "overlap"
    SERIES = "series"

    @property
    def unites(self) -> bool:
        """Whether two articles that are related like this tell one story."""
        return self in (Kinship.SAME_TEXT, Kinship.REPRINT)

    @property
    def turned(self) -> Kinship:
        """The same relation, seen from the other article."""
        return _TURNED.get(self, self)


_TURNED = {Kinship.CONTAINS: Kinship.EXCERPT, Kinship.EXCERPT: Kinship.CONTAINS}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sample of a text's shingles, from which its overlap with any other text is read (FracMinHash).

    `kept` are the values of all its shingles below `bound` (at most 2**32), ascending, as little-endian uint32; by the
    first `posted` of them it is looked up and found, each with more of its hash (a byte of `tails`): among millions of
    texts their own bits would often agree by chance. `shingles` is the number of all that differ. `numbers` are hashes
    of the text's numbers, each with two words before it, in the form of `kept`.
    """

    kept: bytes
    bound: int
    shingles: int
    numbers: bytes
    tails: bytes

    @property
    def posted(self) -> int:
        """How many values the text is looked up and found by."""
        return len(self.tails)

    @property
    def postings(self) -> list[int]:
        """These values, below 2**40; most below 2**31, which SQLite keeps in four bytes."""
        values = unpack(f"<{self.posted}I", self.kept[: 4 * self.posted])
        return [value << TAIL | tail for value, tail in zip(values, self.tails, strict=True)]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two sketches or texts say. `share` of the first text is in the other, `other_share` of the other in it.

    `kinship` is None for texts that are unrelated. `is_sure` is False when the sample is too small to tell.
    """

    kinship: Kinship | None
    share: float
    other_share: float
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else counts for a relation. `same_outlet`: both were published by one outlet. `strict`: one of them is
    no plain article (captions, live coverage), so that only the same text makes a story.
    """

    same_outlet: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The pure functions that storage compares texts with.

    `sketch` reads a headline and body (None: nothing to compare); `compare` two sketches, `compare_texts` two bodies
    whole. `part_of` tells which share of the first sketch's overlap with the second is in its overlap with the third.
    """

    sketch: Callable[[str, str], Sketch | None]
    compare: Callable[[Sketch, Sketch, Circumstances], Likeness]
    compare_texts: Callable[[str, str, Circumstances], Likeness]
    part_of: Callable[[Sketch, Sketch, Sketch], float]


WINDOW = timedelta(days=45)
"""How far back a text is compared, unless the configuration says otherwise."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """How texts are compared: the pure functions, and how far back (`window`)."""

    judgement: Judgement
    window: timedelta = WINDOW
