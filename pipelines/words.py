"""Cut a text into words, hashed, all at once: what shingles are made of.

A word's hash is a polynomial in its bytes modulo 2**64 (Karp and Rabin 1987), read for all words together from running
sums: in Python, taking word by word costs four times as much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]

MOST_BYTES = 1_000_000
"""Of a text in UTF-8: the rest is not compared."""


@dataclass(frozen=True, slots=True)
class Script:
    """How a text is cut: words in a shingle, and shingles below which a text is compared as a whole only."""

    width: int
    least: int
    by_character: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text as it is compared: the hash of each of its words, in order. `masked` has 0 for every number."""

    told: Hashes
    masked: Hashes
    script: Script


SPACED = Script(6, 32)
HAN = Script(10, 60, by_character=True)
INDOCHINA = Script(18, 100, by_character=True)
UNSPACED = 0.3
"""Of a text's characters: so many in a script without spaces make it one of that script."""
_IS_HAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_IS_INDOCHINA = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")

_LETTER, _DIGIT, _CHARACTER, _POINT, _HIGH = 1, 2, 3, 4, 5
_CLASSES = np.zeros(256, np.uint8)
_CLASSES[ord("a") : ord("z") + 1] = _LETTER
_CLASSES[0x80:] = _HIGH
_CLASSES[[ord("."), ord(",")]] = _POINT
_CLASSES[ord("0") : ord("9") + 1] = _DIGIT
# Punctuation outside of ASCII, as it begins in UTF-8: first byte, second bytes (None: any), length.
_PUNCTUATION: tuple[tuple[int, tuple[int, ...] | None, int], ...] = (
    (0xC2, None, 2),  # Latin: « » · and the space that does not break
    (0xD8, (0x8C, 0x9B, 0x9F), 2),  # Arabic: ، ؛ ؟
    (0xDB, (0x94,), 2),  # Urdu: ۔
    (0xE2, (0x80, 0x81), 3),  # quotes, dashes, ellipsis, spaces
    (0xE3, (0x80,), 3),  # 、 。 「 」 and the wide space
    (0xEF, (0xBC,), 3),  # ！ ， ： ？ in full width
)
_DANDA = b"\xe0\xa5\xa4"

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@lru_cache(maxsize=32)
def words_of(text: str) -> Words:
    """Return the words of a text (its characters in scripts without spaces); case and punctuation count for nothing."""
    plain = text.casefold()
    script = SPACED if plain.isascii() else _script_of(plain)
    found = np.frombuffer(plain.encode("utf-8", "replace")[:MOST_BYTES], np.uint8)
    classes = _classes(found, script)
    starts, ends = _edges(classes, found)
    told = _hashed(found, starts, ends)
    masked = np.where(classes[starts] == _DIGIT, np.uint64(0), told)
    return Words(told, masked, script)


def mixed(values: Hashes) -> Hashes:
    """Return evenly spread values (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    return values ^ (values >> np.uint64(31))


def _script_of(plain: str) -> Script:
    if len(plain.encode("utf-8", "replace")) < 1.5 * len(plain):
        return SPACED
    bar = UNSPACED * len(plain)
    if len(_IS_HAN.findall(plain)) > bar:
        return HAN
    return INDOCHINA if len(_IS_INDOCHINA.findall(plain)) > bar else SPACED


def _classes(found: _Bytes, script: Script) -> _Bytes:
    """Return for each byte whether it is of a word, a number, a character that is a word, or between them."""
    classes = _CLASSES[found]
    high = np.flatnonzero(classes == _HIGH)
    if high.size:
        classes[high] = _LETTER
        if script.by_character:
            _mark(classes, high[(found[high] >= 0xE0) & (found[high] < 0xF0)], 3, _CHARACTER)
        _mark_punctuation(found, classes, high)
    points = np.flatnonzero(classes[1:-1] == _POINT) + 1
    within = points[(classes[points - 1] == _DIGIT) & (classes[points + 1] == _DIGIT)]
    classes[points] = 0
    classes[within] = _DIGIT
    classes[-1:] %= _POINT
    classes[:1] %= _POINT
    return classes


def _mark(classes: _Bytes, places: _Places, length: int, as_class: int) -> None:
    """Mark the bytes of characters that begin at these places."""
    for further in range(length if places.size else 0):
        own = places + further
        classes[own[own < len(classes)]] = as_class


def _mark_punctuation(found: _Bytes, classes: _Bytes, high: _Places) -> None:
    first = found[high]
    following = np.append(found, np.zeros(2, np.uint8))
    for lead, seconds, length in _PUNCTUATION:
        places = high[first == lead]
        if seconds is not None and places.size:
            second = following[places + 1]
            places = places[np.logical_or.reduce([second == one for one in seconds])]
        _mark(classes, places, length, 0)
    danda = high[first == _DANDA[0]]
    if danda.size:
        third = following[danda + 2]
        _mark(classes, danda[(following[danda + 1] == _DANDA[1]) & ((third == 0xA4) | (third == 0xA5))], 3, 0)


def _edges(classes: _Bytes, found: _Bytes) -> tuple[_Places, _Places]:
    """Return where words begin and end."""
    changes = np.flatnonzero(classes[1:] != classes[:-1]) + 1
    if np.any(classes == _CHARACTER):
        changes = np.union1d(changes, np.flatnonzero((classes == _CHARACTER) & (found >= 0xE0)))
        changes = changes[changes > 0]
    starts = np.concatenate(([0], changes)) if len(classes) else changes
    ends = np.concatenate((changes, [len(classes)])) if len(classes) else changes
    is_word = classes[starts] != 0
    return starts[is_word], ends[is_word]


def _hashed(found: _Bytes, starts: _Places, ends: _Places) -> Hashes:
    powers, inverses = _powers(1 << max(12, len(found).bit_length()))
    sums = np.empty(len(found) + 1, np.uint64)
    sums[0] = 0
    np.cumsum((found.astype(np.uint64) + np.uint64(1)) * powers[: len(found)], out=sums[1:])
    hashes: Hashes = mixed((sums[ends] - sums[starts]) * inverses[starts])
    return hashes


@lru_cache(maxsize=4)
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """Return the powers of the base, and of its inverse, modulo 2**64."""
    both = []
    for base in (_BASE, _INVERSE):
        factors = np.full(size, base, np.uint64)
        factors[0] = 1
        both.append(np.multiply.accumulate(factors))
    return both[0], both[1]
