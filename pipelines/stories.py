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

from pipelines.shingles import ALL, full_sketch, sketch
from pipelines.words import words_of
from storage.likeness import Circumstances, Judgement, Kinship, Likeness, Sketch

SAME = 0.8
SHORTER, LONGER = 0.5, 0.3
PART, LEAST_PART = 0.4, 24
"""Of a text that is a part of another: its share, and shingles in common."""
PASSAGE = 48
"""Shingles in common, some 55 words: a passage, whatever its share."""
PLAIN, HALVES, REWORDED = 0.7, 0.46, 0.18
"""A plain reprint: so much of one text is in the other, or this of both. Of both: perhaps one with changed words."""
WORDS_SHORTER, WORDS_LONGER, RUN = 0.7, 0.35, 2
"""Between these, texts are a reprint when they share so many of their words in order, in runs of so many."""
SAME_FORM, NUMBERS, NUMBERS_OF_FORM = 0.95, 0.5, 0.8
FEW_NUMBERS = 3
TELLING = 0.6
"""Of the numbers, those that stand behind the same words in both texts: with so many, most are the same in place."""
SHORT, BY_CHANCE = 200, 0.05
DEVIATIONS = 2.0
MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What two texts have in common: shares of both, shingles, and numbers: the share that agrees, of how many.

    `same_numbers` tells whether neither text has a number that the other lacks.
    """

    share: float
    other_share: float
    common: float
    shorter: int
    agreed: float
    numbers: int
    same_numbers: bool


def compare(one: Sketch, other: Sketch, given: Circumstances) -> Likeness:
    """Compare two sketches. The answer is sure when no likely error of the samples would change what it comes to."""
    found, sample, other_sample = _overlap(one, other)
    kinship = _judge(found, given)
    likeness = Likeness(kinship, found.share, found.other_share)
    if max(found.share, found.other_share) < BY_CHANCE and found.common < PASSAGE / 2:
        return likeness
    if _hangs_on_numbers(found, kinship, given):
        return replace(likeness, is_sure=False)
    spread = list(_spread(found, sample, other_sample, exact=one.bound == other.bound == ALL))
    kinships = {_judge(near, given) for near in spread}
    uniting = {near is not None and near.unites for near in kinships}
    if any(_is_unclear(near, kinship) for near in spread) or len(uniting) > 1 or Kinship.SERIES in kinships - {kinship}:
        return replace(likeness, is_sure=False)
    if kinship is None and kinships != {None}:
        return replace(likeness, kinship=Kinship.OVERLAP)  # a link unites nothing: better one too many than to look
    return likeness


def compare_texts(body: str, other_body: str, given: Circumstances) -> Likeness:
    """Compare two texts whole: by all their shingles, and by their words in order where these do not tell."""
    one, other = full_sketch(body), full_sketch(other_body)
    found, _, _ = _overlap(one, other)
    kinship = _judge(found, given)
    unclear = _is_unclear(found, kinship)
    if not unclear and not _hangs_on_numbers(found, kinship, given):
        return Likeness(kinship, found.share, found.other_share)
    aligned = _aligned(body, other_body, found)
    low, high = sorted((aligned.share, aligned.other_share))
    if unclear and (given.strict or low < WORDS_LONGER or high < WORDS_SHORTER):
        return Likeness(_part(found), found.share, found.other_share)
    if _is_series(aligned, given):
        return Likeness(Kinship.SERIES, aligned.share, aligned.other_share)
    if unclear:
        return Likeness(Kinship.REPRINT, aligned.share, aligned.other_share)
    return Likeness(_judge(replace(found, same_numbers=True), given), found.share, found.other_share)


def _aligned(body: str, other_body: str, found: _Overlap) -> _Overlap:
    """Return what two texts have in common word by word, in order; numbers are compared where they stand."""
    words, other_words = words_of(body), words_of(other_body)
    hashes, other_hashes = words.masked[:MOST_WORDS].tolist(), other_words.masked[:MOST_WORDS].tolist()
    blocks = [
        (block.src_start, block.dest_start, block.src_end - block.src_start)
        for block in LCSseq.opcodes(hashes, other_hashes)
        if block.tag == "equal" and block.src_end - block.src_start >= RUN
    ]
    common = sum(length for _, _, length in blocks)
    numbers = [
        bool(words.told[start + place] == other_words.told[other_start + place])
        for start, other_start, length in blocks
        for place in range(length)
        if hashes[start + place] == 0
    ]
    return _Overlap(
        share=common / max(len(hashes), 1),
        other_share=common / max(len(other_hashes), 1),
        common=found.common,
        shorter=found.shorter,
        agreed=sum(numbers) / len(numbers) if numbers else 1.0,
        numbers=len(numbers),
        same_numbers=all(numbers),
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
    shorter = min(one.shingles, other.shingles)
    if not common:
        return _Overlap(0.0, 0.0, 0.0, shorter, 1.0, 0, True), len(mine), len(theirs)
    share = common / len(mine)
    numbers, others = _below(one.numbers, ALL), _below(other.numbers, ALL)
    fewer = min(len(numbers), len(others))
    found = _Overlap(
        share=share,
        other_share=common / len(theirs),
        common=share * one.shingles,
        shorter=shorter,
        agreed=len(numbers & others) / fewer if fewer else 1.0,
        numbers=fewer,
        same_numbers=numbers == others,
    )
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


def _part(found: _Overlap) -> Kinship | None:
    """Return the link between texts that are no reprint of each other."""
    if max(found.share, found.other_share) >= PART and found.common >= LEAST_PART:
        return Kinship.EXCERPT if found.share >= found.other_share else Kinship.CONTAINS
    return Kinship.OVERLAP if found.common >= PASSAGE else None


def _is_series(found: _Overlap, given: Circumstances) -> bool:
    """Tell whether two texts are one form that was filled in twice: the words are the same, the numbers are not."""
    low = min(found.share, found.other_share)
    if low < SAME or found.same_numbers:
        return False
    if found.agreed < NUMBERS and found.numbers >= FEW_NUMBERS:
        return True
    return given.same_outlet and (found.shorter < SHORT or found.agreed < NUMBERS_OF_FORM or low >= SAME_FORM)


def _hangs_on_numbers(found: _Overlap, kinship: Kinship | None, given: Circumstances) -> bool:
    """Tell whether the numbers may decide between a story and a series; the word before one may have changed too."""
    if kinship not in (Kinship.SAME_TEXT, Kinship.REPRINT, Kinship.SERIES):
        return False
    return not found.same_numbers if given.same_outlet else found.agreed < TELLING


def _is_unclear(found: _Overlap, kinship: Kinship | None) -> bool:
    """Tell whether shingles alone say too little: many are lost when words are changed here and there."""
    low, high = sorted((found.share, found.other_share))
    if kinship in (Kinship.SAME_TEXT, Kinship.SERIES) or low < REWORDED:
        return False
    return low < LONGER or (high < PLAIN and low < HALVES)


JUDGEMENT = Judgement(sketch, compare, compare_texts, part_of)
