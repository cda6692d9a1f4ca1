"""Counters and clocks in a line ("124 comments", "Updated 5 minutes ago"): they change, and the text does not."""

from __future__ import annotations

import re
from collections.abc import Set

from pipelines.changewords import UNSPACED, bare, unspaced_words, vocabulary
from pipelines.months import month_of

SHORT = 90
"""Characters: a longer part of a line is no counter and no clock."""
_BRACKETED = re.compile(r"[(\[【「]([^()\[\]【】「」]{1,90})[)\]】」]")
_PARTS = re.compile(r"(\s*[|·•]\s*|\s+[-/]\s+)")
_NO_LETTER = re.compile(r"[\W\d_]+")


def without_counters(line: str) -> str:
    """Return a line without counters and clocks: those that are all of it, or stand in brackets or between bars."""
    if is_counter(line):
        return ""
    line = _BRACKETED.sub(lambda found: "" if is_counter(found[1]) else found[0], line)
    parts = _PARTS.split(line)
    kept = [(bar, part) for bar, part in zip(["", *parts[1::2]], parts[::2], strict=True) if not is_counter(part)]
    return "".join(bar + part for bar, part in kept).removeprefix(kept[0][0] if kept else "")


def is_counter(text: str) -> bool:
    """Tell whether a text is a counter or a clock and nothing else."""
    kinds = kinds_of(text) if len(text) <= SHORT else None
    if not kinds:
        return False
    number = any(character.isdigit() for character in text)
    return (
        "marked" in kinds
        or ("ago" in kinds and ("unit" in kinds or number))
        or ("counted" in kinds and (number or kinds <= {"counted", "around"}))
        or ("reading" in kinds and "unit" in kinds and number)
    )


def kinds_of(text: str) -> set[str] | None:
    """Return the kinds of words in a text, None if it has one that no counter or clock has."""
    found: set[str] = set()
    for word in _NO_LETTER.split(bare(text).replace("il y a", "ilya")):
        kinds = _kinds_of_word(word) if word else frozenset()
        if kinds is None:
            return None
        found |= kinds
    return found


def _kinds_of_word(word: str) -> Set[str] | None:
    known = vocabulary().get(word)
    if known is not None:
        return known
    if UNSPACED.match(word):
        chunks = unspaced_words().findall(word)
        if len("".join(chunks)) == len(word):
            return frozenset(kind for chunk in chunks for kind in vocabulary()[chunk])
    return frozenset(("around",)) if month_of(word) else None
