"""Decide what two texts have to do with each other: same text, reprint, a part of the other, a series, or nothing.

The bars are measured (553 reprints of one topic among 37,500 articles): an overlap of half of the shorter text and
three tenths of the longer one tells a reprint with P .999 and R .992.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from math import sqrt

from rapidfuzz.distance import LCSseq

from pipelines.shingles import full_sketch, sketch, words_of
from storage.likeness import Circumstances, Judgement, Kinship, Likeness, Sketch

UNRELATED = 0.05
SAME = 0.8
SHORTER, LONGER = 0.5, 0.3
PART = 0.4
LEAST_PART = 24
"""Shingles that a part has at least: some 30 words."""
REWORDED, IN_ORDER = 0.12, 0.65
"""Texts that share this much of their shingles, and this much of their words in the same order, are one, reworded."""
SAME_FORM, NUMBERS, NUMBERS_OF_FORM = 0.95, 0.5, 0.8
FEW_NUMBERS = 3
SHORT = 200
DEVIATIONS = 2.0
MOST_WORDS = 20_000


def compare(one: Sketch, other: Sketch, given: Circumstances) -> Likeness:
    """Compare two sketches. The answer is sure when no likely error of the samples would change it."""
    share, other_share, sample, other_sample = _shares(one, other)
    if max(share, other_share) < UNRELATED:
        return Likeness(None, share, other_share)
    agreement = _agreement(one.numbers, other.numbers)
    found = _judge(share, other_share, one, other, agreement, given)
    if one.bound == other.bound == 1 << 32:
        sure = not _may_be_reworded(found, share, other_share)
    else:
        error, other_error = _error(share, sample), _error(other_share, other_sample)
        corners = ((share + a * error, other_share + b * other_error) for a in (-1, 1) for b in (-1, 1))
        sure = all(_judge(*corner, one, other, agreement, given) == found for corner in corners)
        sure = sure and not _may_be_reworded(found, share + error, other_share + other_error)
    return Likeness(found, share, other_share, sure)


def compare_texts(body: str, other_body: str, given: Circumstances) -> Likeness:
    """Compare two texts whole: by all their shingles, and where they share some, by their words in order."""
    one, other = full_sketch(body), full_sketch(other_body)
    share, other_share, _, _ = _shares(one, other)
    agreement = _agreement(one.numbers, other.numbers)
    found = _judge(share, other_share, one, other, agreement, given)
    if not _may_be_reworded(found, share, other_share):
        return Likeness(found, share, other_share)
    words, other_words = words_of(body)[:MOST_WORDS], words_of(other_body)[:MOST_WORDS]
    common = LCSseq.similarity(words, other_words)
    in_order, other_in_order = common / len(words), common / len(other_words)
    if min(in_order, other_in_order) < IN_ORDER:
        return Likeness(found, share, other_share)
    found = Kinship.REPRINT
    if given.strict or _is_series(in_order, other_in_order, one, other, agreement, given):
        return Likeness(None, share, other_share)
    return Likeness(found, in_order, other_in_order)


def part_of(one: Sketch, other: Sketch, third: Sketch) -> float:
    """Return which share of what one text has in common with another it has in common with a third one as well."""
    bound = min(one.bound, other.bound, third.bound)
    common = _below(one.kept, bound) & _below(other.kept, bound)
    return len(common & _below(third.kept, bound)) / len(common) if common else 0.0


def _shares(one: Sketch, other: Sketch) -> tuple[float, float, int, int]:
    """Return the share of each text that is in the other, and of how many shingles that is read."""
    bound = min(one.bound, other.bound)
    mine, theirs = _below(one.kept, bound), _below(other.kept, bound)
    common = len(mine & theirs)
    share = common / len(mine) if mine else 0.0
    other_share = common / len(theirs) if theirs else 0.0
    return share, other_share, len(mine), len(theirs)


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


def _judge(
    share: float, other_share: float, one: Sketch, other: Sketch, agreement: tuple[float, int], given: Circumstances
) -> Kinship | None:
    low, high = sorted((share, other_share))
    if low >= LONGER and high >= SHORTER:
        if _is_series(share, other_share, one, other, agreement, given):
            return Kinship.SERIES
        if low >= SAME:
            return Kinship.SAME_TEXT
        if not given.strict:
            return Kinship.REPRINT
    if high >= PART and max(share * one.shingles, other_share * other.shingles) >= LEAST_PART:
        return Kinship.EXCERPT if share >= other_share else Kinship.CONTAINS
    return None


def _is_series(
    share: float, other_share: float, one: Sketch, other: Sketch, agreement: tuple[float, int], given: Circumstances
) -> bool:
    """Tell whether two texts are one form that was filled in twice: the words are the same, the numbers are not."""
    agreed, fewer = agreement
    if agreed < NUMBERS and fewer >= FEW_NUMBERS:
        return True
    if not given.same_outlet or min(share, other_share) < SAME or agreed == 1.0:
        return False
    short = min(one.shingles, other.shingles) < SHORT
    return short or agreed < NUMBERS_OF_FORM or min(share, other_share) >= SAME_FORM


def _may_be_reworded(found: Kinship | None, share: float, other_share: float) -> bool:
    return (found is None or not found.unites) and found is not Kinship.SERIES and min(share, other_share) >= REWORDED


JUDGEMENT = Judgement(sketch, compare, compare_texts, part_of)
