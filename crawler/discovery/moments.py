"""Dates as feeds and sitemaps write them, to UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipelines.dates import read_stamp
from storage.types import DateSource

SLACK = timedelta(days=1)


def moment(raw: str | None, now: datetime) -> datetime | None:
    """Return a written date as aware UTC, None when it cannot be read or lies more than a day ahead."""
    stamp = read_stamp(raw, DateSource.FEED, now + SLACK) if raw else None
    return stamp.value if stamp is not None and stamp.value <= now + SLACK else None


def utcnow() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)
