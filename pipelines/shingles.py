"""Sketch a text: FracMinHash over its word 6-grams, so that reprints, excerpts and merged texts are found.

FracMinHash keeps every shingle whose hash lies below a fixed bound (Irber et al. 2022, doi 10.1101/2022.01.11.475838;
the modulo scheme of Broder 1997), so that containment is read from two samples of any sizes. Numbers count as
equal here: they are compared apart, for a report in a fixed form differs by nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from storage.likeness import TAIL, Sketch

ALL = 1 << 32
KEPT, POSTED = ALL >> 2, ALL >> 4
"""Values below these are kept (1 in 4) and posted (1 in 16)."""
LEAST_KEPT, LEAST_POSTED = 64, 8
"""A short text keeps and posts at least so many, if it has them."""
MOST_NUMBERS = 256
MOST_TOKENS = 100_000

Values = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Script:
    """How a text is cut: tokens in a shingle, and shingles below which a text is compared as a whole only."""

    token: re.Pattern[bytes]
    width: int
    least: int


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text as it is compared: its words as they were read, and hashed (0 for a number)."""

    tokens: list[bytes]
    hashes: Values
    script: _Script


_NUMBERS = rb"[0-9]+(?:[.,][0-9]+)*"
_LETTERS = b":"
"""Behind every number, before every word."""
FEW = 24
_WORDS = _Script(re.compile(_NUMBERS + rb"|[a-z\x80-\xff]+"), 6, 32)
_CHARACTER = rb"|[a-z\xc2-\xdf\xf0-\xf4][a-z\x80-\xbf]*|[\xe0-\xef][\x80-\xbf]+"
"""In UTF-8: words of Latin and the like, and each character of the scripts that take three bytes."""
_HAN = _Script(re.compile(_NUMBERS + _CHARACTER), 10, 60)
_INDOCHINA = _Script(re.compile(_NUMBERS + _CHARACTER), 18, 100)
_IS_HAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_IS_INDOCHINA = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
UNSPACED = 0.3
"""Of a text's characters: so many in a script without spaces make it one of that script."""
_PUNCTUATION = "‘’‚‛“”„‟«»‹›′″–—‐‑…•·\u00a0\u202f\u3000、。，．：；！？「」『』（）【】〈〉《》・،؛؟۔।"

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def sketch(headline: str, body: str) -> Sketch | None:
    """Return the sketch of a text (in NFC), None when there is none.

    A text of less than some 37 words (a caption, a flash) is one shingle with its headline: it is found by the very
    same alone, and bridges nothing.
    """
    words = words_of(body)
    values = _values(words)
    if len(values) < words.script.least:
        return _whole(words_of(headline).tokens, words.tokens)
    return _sampled(values, _numbers(words))


@lru_cache(maxsize=32)
def full_sketch(body: str) -> Sketch:
    """Return the sketch that keeps every shingle: comparing two of them is exact."""
    words = words_of(body)
    values = _values(words)
    return Sketch(_packed(values >> np.uint64(32)), ALL, len(values), _numbers(words), b"")


@lru_cache(maxsize=32)
def words_of(text: str) -> Words:
    """Return the words of a text (its characters in scripts without spaces), in order."""
    plain = text.casefold()
    script = _WORDS
    if not plain.isascii():
        for mark in _PUNCTUATION:
            plain = plain.replace(mark, " ")
        script = _script_of(plain)
    tokens = script.token.findall(plain.encode("utf-8", "replace"))[:MOST_TOKENS]
    hashes = np.fromiter(map(crc32, tokens), np.uint64, len(tokens))
    numbers = [crc32(number) for number in {token for token in tokens if token < _LETTERS}]
    if len(numbers) > FEW:
        hashes[np.isin(hashes, np.array(numbers, np.uint64))] = 0
    else:
        for number in numbers:
            hashes[hashes == number] = 0
    return Words(tokens, hashes, script)


def _script_of(plain: str) -> _Script:
    if len(plain.encode("utf-8", "replace")) < 1.5 * len(plain):
        return _WORDS
    bar = UNSPACED * len(plain)
    if len(_IS_HAN.findall(plain)) > bar:
        return _HAN
    return _INDOCHINA if len(_IS_INDOCHINA.findall(plain)) > bar else _WORDS


def _values(words: Words) -> Values:
    """Return the distinct shingles of a text as 64-bit hashes, ascending."""
    width = words.script.width
    count = len(words.tokens) - width + 1
    if count < 1:
        return np.empty(0, np.uint64)
    rolled = np.zeros(count, np.uint64)
    for place in range(width):
        rolled *= _BASE
        rolled += words.hashes[place : place + count]
    mixed = np.sort(_mixed(rolled))
    distinct: Values = mixed[np.append(mixed[1:] != mixed[:-1], True)]
    return distinct


def _mixed(values: Values) -> Values:
    """Return evenly spread values (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    return values ^ (values >> np.uint64(31))


def _sampled(hashes: Values, numbers: bytes) -> Sketch:
    values = hashes >> np.uint64(32)
    below = int(np.searchsorted(values, KEPT))
    count = max(below, min(LEAST_KEPT, len(values)))
    bound = KEPT if count == below else ALL if count == len(values) else int(values[count])
    posted = max(int(np.searchsorted(values, POSTED)), min(LEAST_POSTED, len(values)))
    return Sketch(_packed(values[:count]), bound, len(values), numbers, _tails(hashes[:posted]))


def _packed(values: Values) -> bytes:
    return values.astype("<u4").tobytes()


def _tails(hashes: Values) -> bytes:
    """Return the bits of each hash that follow on those of its value, as a byte."""
    return ((hashes >> np.uint64(32 - TAIL)) & np.uint64((1 << TAIL) - 1)).astype(np.uint8).tobytes()


def _whole(headline: list[bytes], body: list[bytes]) -> Sketch | None:
    """Return the sketch of a short text: two values of all its words, those of its headline with them."""
    if not body:
        return None
    told = b" ".join(headline) + b"\n" + b" ".join(body)
    hashes = np.unique(_mixed(np.array([crc32(told), crc32(told[::-1])], np.uint64)))
    return Sketch(_packed(hashes >> np.uint64(32)), ALL, len(hashes), b"", _tails(hashes))


def _numbers(words: Words) -> bytes:
    """Return hashes of the numbers of a text, each with two words before it: small numbers alone agree by chance.

    What comes again is hashed with how often it has come.
    """
    tokens = words.tokens
    found: set[int] = set()
    times: Counter[bytes] = Counter()
    for place in np.flatnonzero(words.hashes == 0).tolist():
        told = b" ".join(tokens[max(place - 2, 0) : place + 1])
        times[told] += 1
        found.add(crc32(told, times[told]))
    return np.array(sorted(found)[:MOST_NUMBERS], "<u4").tobytes()
