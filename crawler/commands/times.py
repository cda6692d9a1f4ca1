"""Points in time as people type them into options: 2026-11-25, 2026-11, yesterday, 7d."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.errors import UsageError


def parse_time(text: str | None, option: str, *, end: bool = False) -> datetime | None:
    """Return the time in UTC: of a day, week or month its beginning, or with `end` its end. Raises UsageError."""
    from storage.when import parse_when

    if text is None:
        return None
    try:
        return parse_when(text, datetime.now(UTC), end=end)
    except UsageError as error:
        raise UsageError(f"{option} {error}") from None
