"""What is usual for a source: how much it brings on which weekday, at which hours, and how much that varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median

from crawler.rates import from_json, tempo_of
from storage.watched import Day, Watched, WatchedChannel

HISTORY = timedelta(days=56)
LEAST_DAYS = 10
"""Days that a source must have been watched for before its volume is known."""
STEADIEST, WILDEST = 10.0, 0.3
FLAT = (1.0,) * 24


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual volume in new links a day: mean, by weekday (Monday first), and how steady it is.

    `hours` is how the rate goes over the day (UTC, the mean is 1), None where that is not known. `longest_gap` is the
    longest time in days between two days with something new, of `gaps` such times; `empty` the share of days without
    anything new, of those whose weekday usually has something.
    """

    days: int
    mean: float
    weekdays: tuple[float, ...]
    steadiness: float
    hours: tuple[float, ...] | None
    gaps: int
    longest_gap: int
    empty: float


def is_watched(day: Day) -> bool:
    """Tell whether a channel was answered on that day."""
    return day.polls > day.polls_failed


def usual_of(source: Watched, until: date) -> Usual:
    """Return what was usual up to a day (itself not counted), without what came in one go when a channel was new."""
    known = [day for day in source.days if until - HISTORY <= day.day < until and is_watched(day)]
    young = _young(source)
    counted = [day for day in known if day.day not in young]
    counts = _capped([day.links_new for day in counted])
    mean = sum(counts) / len(counts) if counts else 0.0
    weekdays = _by_weekday([day.day.weekday() for day in counted], counts, mean)
    gaps = _gaps([day.day for day in counted if day.links_new])
    return Usual(
        days=len(counted),
        mean=mean,
        weekdays=weekdays,
        steadiness=_steadiness(counts, [weekdays[day.day.weekday()] for day in counted], mean),
        hours=hours_of(source.channels),
        gaps=len(gaps),
        longest_gap=max(gaps, default=0),
        empty=_empty([(day.links_new, weekdays[day.day.weekday()]) for day in counted], mean),
    )


def _young(source: Watched) -> set[date]:
    """Return the days on which a channel was read for the first time, and the ones after."""
    firsts = [source.first_seen, *(channel.first_seen for channel in source.channels)]
    return {first.astimezone(UTC).date() + timedelta(days=more) for first in firsts for more in (0, 1)}


def _capped(counts: Sequence[int]) -> list[float]:
    """Return the counts without what no news desk writes on a day: an archive that was listed at once."""
    most = 5 * median([count for count in counts if count] or [0]) + 10
    return [min(count, most) for count in counts]


def _by_weekday(weekdays: Sequence[int], counts: Sequence[float], mean: float) -> tuple[float, ...]:
    """Return the mean of each weekday, drawn to that of all days by one day's weight."""
    sums, numbers = [mean] * 7, [1] * 7
    for weekday, count in zip(weekdays, counts, strict=True):
        sums[weekday] += count
        numbers[weekday] += 1
    return tuple(total / number for total, number in zip(sums, numbers, strict=True))


def _steadiness(counts: Sequence[float], expected: Sequence[float], mean: float) -> float:
    """Return how little the days differ from what is expected of them (the negative binomial's r)."""
    parts = [(count - own) ** 2 / own for count, own in zip(counts, expected, strict=True) if own > 0]
    freedom = max(len(parts) - 7, len(parts) / 2, 1.0)
    excess = sum(parts) / freedom - 1
    return STEADIEST if excess <= 0 else min(max(mean / excess, WILDEST), STEADIEST)


def _empty(days: Sequence[tuple[int, float]], mean: float) -> float:
    """Return the share of days without anything, but for one (a holiday), of those whose weekday has something."""
    awaited = [count for count, expected in days if expected >= mean / 2]
    return max(sum(not count for count in awaited) - 1, 0) / len(awaited) if awaited else 0.0


def _gaps(days: Sequence[date]) -> list[int]:
    return [(later - earlier).days for earlier, later in pairwise(days)]


def hours_of(channels: Sequence[WatchedChannel]) -> tuple[float, ...] | None:
    """Return how the rate goes over the hours of the day, from the channels' rhythms; None when none has one."""
    total, weight = [0.0] * 24, 0.0
    for channel in channels:
        rhythm = from_json(channel.rhythm)
        if rhythm is None or sum(rhythm.hours.entries) < 24:
            continue
        own = sum(rhythm.hours.entries)
        total = [before + own * share for before, share in zip(total, tempo_of(rhythm).hours, strict=True)]
        weight += own
    return tuple(share / weight for share in total) if weight else None


def expected_by_day(usual: Usual, start: datetime, end: datetime, asked: frozenset[date]) -> dict[date, float]:
    """Return how much was to be expected between two times, by day; of days on which nobody asked, nothing."""
    found: dict[date, float] = {}
    hours = usual.hours or FLAT
    at = start.astimezone(UTC)
    while at < end:
        following = min(at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), end)
        if at.date() in asked:
            part = (following - at).total_seconds() / 86400
            found[at.date()] = found.get(at.date(), 0.0) + usual.weekdays[at.weekday()] * hours[at.hour] * part
        at = following
    return found
