"""Read dates as pages write them, with zone, precision and provenance; nothing in the future, nothing made up."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from storage.types import DatePrecision, DateSource, Hints, Stamp

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SLACK = timedelta(hours=26)
"""A page in a zone ahead of ours may carry a day that has not begun here."""

_ISO = re.compile(
    r"^\s*(\d{4})-?(\d{2})(?:-?(\d{2})(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?)?)?",
    re.IGNORECASE,
)
_RFC = re.compile(
    r"^(?:[A-Za-z]{3,9},?\s+)?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?\s+"
    r"(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)$"
)
_COLON = re.compile(r"([+-]\d{2}):(\d{2})$")
_HALF_DAY = re.compile(r"\d\s*[AaPp]\.?[Mm]\b")
_IN_URL = re.compile(r"[/_-]((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.\D-]|$)")


def read_stamp(raw: str | None, source: DateSource, now: datetime) -> Stamp | None:
    """Return a written date as a stamp; None when it cannot be read, or lies in the future or before 1990.

    A time without a zone is taken as UTC, a day as its noon-free midnight UTC with precision `day`.
    """
    if not raw or len(raw) > 100:
        return None
    raw = raw.strip()
    read = _read_iso(raw) or _read_words(raw)
    if read is None:
        return None
    value, precision = read
    if not EARLIEST <= value <= now + (SLACK if precision is DatePrecision.DAY else timedelta(hours=14)):
        return None
    if value > now and precision is not DatePrecision.DAY:
        value = now if value - now <= timedelta(minutes=10) else value
    return Stamp(value, raw, source, precision)


def _read_iso(raw: str) -> tuple[datetime, DatePrecision] | None:
    found = _ISO.match(raw)
    if found is None or _HALF_DAY.search(raw):
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        value = datetime(
            int(year),
            int(month),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    precision = (
        DatePrecision.SECOND
        if second is not None
        else DatePrecision.MINUTE
        if hour is not None
        else DatePrecision.DAY
        if day is not None
        else DatePrecision.MONTH
    )
    return value - _offset(zone), precision


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return offset if zone[0] == "+" else -offset


def _read_words(raw: str) -> tuple[datetime, DatePrecision] | None:
    """Read RFC 2822 dates, epochs, and dates in words ("12 November 2026, 14:05 CET")."""
    if raw.isdigit() and len(raw) in (10, 13):
        return datetime.fromtimestamp(int(raw[:10]), UTC), DatePrecision.SECOND
    plain = _COLON.sub(r"\1\2", raw)
    if _RFC.match(plain) is None:
        return _read_prose(raw)  # parsedate takes "3:05 PM" and "CET" for UTC
    try:
        value = parsedate_to_datetime(plain)
    except (ValueError, IndexError, TypeError):
        return _read_prose(raw)
    value = value if value.tzinfo else value.replace(tzinfo=UTC)
    return value.astimezone(UTC), DatePrecision.SECOND


@lru_cache(maxsize=512)
def _read_prose(raw: str) -> tuple[datetime, DatePrecision] | None:
    if len(raw) > 60 or not re.search(r"\d{4}", raw) or not re.search(r"[^\W\d]|[./-]", raw):
        return None
    import dateparser

    settings: Any = {"REQUIRE_PARTS": ["day", "month", "year"], "RETURN_AS_TIMEZONE_AWARE": True, "TIMEZONE": "UTC"}
    try:
        value = dateparser.parse(raw, settings=settings)
    except Exception:
        return None
    if value is None:
        return None
    timed = re.search(r"\d{1,2}[:.h]\d{2}", raw) is not None
    return value.astimezone(UTC), DatePrecision.MINUTE if timed else DatePrecision.DAY


def load() -> None:
    """Load the reader of dates in words now, where processes are about to be forked that share it."""
    _read_prose("12 November 2026")


def from_url(url: str, now: datetime) -> Stamp | None:
    """Return the day that a URL carries (/2026/11/25/), if it does."""
    found = _IN_URL.search(url)
    return read_stamp("-".join(found.groups()), DateSource.URL, now) if found else None


def choose(page: Stamp | None, hints: Hints, now: datetime) -> Stamp | None:
    """Return the publication date: the page's own, unless it has none, or only a day that a channel knows exactly."""
    told = hints.published
    if told is None or not EARLIEST <= told <= now + timedelta(hours=1):
        return page
    source = hints.published_source or DateSource.FEED
    hint = Stamp(told, told.isoformat(), source, DatePrecision.SECOND)
    if page is None or page.source in (DateSource.TEXT, DateSource.URL):
        return hint
    coarse = page.precision in (DatePrecision.DAY, DatePrecision.MONTH)
    if coarse and abs(page.value - told) <= timedelta(hours=38):
        return hint
    return page
