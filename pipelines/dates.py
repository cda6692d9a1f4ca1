"""Read dates as pages write them, with zone, precision and provenance; nothing in the future, nothing made up.

A stamp's `value` is in UTC. Its `raw` is what was read, with the day as the page has it: where the page shows the
same moment on another clock than UTC (`pipelines.clocks`), `raw` is that moment on the page's clock.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from pipelines.language import code_of
from pipelines.months import month_of
from pipelines.written import Reading, read_written
from pipelines.zones import offset_in, signed
from storage.types import DatePrecision, DateSource, Hints, Stamp

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SLACK = timedelta(hours=26)
"""A page in a zone ahead of ours may carry a day that has not begun here."""
AHEAD = timedelta(hours=14)
"""So far ahead of UTC may a time without a zone be, and be past."""
TOLERANCE = timedelta(minutes=10)
LONGEST = 100
COARSE = (DatePrecision.DAY, DatePrecision.MONTH)

_ISO = re.compile(
    r"^\s*(\d{4})-?(\d{2})(?:-?(\d{2})(?!\d)"
    r"(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?)?|(?![-\d]))",
    re.IGNORECASE,
)
_RFC = re.compile(
    r"^(?:[A-Za-z]{3,9},?\s+)?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?\s+"
    r"(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)$"
)
_COLON = re.compile(r"([+-]\d{2}):(\d{2})$")
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})?$")
_WORDS_AFTER = re.compile(r"^\s*\(?[A-Za-z]|^\s*[ap]\.?m\b", re.IGNORECASE)
_IN_URL = re.compile(r"[/_-]((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.\D-]|$)")
_NAMED_IN_URL = re.compile(r"/((?:19|20)\d{2})[/-]([a-z]{3,9})[/-](\d{1,2})(?=[/_.-]|$)", re.IGNORECASE)


def read_stamp(raw: str | None, source: DateSource, now: datetime, language: str | None = None) -> Stamp | None:
    """Return a written date as a stamp; None when it cannot be read, or lies in the future or before 1990.

    A time without a zone is taken as UTC, a day as its midnight in UTC with precision `day`. The language ("en-US")
    tells days from months in 03/11/2026.
    """
    if not raw or len(raw) > LONGEST:
        return None
    raw = raw.strip()
    reading = read(raw, language)
    return stamp_of(reading, raw, source, now) if reading else None


def stamp_of(reading: Reading, raw: str, source: DateSource, now: datetime) -> Stamp | None:
    """Return what was read as a stamp, None when it lies in the future or before 1990."""
    try:
        value = reading.local.replace(tzinfo=UTC) - (reading.offset or timedelta(0))
    except OverflowError:
        return None
    coarse = reading.precision in COARSE
    slack = SLACK if coarse else AHEAD if reading.offset is None else TOLERANCE
    if not EARLIEST <= value <= now + slack:
        return None
    return Stamp(value if coarse else min(value, now), raw, source, reading.precision)


@lru_cache(maxsize=2048)
def read(raw: str, language: str | None = None) -> Reading | None:
    """Return what a written date says: ISO, RFC 2822, an epoch, or a date in words or numbers."""
    return _read_iso(raw) or _read_machine(raw) or read_written(raw, language) or _read_prose(raw, code_of(language))


def _read_iso(raw: str) -> Reading | None:
    found = _ISO.match(raw)
    if found is None or (found.group(4) and _WORDS_AFTER.match(raw[found.end() :])):
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    numbers = (year, month, day or 1, hour or 0, minute or 0, min(int(second or 0), 59))
    try:
        local = datetime(*map(int, numbers))  # type: ignore[arg-type]
    except ValueError:
        return None
    return Reading(local, _precision(day, hour, second), _offset(zone, local) if hour else None)


def _precision(day: str | None, hour: str | None, second: str | None) -> DatePrecision:
    if second is not None:
        return DatePrecision.SECOND
    if hour is not None:
        return DatePrecision.MINUTE
    return DatePrecision.MONTH if day is None else DatePrecision.DAY


def _offset(zone: str | None, local: datetime) -> timedelta | None:
    found = _ZONE.match(zone or "")
    if found:
        return signed(found.group(1), int(found.group(2)), int(found.group(3) or 0))
    return offset_in(zone.upper(), local) if zone else None


def _read_machine(raw: str) -> Reading | None:
    """Read epochs and RFC 2822 dates."""
    if raw.isascii() and raw.isdigit() and len(raw) in (10, 13):
        value = datetime.fromtimestamp(int(raw[:10]), UTC)
        return Reading(value.replace(tzinfo=None), DatePrecision.SECOND, timedelta(0))
    plain = _COLON.sub(r"\1\2", raw)
    if _RFC.match(plain) is None:
        return None  # parsedate takes "3:05 PM" and "CET" for UTC
    try:
        value = parsedate_to_datetime(plain)
    except (ValueError, IndexError, TypeError):
        return None
    return Reading(value.replace(tzinfo=None), DatePrecision.SECOND, value.utcoffset() or timedelta(0))


def _read_prose(raw: str, language: str | None) -> Reading | None:
    """Ask dateparser, which is slow, for what no other reader knows."""
    if len(raw) > 60 or not re.search(r"\d{4}", raw) or not re.search(r"[^\W\d]{3}", raw):
        return None
    import dateparser

    settings: Any = {"REQUIRE_PARTS": ["day", "month", "year"], "RETURN_AS_TIMEZONE_AWARE": True, "TIMEZONE": "UTC"}
    try:
        value = dateparser.parse(raw, languages=[language] if language else None, settings=settings)
    except Exception:
        return None
    if value is None:
        return None
    timed = re.search(r"\d{1,2}[:.h]\d{2}", raw) is not None
    precision = DatePrecision.MINUTE if timed else DatePrecision.DAY
    return Reading(value.replace(tzinfo=None), precision, value.utcoffset() if timed else None)


def load() -> None:
    """Load the reader of dates in words now, where processes are about to be forked that share it."""
    month_of("november")
    _read_prose("12 November 2026", None)


def from_url(url: str, now: datetime) -> Stamp | None:
    """Return the day that a URL carries (/2026/11/25/, /2026/nov/25/), if it does."""
    found = _IN_URL.search(url)
    if found:
        return read_stamp("-".join(found.groups()), DateSource.URL, now)
    named = _NAMED_IN_URL.search(url)
    month = month_of(named.group(2)) if named else None
    if named is None or month is None:
        return None
    return read_stamp(f"{named.group(1)}-{month:02}-{int(named.group(3)):02}", DateSource.URL, now)


def choose(page: Stamp | None, hints: Hints, now: datetime) -> Stamp | None:
    """Return the publication date: the page's own, unless it has none, or only a day that a channel knows exactly."""
    told = hints.published
    if told is None or not EARLIEST <= told <= now + timedelta(hours=1):
        return page
    source = hints.published_source or DateSource.FEED
    hint = Stamp(min(told, now), told.isoformat(), source, DatePrecision.SECOND)
    if page is None:
        return hint
    if page.precision in COARSE and abs(page.value - told) <= timedelta(hours=38):
        other_day = page.precision is DatePrecision.DAY and page.value.date() != told.date()
        return replace(hint, raw=page.raw) if other_day else hint
    return hint if page.source in (DateSource.TEXT, DateSource.URL) else page
