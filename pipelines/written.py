"""Read dates that are written for people: in words and in numbers, in many languages, with the time beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from pipelines.months import month_of
from pipelines.zones import offset_in
from storage.types import DatePrecision

_WORD = r"([^\W\d_][^\d\s.,/:;|]*)"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|re|º|ª|°|\.|[-‑](?:го|ого|е|а))?[\s\-/]*(?:de |of |d['’]|da |ta’ )?"
    rf"{_WORD}\.?,?[\s\-/]*(?:de |del |of )?(\d{{4}})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(rf"{_WORD}\.?[\s\-]*(\d{{1,2}})(?:st|nd|rd|th)?\.?,?\s*(\d{{4}})(?!\d)")
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{4}})\.?,?\s*(?:m\.|gada|ж\.)?\s*{_WORD}\.?\s*(\d{{1,2}})(?!\d)")
_EAST = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_NUMBERS = re.compile(r"(?<![\d./-])(\d{1,2})(\s?[./-]\s?)(\d{1,2})\2(\d{4}|\d{2})(?![\d./-])")
_YEAR_FIRST = re.compile(r"(?<![\d./-])(\d{4})([./-])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d)")
_TIME = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:\s?[:h時点시]\s?([0-5]\d)|\.([0-5]\d)(?!\d|\.\d))(?::([0-5]\d))?(?:\s?([ap])\.?\s?m\b\.?)?"
    r"|(?<![\d:.])(\d{1,2})\s?([ap])\.?\s?m\b\.?|(?<![\d:.])(\d{1,2})\s?h(?:eures?)?\b",
    re.IGNORECASE,
)
_AFTERNOON = re.compile("下午|午後|오후")
_MARKS = str.maketrans({"\u200e": None, "\u200f": None, "\xa0": " ", "\u202f": " ", "\u066b": "."})
LONGEST = 160


class Reading(NamedTuple):
    """What a written date says: the time on the writer's clock, and how far that clock is from UTC, if it says."""

    local: datetime
    precision: DatePrecision
    offset: timedelta | None = None


def read_written(raw: str, language: str | None = None) -> Reading | None:
    """Return the first whole date (day, month and year) in a text, with the time beside it."""
    text = raw[:LONGEST].translate(_MARKS)
    for year, month, day, found in _dates(text, language):
        try:
            date = datetime(year, month, day)
        except ValueError:
            continue
        return _timed(date, text[: found.start()], text[found.end() :])
    return None


def _dates(text: str, language: str | None) -> Iterator[tuple[int, int, int, re.Match[str]]]:
    for found in _EAST.finditer(text):
        yield int(found.group(1)), int(found.group(2)), int(found.group(3)), found
    for found in _DAY_MONTH_YEAR.finditer(text):
        yield int(found.group(3)), month_of(found.group(2), language) or 0, int(found.group(1)), found
    for found in _MONTH_DAY_YEAR.finditer(text):
        yield int(found.group(3)), month_of(found.group(1), language) or 0, int(found.group(2)), found
    for found in _YEAR_MONTH_DAY.finditer(text):
        yield int(found.group(1)), month_of(found.group(2), language) or 0, int(found.group(3)), found
    for found in _YEAR_FIRST.finditer(text):
        yield int(found.group(1)), int(found.group(3)), int(found.group(4)), found
    for found in _NUMBERS.finditer(text):
        one, other = int(found.group(1)), int(found.group(3))
        first = (other, one) if _day_first(one, other, found.group(2), language) else (one, other)
        year = int(found.group(4))
        yield (year if year > 99 else 2000 + year), *first, found


def _day_first(one: int, other: int, between: str, language: str | None) -> bool:
    """Tell whether 03/11/2026 is in November: everywhere but in the United States, and always between dots."""
    if one > 12 or other > 12:
        return one > 12
    told = (language or "").replace("_", "-").lower()
    american = told in ("en", "en-us", "es-us", "en-ph") or (not told and "/" in between)
    return not american or "." in between


def _timed(date: datetime, before: str, after: str) -> Reading:
    """Return a date with the time after it, or, where there is none, before it."""
    for text in (after, before[-40:]):
        found = _TIME.search(text)
        clock = _clock(found, text) if found else None
        if found is not None and clock is not None:
            local = date.replace(hour=clock[0], minute=clock[1], second=clock[2])
            return Reading(local, DatePrecision.MINUTE, offset_in(text[found.end() :][:20], local))
    return Reading(date, DatePrecision.DAY)


def _clock(found: re.Match[str], text: str) -> tuple[int, int, int] | None:
    hour = int(found.group(1) or found.group(6) or found.group(8))
    half = (found.group(5) or found.group(7) or "").lower()
    if half and not 1 <= hour <= 12:
        half = ""
    if half or (_AFTERNOON.search(text[: found.start()]) and hour < 12):
        hour = hour % 12 + (0 if half == "a" else 12)
    minute, second = int(found.group(2) or found.group(3) or 0), int(found.group(4) or 0)
    return (hour, minute, second) if hour < 24 else None
