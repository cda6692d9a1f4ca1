"""Sketch a text: FracMinHash over its word 6-grams, so that reprints, excerpts and merged texts are found.

FracMinHash keeps every shingle whose hash lies below a fixed bound (Irber et al. 2022, doi 10.1101/2022.01.11.475838;
the modulo scheme of Broder 1997), so that containment is read from two samples of any sizes. Numbers count as
equal here: they are compared apart, for a report in a fixed form differs by nothing else.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from zlib import crc32

import numpy as np

from pipelines.words import Hashes, Words, mixed, words_of
from storage.likeness import TAIL, Sketch

ALL = 1 << 32
KEPT, POSTED = ALL >> 2, ALL >> 4
"""Values below these are kept (1 in 4) and posted (1 in 16)."""
LEAST_KEPT, LEAST_POSTED = 64, 8
"""A short text keeps and posts at least so many, if it has them."""
MOST_NUMBERS = 256

_BASE = np.uint64(0x9E3779B97F4A7C15)


def sketch(headline: str, body: str) -> Sketch | None:
    """Return the sketch of a text (in NFC), None when there is none.

    A text of less than some 37 words (a caption, a flash) is one shingle with its headline: it is found by the very
    same alone, and bridges nothing.
    """
    words = words_of(body)
    values = _values(words)
    if len(values) < words.script.least:
        return _whole(words_of(headline), words)
    return _sampled(values, _numbers(words))


@lru_cache(maxsize=32)
def full_sketch(body: str) -> Sketch:
    """Return the sketch that keeps every shingle: comparing two of them is exact."""
    words = words_of(body)
    values = _values(words)
    return Sketch(_packed(values >> np.uint64(32)), ALL, len(values), _numbers(words), b"")


def _values(words: Words) -> Hashes:
    """Return the distinct shingles of a text as 64-bit hashes, ascending."""
    width = words.script.width
    count = len(words.masked) - width + 1
    if count < 1:
        return np.empty(0, np.uint64)
    rolled = np.zeros(count, np.uint64)
    for place in range(width):
        rolled *= _BASE
        rolled += words.masked[place : place + count]
    found = np.sort(mixed(rolled))
    distinct: Hashes = found[np.append(found[1:] != found[:-1], True)]
    return distinct


def _sampled(hashes: Hashes, numbers: bytes) -> Sketch:
    values = hashes >> np.uint64(32)
    below = int(np.searchsorted(values, KEPT))
    count = max(below, min(LEAST_KEPT, len(values)))
    bound = KEPT if count == below else ALL if count == len(values) else int(values[count])
    posted = max(int(np.searchsorted(values, POSTED)), min(LEAST_POSTED, len(values)))
    return Sketch(_packed(values[:count]), bound, len(values), numbers, _tails(hashes[:posted]))


def _packed(values: Hashes) -> bytes:
    return values.astype("<u4").tobytes()


def _tails(hashes: Hashes) -> bytes:
    """Return the bits of each hash that follow on those of its value, as a byte."""
    return ((hashes >> np.uint64(32 - TAIL)) & np.uint64((1 << TAIL) - 1)).astype(np.uint8).tobytes()


def _whole(headline: Words, body: Words) -> Sketch | None:
    """Return the sketch of a short text: two values of all its words, those of its headline with them."""
    if not body.told.size:
        return None
    told = headline.told.tobytes() + b"\n" + body.told.tobytes()
    hashes = np.unique(mixed(np.array([crc32(told), crc32(told[::-1])], np.uint64)))
    return Sketch(_packed(hashes >> np.uint64(32)), ALL, len(hashes), b"", _tails(hashes))


def _numbers(words: Words) -> bytes:
    """Return hashes of the numbers of a text, each with two words before it: small numbers alone agree by chance.

    What comes again is hashed with how often it has come.
    """
    told = np.append(np.zeros(2, np.uint64), words.told)
    places = np.flatnonzero(words.masked == 0)
    with_context = (told[places] * _BASE + told[places + 1]) * _BASE + told[places + 2]
    times: Counter[int] = Counter()
    found = set()
    for value in mixed(with_context).tolist():
        times[value] += 1
        found.add((value + times[value] - 1) & (ALL - 1))
    return np.array(sorted(found)[:MOST_NUMBERS], "<u4").tobytes()
