"""Points and spans of time as people type them: 2026-11-25, 2026-11, yesterday, last week, 7d. In UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from storage.errors import UsageError

_AGO = re.compile(r"(\d{1,6})\s*([mhdwy])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1),
          "y": timedelta(days=365)}  # fmt: skip
_PART = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_NAMED = re.compile(r"(this|last)\s(week|month|year)")

Span = tuple[datetime, datetime | None]


def parse_when(text: str, now: datetime, *, end: bool = False) -> datetime:
    """Return the time in UTC that a text names: of a day, week, month or year its beginning, or with `end` its end.

    The end is the beginning of what comes next, so that "before it" holds the whole. Raises UsageError.
    """
    since, until = parse_span(text, now)
    return until if end and until is not None else since


def parse_span(text: str, now: datetime) -> Span:
    """Return from when until when (exclusive) a text says; None: it is a moment, and goes on ("7d", a time of day).

    Raises UsageError for what names no time.
    """
    typed = " ".join(text.lower().split())
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": 0, "yesterday": 1}
    try:
        if typed in days:
            return _day(today - timedelta(days=days[typed]))
        if typed == "now":
            return now, None
        if ago := _AGO.fullmatch(typed):
            return now - int(ago[1]) * _UNITS[ago[2]], None
        if named := _NAMED.fullmatch(typed):
            return _named(today, named[2], is_last=named[1] == "last")
        if part := _PART.fullmatch(typed):
            return _part(*(int(number) if number else None for number in part.groups()))
        return _moment(typed), None
    except (ValueError, OverflowError):
        shown = repr(text if len(text) <= 40 else text[:40] + "…")
        raise UsageError(
            f"{shown} is not a time; write e.g. 2026-11-25, 2026-11-25T14:00, 2026-11, yesterday, last week or 7d"
        ) from None


def _day(start: datetime) -> Span:
    return start, start + timedelta(days=1)


def _named(today: datetime, unit: str, *, is_last: bool) -> Span:
    if unit == "week":
        start = today - timedelta(days=today.weekday() + (7 if is_last else 0))
        return start, start + timedelta(days=7)
    if unit == "year":
        return _part(today.year - (1 if is_last else 0), None, None)
    month = today.replace(day=1) - timedelta(days=1) if is_last else today
    return _part(month.year, month.month, None)


def _part(year: int | None, month: int | None, day: int | None) -> Span:
    """Return the span of a year, month or day."""
    assert year is not None
    start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if day is not None:
        return _day(start)
    if month is not None:
        return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return start, datetime(year + 1, 1, 1, tzinfo=UTC)


def _moment(typed: str) -> datetime:
    value = datetime.fromisoformat(typed.upper().replace("Z", "+00:00"))
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
