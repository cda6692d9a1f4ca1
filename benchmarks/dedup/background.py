"""A synthetic past: articles with random sketches that share nothing but common phrases, as columns of numbers.

A stored text of so many words has a sketch of just this form; only its values are drawn instead of read. What the index
does with a phrase that many articles carry (posted for 64, then stopped) is done here for the whole past at once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.dedup.phrases import Phrases
from pipelines.shingles import ALL, KEPT, LEAST_KEPT, LEAST_POSTED, POSTED
from storage.likeness import TAIL
from storage.postings import FULL

CHUNK = 10_000
COMMON = 0.05
"""Of the postings: those that are common phrases."""
MEDIAN, SPREAD, SHORTEST, LONGEST = 600, 0.6, 60, 6_000
"""Shingles of a text (log-normal)."""
TEXTS = 400
BODY = 0.65
"""Of its words, so many are in a synthetic article's row: some 2.5 kB, so that a million of them fit on a disk."""
NUMBERS = 12

Longs = npt.NDArray[np.uint64]
ARTICLE = np.uint64(24)
"""Bits of an article's id in a posting."""
_TAIL = np.uint64(TAIL)
_VALUE = np.uint64(32 + TAIL)


@dataclass(frozen=True, slots=True)
class Sketches:
    """Some articles' sketches, in one piece: `kept` are all values, `ends` where each article's end, so for `tails`."""

    ids: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]
    kept: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.int64]
    tails: npt.NDArray[np.uint8]
    tail_ends: npt.NDArray[np.int64]
    numbers: bytes

    def rows(self) -> Iterator[tuple[int, int, int, bytes, bytes, bytes]]:
        """Yield (article id, shingles, bound, numbers, kept, tails) of each article."""
        start = tail = 0
        size = 4 * NUMBERS
        columns = (self.ids, self.shingles, self.bounds, self.ends, self.tail_ends)
        for place, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            one, shingles, bound, end, tail_end = row
            numbers = self.numbers[size * place : size * (place + 1)]
            yield one, shingles, bound, numbers, self.kept[start:end].tobytes(), self.tails[tail:tail_end].tobytes()
            start, tail = end, tail_end


class Background:
    """Articles drawn in order; the index of all that were drawn so far is kept in step."""

    def __init__(self, phrases: Phrases, vocabulary: Sequence[str], seed: int = 11) -> None:
        self._phrases = phrases
        self._draw = np.random.default_rng(seed)
        self._carriers = np.zeros(len(phrases.told), np.int64)
        self.stopped: Longs = np.empty(0, np.uint64)
        words = random.Random(seed)
        self.bodies = [_body(vocabulary, words) for _ in range(TEXTS)]
        self._postings: list[Longs] = []
        self._common: list[Longs] = []

    def draw(self, first_id: int, number: int) -> Iterator[Sketches]:
        """Yield the sketches of so many articles from an id on."""
        for start in range(first_id, first_id + number, CHUNK):
            yield self._chunk(start, min(CHUNK, first_id + number - start))

    def _chunk(self, first_id: int, number: int) -> Sketches:
        draw = self._draw
        shingles = np.exp(draw.normal(np.log(MEDIAN), SPREAD, number)).astype(np.int64).clip(SHORTEST, LONGEST)
        sizes = np.maximum(draw.poisson(shingles / 4), np.minimum(LEAST_KEPT, shingles))
        bounds = np.where(sizes > LEAST_KEPT, KEPT, np.minimum(ALL, ALL * LEAST_KEPT // shingles))
        owner = np.repeat(np.arange(number), sizes)
        values = (draw.random(len(owner)) * bounds[owner]).astype(np.uint64)
        common = (values < POSTED) & (draw.random(len(values)) < COMMON)
        longer = (values << _TAIL) | draw.integers(0, 1 << TAIL, len(values), np.uint64)
        longer[common] = self._phrases.values[self._phrases.ranks(int(common.sum()), draw)]
        keys = _distinct((owner.astype(np.uint64) << _VALUE) | longer)
        owner, longer = (keys >> _VALUE).astype(np.int64), keys & np.uint64((1 << int(_VALUE)) - 1)
        values = longer >> _TAIL
        sizes = np.bincount(owner, minlength=number)
        ends = sizes.cumsum()
        posted = np.bincount(owner[values < POSTED], minlength=number)
        posted = np.maximum(posted, np.minimum(LEAST_POSTED, sizes))
        chosen = np.arange(len(values)) - (ends - sizes)[owner] < posted[owner]
        self._post(first_id, owner[chosen], longer[chosen])
        tails = (longer[chosen] & np.uint64((1 << TAIL) - 1)).astype(np.uint8)
        ids = np.arange(first_id, first_id + number)
        numbers = np.sort(draw.integers(0, ALL, (number, NUMBERS), np.uint32), axis=1).tobytes()
        return Sketches(ids, shingles, bounds, values.astype(np.uint32), ends, tails, posted.cumsum(), numbers)

    def _post(self, first_id: int, owner: npt.NDArray[np.int64], longer: Longs) -> None:
        postings = (longer << ARTICLE) | (owner + first_id).astype(np.uint64)
        is_common = np.isin(longer, self._phrases.values)
        self._postings.append(postings[~is_common])
        self._common.append(postings[is_common])

    def take_postings(self) -> tuple[Longs, Longs]:
        """Return what is to be posted since last asked, sorted, and the shingles that have been stopped since.

        A posting is `shingle << ARTICLE | article id`.
        """
        common = np.concatenate(self._common)
        found, counts = np.unique(common >> ARTICLE, return_counts=True)
        order = np.argsort(self._phrases.values)
        self._carriers[order[np.searchsorted(self._phrases.values[order], found)]] += counts
        stopped = np.sort(self._phrases.values[self._carriers >= FULL])
        new = np.setdiff1d(stopped, self.stopped)
        self.stopped = stopped
        common = common[~np.isin(common >> ARTICLE, stopped)]
        postings = np.sort(np.concatenate([*self._postings, common]))
        self._postings, self._common = [], []
        return postings, new


def _distinct(values: Longs) -> Longs:
    """Return the values sorted, each once; on many, far quicker than np.unique, which hashes."""
    values = np.sort(values)
    distinct: Longs = values[np.concatenate([[True], values[1:] != values[:-1]])]
    return distinct


def _body(vocabulary: Sequence[str], draw: random.Random) -> str:
    """Return a text that stands for an article's in size alone."""
    number = int(BODY * min(max(draw.lognormvariate(np.log(MEDIAN), SPREAD), SHORTEST), LONGEST))
    return " ".join(draw.choices(vocabulary, k=number))
