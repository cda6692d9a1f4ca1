"""Decide what two texts have to do with each other: same text, reprint, a part of the other, a series, or nothing.

The bars are measured (553 reprints of one topic among 37,500 articles): an overlap of half of the shorter text and
three tenths of the longer one tells a reprint with P .999 and R .992.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import sqrt

from rapidfuzz.distance import LCSseq

from pipelines.shingles import ALL, full_sketch, is_number, sketch, words_of
from storage.likeness import Circumstances, Judgement, Kinship, Likeness, Sketch

SAME = 0.8
SHORTER, LONGER = 0.5, 0.3
PART, LEAST_PART = 0.4, 24
"""Of a text that is a part of another: its share, and shingles in common."""
PASSAGE = 48
"""Shingles in common, some 55 words: a passage, whatever its share."""
PLAIN, REWORDED = 0.7, 0.12
"""Of the text that has more of the other: a plain reprint; of both: perhaps one whose words were changed."""
WORDS_SHORTER, WORDS_LONGER, RUN = 0.7, 0.35, 2
"""Between these, texts are a reprint when they share so many of their words in order, in runs of so many."""
SAME_FORM, NUMBERS, NUMBERS_OF_FORM = 0.95, 0.5, 0.8
FEW_NUMBERS = 3
TELLING = 0.9
"""Of the numbers of a reprint, those that stand behind the same word in both texts."""
SHORT = 200
DEVIATIONS = 2.0
MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What two texts have in common: shares of both, shingles, and numbers: the share that agrees, of how many."""

    share: float
    other_share: float
    common: float
    shorter: int
    agreed: float
    numbers: int


def compare(one: Sketch, other: Sketch, given: Circumstances) -> Likeness:
    """Compare two sketches. The answer is sure when no likely error of the samples would change it."""
    found, sample, other_sample = _overlap(one, other)
    kinship = _judge(found, given)
    likeness = Likeness(kinship, found.share, found.other_share)
    if not found.common:
        return likeness
    if _hangs_on_numbers(found, kinship) and found.agreed < (1.0 if given.same_outlet else TELLING):
        return replace(likeness, is_sure=False)
    spread = _spread(found, sample, other_sample, exact=one.bound == other.bound == ALL)
    sure = all(_judge(near, given) == kinship and not _is_unclear(near, kinship) for near in spread)
    return replace(likeness, is_sure=sure)


def compare_texts(body: str, other_body: str, given: Circumstances) -> Likeness:
    """Compare two texts whole: by all their shingles, and by their words in order where these do not tell."""
    one, other = full_sketch(body), full_sketch(other_body)
    found, _, _ = _overlap(one, other)
    kinship = _judge(found, given)
    unclear = _is_unclear(found, kinship)
    if not unclear and not _hangs_on_numbers(found, kinship):
        return Likeness(kinship, found.share, found.other_share)
    aligned = _aligned(body, other_body, found)
    if not unclear:
        exact = replace(found, agreed=aligned.agreed, numbers=aligned.numbers)
        return Likeness(_judge(exact, given), found.share, found.other_share)
    low, high = sorted((aligned.share, aligned.other_share))
    if given.strict or low < WORDS_LONGER or high < WORDS_SHORTER:
        return Likeness(_part(found), found.share, found.other_share)
    kinship = Kinship.SERIES if _is_series(aligned, given) else Kinship.REPRINT
    return Likeness(kinship, aligned.share, aligned.other_share)


def _aligned(body: str, other_body: str, found: _Overlap) -> _Overlap:
    """Return what two texts have in common word by word, in order; numbers are compared where they stand."""
    words, told = words_of(body)
    other_words, other_told = words_of(other_body)
    blocks = LCSseq.opcodes(words[:MOST_WORDS], other_words[:MOST_WORDS])
    pairs = [
        (told[block.src_start + place], other_told[block.dest_start + place])
        for block in blocks
        if block.tag == "equal" and block.src_end - block.src_start >= RUN
        for place in range(block.src_end - block.src_start)
    ]
    numbers = [one == other for one, other in pairs if is_number(one)]
    return _Overlap(
        share=len(pairs) / max(len(words[:MOST_WORDS]), 1),
        other_share=len(pairs) / max(len(other_words[:MOST_WORDS]), 1),
        common=found.common,
        shorter=found.shorter,
        agreed=sum(numbers) / len(numbers) if numbers else 1.0,
        numbers=len(numbers),
    )


