"""When is a channel due, and when is a failed link or host tried again: pure functions of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.cadence import START, next_poll, window_fills
from crawler.hints import ChannelHints
from crawler.rates import Rhythm, tempo_of

LINK_RETRIES = (5, 60, 600, 3600, 6 * 3600)
"""Seconds before the next attempt at a link, by the number of attempts made."""
CHANNEL_RETRIES = (300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
"""Seconds before a failing channel is polled again, by failures in a row."""
SHORTEST_AUTO = timedelta(minutes=10)
LONGEST_AUTO = timedelta(hours=12)
FIRST_AUTO = timedelta(minutes=15)
LEAST_POLLS = 2
"""Polls after which a channel's rhythm is believed."""
LONGEST_TTL = timedelta(hours=1)
LONGEST_SKIP = timedelta(days=1)
NO_HINTS = ChannelHints()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a source's channels are polled: a cron expression, an interval, or by itself (neither)."""

    interval: timedelta | None = None
    cron: str | None = None
    timezone: str | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether newsdesk decides when to poll."""
        return self.interval is None and self.cron is None


def next_due(
    schedule: Schedule,
    now: datetime,
    *,
    last_new: datetime | None = None,
    hints: ChannelHints = NO_HINTS,
    rhythm: Rhythm | None = None,
    scale: float = START,
) -> datetime:
    """Return when a channel that was polled now is due again.

    Without a declared time its `rhythm` decides, with the `scale` that holds the budget, between 10 minutes and
    a day. Until that is known it is polled in a sixth of the time that has passed since it last had something new
    (`last_new`), between 10 minutes and 12 hours. What the channel itself asks for (`hints`) is heeded within bounds.
    """
    if schedule.cron is not None:
        return cron_after(schedule.cron, schedule.timezone, now)
    if schedule.interval is not None:
        return now + schedule.interval
    if rhythm is not None and rhythm.polls >= LEAST_POLLS:
        tempo = tempo_of(rhythm)
        return heed(hints, now, next_poll(tempo, scale, now), window_fills(tempo, now))
    wait = FIRST_AUTO if last_new is None else (now - last_new) / 6
    due = now + min(max(wait, SHORTEST_AUTO), LONGEST_AUTO)
    return heed(hints, now, due, due + LONGEST_SKIP)


def heed(hints: ChannelHints, now: datetime, due: datetime, latest: datetime) -> datetime:
    """Return a poll's time with what the channel asks for, but none later than `latest`, when its window overflows.

    Its ttl and the freshness of its answer put a poll off by an hour from now at most, the hours and days that it names
    to the first hour (GMT) that it does not name, a day at most.
    """
    asked = now + min(timedelta(seconds=max(hints.ttl or 0, hints.fresh or 0)), LONGEST_TTL)
    due = max(due, min(asked, latest))
    return max(due, min(_open_hour(hints, due), latest))


def _open_hour(hints: ChannelHints, due: datetime) -> datetime:
    """Return the first time, whole hours from `due`, that is in no hour and on no day to skip; after a day at most."""
    for hours in range(24):
        at = (due + timedelta(hours=hours)).astimezone(UTC)
        if at.hour not in hints.skip_hours and at.weekday() not in hints.skip_days:
            return at
    return due + LONGEST_SKIP


def cron_after(expression: str, timezone: str | None, now: datetime) -> datetime:
    """Return the first time after now that matches a five-field cron expression, read in that zone (UTC).

    Raises ValueError for an expression that cannot be read or that never matches.
    """
    from crawler.cron import firings

    found = next(firings(expression, timezone, now), None)
    if found is None:
        raise ValueError(f"cron {expression!r} never matches")
    return found


def link_retry(attempts: int, limit: int) -> timedelta | None:
    """Return the wait before the next attempt at a link after `attempts` failures, None when it has failed."""
    if attempts >= limit:
        return None
    return timedelta(seconds=LINK_RETRIES[min(attempts, len(LINK_RETRIES)) - 1])


def channel_retry(failures: int, *, for_good: bool = False) -> timedelta:
    """Return the wait before a channel that has failed this many times in a row is polled again; the longest when it is
    gone `for_good`. None is ever given up.
    """
    failures = len(CHANNEL_RETRIES) if for_good else failures
    return timedelta(seconds=CHANNEL_RETRIES[min(failures, len(CHANNEL_RETRIES)) - 1])
