"""Load the words of counters and clocks and the phrases of corrections, kept by kind in changewords.txt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from functools import cache

from pipelines.fingerprint import plain
from pipelines.phrases import Phrases
from pipelines.stems import split_pattern, stems_of
from pipelines.wordfiles import sections

_COUNTERS = ("marked", "ago", "unit", "counted", "reading", "around")
_THAI = re.compile("[\u0e00-\u0e7f]")
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of languages that are written without spaces."""


def bare(text: str) -> str:
    """Return a text in lower case, without accents and vowel signs."""
    text = text.casefold()
    if text.isascii():
        return text
    return "".join(
        letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter)[0] not in "MC"
    )


@cache
def vocabulary() -> dict[str, Set[str]]:
    """Return the kinds of each word that counters and clocks have."""
    found: dict[str, Set[str]] = {}
    for kind in _COUNTERS:
        for word in bare(plain("\n".join(_by_kind()[kind]))).split():
            found[word] = found.get(word, frozenset()) | {kind}
    return found


@cache
def unspaced_words() -> re.Pattern[str]:
    """Return a pattern of the words that are written without spaces, longer ones first."""
    words = sorted((word for word in vocabulary() if UNSPACED.match(word)), key=len, reverse=True)
    words = [word for word in words if len(word) > 1 or not _THAI.match(word)]
    return re.compile("|".join(words))


@cache
def note_phrases() -> Phrases:
    """Return the phrases by which a sentence tells of a correction."""
    parts = [part for line in _by_kind()["said"] for part in split_pattern(plain(line))]
    return Phrases(None, tuple((stem, re.compile(part, re.IGNORECASE)) for part in parts for stem in stems_of(part)))


@cache
def note_labels() -> re.Pattern[str]:
    """Return a pattern of labels: those of corrections also after a sentence or a bracket, others as a line begins."""
    corrections = _any_of("correction")
    every = f"{corrections}|{_any_of('note')}"
    inner = rf"(?:[.!?。]['\")]? |[(\[【] ?)(?=(?:{corrections})(?!\w))"
    return re.compile(rf"(?:^\W*|{inner})(?P<label>{every})(?!\w)", re.IGNORECASE)


def _any_of(kind: str) -> str:
    return "|".join(map(plain, _by_kind()[kind]))


@cache
def _by_kind() -> dict[str, list[str]]:
    return sections("changewords.txt")