def part_of(one: Sketch, other: Sketch, third: Sketch) -> float:
    """Return which share of what one text has in common with another it has in common with a third one as well."""
    bound = min(one.bound, other.bound, third.bound)
    common = _below(one.kept, bound) & _below(other.kept, bound)
    return len(common & _below(third.kept, bound)) / len(common) if common else 0.0


def _overlap(one: Sketch, other: Sketch) -> tuple[_Overlap, int, int]:
    """Return what two sketches have in common, and of how many shingles of each that is read."""
    bound = min(one.bound, other.bound)
    mine, theirs = _below(one.kept, bound), _below(other.kept, bound)
    common = len(mine & theirs)
    if not common:
        return _Overlap(0.0, 0.0, 0.0, min(one.shingles, other.shingles), 1.0, 0), len(mine), len(theirs)
    agreed, numbers = _agreement(one.numbers, other.numbers)
    share = common / len(mine)
    shorter = min(one.shingles, other.shingles)
    found = _Overlap(share, common / len(theirs), share * one.shingles, shorter, agreed, numbers)
    return found, len(mine), len(theirs)


def _spread(found: _Overlap, sample: int, other_sample: int, *, exact: bool) -> Iterator[_Overlap]:
    """Yield an overlap as it may be besides, so far as the samples tell."""
    yield found
    if exact:
        return
    error, other_error = _error(found.share, sample), _error(found.other_share, other_sample)
    for sign, other_sign in product((-1, 1), repeat=2):
        share = found.share + sign * error
        yield replace(
            found,
            share=share,
            other_share=found.other_share + other_sign * other_error,
            common=found.common * max(share, 0.0) / found.share,
        )


@lru_cache(maxsize=512)
def _below(kept: bytes, bound: int) -> frozenset[int]:
    values = array("I")
    values.frombytes(kept)
    if values and values[-1] >= bound:
        return frozenset(value for value in values if value < bound)
    return frozenset(values)


def _agreement(numbers: bytes, others: bytes) -> tuple[float, int]:
    """Return the share of the text's numbers that are in both, of the text with fewer, and how many it has."""
    mine, theirs = _below(numbers, 1 << 32), _below(others, 1 << 32)
    fewer = min(len(mine), len(theirs))
    return (len(mine & theirs) / fewer if fewer else 1.0), fewer


def _error(share: float, sample: int) -> float:
    """Return how far a share that is read from so many shingles may be off."""
    share = min(max(share, 0.05), 0.95)
    return DEVIATIONS * sqrt(share * (1 - share) / max(sample, 1))


def _judge(found: _Overlap, given: Circumstances) -> Kinship | None:
    low, high = sorted((found.share, found.other_share))
    if low >= LONGER and high >= SHORTER:
        if _is_series(found, given):
            return Kinship.SERIES
        if low >= SAME:
            return Kinship.SAME_TEXT
        if not given.strict:
            return Kinship.REPRINT
    return _part(found)


def _hangs_on_numbers(found: _Overlap, kinship: Kinship | None) -> bool:
    """Tell whether the numbers decide between a story and a series; a word before one may have changed as well."""
    return found.agreed < 1.0 and kinship in (Kinship.SAME_TEXT, Kinship.REPRINT, Kinship.SERIES)


def _part(found: _Overlap) -> Kinship | None:
    """Return the link between texts that are no reprint of each other."""
    if max(found.share, found.other_share) >= PART and found.common >= LEAST_PART:
        return Kinship.EXCERPT if found.share >= found.other_share else Kinship.CONTAINS
    return Kinship.OVERLAP if found.common >= PASSAGE else None


def _is_series(found: _Overlap, given: Circumstances) -> bool:
    """Tell whether two texts are one form that was filled in twice: the words are the same, the numbers are not."""
    if found.agreed < NUMBERS and found.numbers >= FEW_NUMBERS:
        return True
    low = min(found.share, found.other_share)
    if not given.same_outlet or low < SAME or found.agreed == 1.0:
        return False
    return found.shorter < SHORT or found.agreed < NUMBERS_OF_FORM or low >= SAME_FORM


def _is_unclear(found: _Overlap, kinship: Kinship | None) -> bool:
    """Tell whether shingles alone say too little: many are lost when words are changed here and there."""
    low, high = sorted((found.share, found.other_share))
    return (
        kinship not in (Kinship.SAME_TEXT, Kinship.SERIES) and low >= REWORDED and not (low >= LONGER and high >= PLAIN)
    )


JUDGEMENT = Judgement(sketch, compare, compare_texts, part_of)
