"""Points in time as people type them: 2026-11-25, 2026-11-25T14:00, today, yesterday, 7d."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from storage.errors import UsageError

_AGO = re.compile(r"(\d+)\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_time(text: str | None, option: str, *, end: bool = False) -> datetime | None:
    """Return the time in UTC; a day is its beginning, or with `end` the beginning of the next day."""
    if text is None:
        return None
    now = datetime.now(UTC)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": today, "yesterday": today - timedelta(days=1)}
    typed, text = text, text.strip().lower()
    if text in days:
        return days[text] + timedelta(days=1 if end else 0)
    ago = _AGO.fullmatch(text)
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago.group(2)]: int(ago.group(1)[:6])})
        value = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
        value = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return value + timedelta(days=1) if end and len(text) == 10 else value
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option} {typed!r} is not a time; write e.g. 2026-11-25, 2026-11-25T14:00, yesterday or 7d"
        ) from None
