"""When the next digest of a saved search is due, in the zone of who gets it and through changes of its clock. Pure."""

from __future__ import annotations

from datetime import datetime

from crawler.cron import firings
from storage.saved import MORNING, Saved


def next_digest(saved: Saved, after: datetime) -> datetime | None:
    """Return when the first digest after that time is due (UTC); None: what is found is told at once.

    A time of day that the clock skips comes as much later as it was set; one that comes twice counts once.
    """
    if saved.every == "now":
        return None
    if saved.every == "hour":
        return next(firings("0 * * * *", "UTC", after))
    hour, _, minute = (saved.at or MORNING).partition(":")
    return next(firings(f"{int(minute)} {int(hour)} * * *", saved.timezone, after))


def is_due(saved: Saved, now: datetime) -> bool:
    """Tell whether what waits is to be told now."""
    return saved.every == "now" or (saved.next_at is not None and saved.next_at <= now)
