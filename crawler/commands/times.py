"""Options that are points in time, as people type them: 2026-11-25, 2026-11-25T14:00, yesterday, last week, 7d."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.errors import UsageError
from storage.when import parse_when


def parse_time(text: str | None, option: str, *, end: bool = False) -> datetime | None:
    """Return the time in UTC; a day, week or month is its beginning, or with `end` the beginning of the next one."""
    if text is None:
        return None
    try:
        return parse_when(text, datetime.now(UTC), end=end)
    except UsageError as error:
        raise UsageError(f"{option} {error}") from None
