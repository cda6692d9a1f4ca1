"""How often a channel has something new, and at which hours of the week: learned from its polls, without I/O."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

RATE_HALF_LIFE = 7.0
"""Days after which an entry counts half for the rate."""
SHAPE_HALF_LIFE = 28.0
"""Days after which an entry counts half for the hours of the week."""
PRIOR_ENTRIES, PRIOR_DAYS = 0.5, 0.25
"""What a channel is taken for before its first poll; it fades like all that was seen."""
PSEUDO_COUNTS = 24.0
"""Entries that speak for an even week: one for each hour of the day."""
LONGEST_LOOK = 28.0
"""Days back that the dates of a first document are believed."""
SHORTEST_LOOK = 600.0
"""Seconds that a document counts for at least, however late its oldest entry is dated."""
HOUR, DAY = 3600.0, 86400.0
_MONDAY = 4
"""Days from 1 January 1970 to the first Monday."""
_FORM = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """What one poll saw: `new` of `visible` entries, the dates of new ones that have one, the oldest entry's date.

    A document that has not changed has neither new nor visible entries.
    """

    at: datetime
    new: int = 0
    visible: int = 0
    dates: tuple[datetime, ...] = ()
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Entries by hour of the day or by weekday (UTC), and the days that each was watched for; both fade."""

    entries: tuple[float, ...]
    days: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of a channel: fading counts of entries and of days, by hour and weekday too, and its window."""

    polled: datetime
    polls: int
    entries: float
    days: float
    hours: Counts
    weekdays: Counts
    window: int


@dataclass(frozen=True, slots=True)
class Tempo:
    """A rate in entries a day, and how it goes with the hour of the day and the weekday (1 is the mean)."""

    rate: float
    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    window: int

    def share(self, hour: int) -> float:
        """Return the rate in an hour of the week (0 is Monday's first, UTC) beside the mean."""
        return self.hours[hour % 24] * self.weekdays[hour // 24]


def hour_of_week(seconds: float) -> int:
    """Return the hour of the week (0 is Monday's first) of a time in seconds since 1970: UTC has no clock changes."""
    return int(seconds // HOUR - _MONDAY * 24) % 168


def observe(before: Rhythm | None, seen: Seen) -> Rhythm:
    """Return what is known of a channel after one more poll.

    When every entry is new the document may have lost some: then only the time since its oldest entry counts,
    and so it does at the first poll, which sees the past.
    """
    at = seen.at.timestamp()
    known = before or _unknown(seen.at)
    elapsed = max(0.0, at - known.polled.timestamp())
    watched = _watched(before, seen, at, elapsed)
    spread = list(_spread(before, seen, at, watched))
    kept, shaped = _fade(elapsed, RATE_HALF_LIFE), _fade(elapsed, SHAPE_HALF_LIFE)
    spans = list(_by_hour(at - watched, at))
    return Rhythm(
        polled=seen.at,
        polls=known.polls + 1,
        entries=known.entries * kept + sum(count * _fade(at - when, RATE_HALF_LIFE) for when, count in spread),
        days=known.days * kept + _faded_days(watched, RATE_HALF_LIFE) * _expected(known, spans),
        hours=_add(known.hours, shaped, [(hour_of_week(when) % 24, count) for when, count in spread], spans, 1),
        weekdays=_add(known.weekdays, shaped, [(hour_of_week(when) // 24, count) for when, count in spread], spans, 24),
        window=seen.visible or known.window,
    )


def tempo_of(rhythm: Rhythm) -> Tempo:
    """Return the rate and its shape over the week."""
    return Tempo(
        rate=rhythm.entries / rhythm.days,
        hours=_shape(rhythm.hours),
        weekdays=_shape(rhythm.weekdays),
        window=rhythm.window,
    )


def expected(tempo: Tempo, since: datetime, until: datetime) -> float:
    """Return how many entries a channel is expected to have had between two times; of a week at most."""
    spans = _by_hour(since.timestamp(), until.timestamp())
    return sum(tempo.rate * tempo.share(hour) * days for hour, days in spans)


def _unknown(at: datetime) -> Rhythm:
    none = Counts((0.0,) * 24, (0.0,) * 24), Counts((0.0,) * 7, (0.0,) * 7)
    return Rhythm(at, 0, PRIOR_ENTRIES, PRIOR_DAYS, *none, window=0)


def _watched(before: Rhythm | None, seen: Seen, at: float, elapsed: float) -> float:
    """Return the seconds before a poll of which it tells everything."""
    age = None if seen.oldest is None else max(at - seen.oldest.timestamp(), SHORTEST_LOOK)
    if before is None:
        return min(age or 0.0, LONGEST_LOOK * DAY)
    if age is not None and seen.visible and seen.new >= seen.visible:
        return min(age, elapsed)
    return elapsed


def _spread(before: Rhythm | None, seen: Seen, at: float, watched: float) -> Iterator[tuple[float, float]]:
    """Return when the new entries came, (seconds, number): those without a date evenly over the time watched."""
    ages = [max(0.0, at - date.timestamp()) for date in seen.dates[: seen.new]]
    if before is None:
        yield from ((at - age, 1.0) for age in ages if age <= watched)
        return
    yield from ((at - min(age, watched), 1.0) for age in ages)
    if undated := seen.new - len(ages):
        parts = min(max(1, round(watched / HOUR)), 168)
        yield from ((at - watched * (part + 0.5) / parts, undated / parts) for part in range(parts))


def _fade(seconds: float, half_life: float) -> float:
    return math.exp2(-seconds / (half_life * DAY))


def _faded_days(seconds: float, half_life: float) -> float:
    """Return what a time that has just passed counts for, in days, when each moment of it has faded since."""
    return half_life / math.log(2) * (1 - _fade(seconds, half_life))


def _by_hour(start: float, end: float) -> Iterator[tuple[int, float]]:
    """Return the hours of the week between two times, each with the days (a fraction) of it; of a week at most."""
    at = max(start, end - 7 * DAY)
    while at < end:
        until = min((at // HOUR + 1) * HOUR, end)
        yield hour_of_week(at), (until - at) / DAY
        at = until


def _expected(known: Rhythm, spans: Sequence[tuple[int, float]]) -> float:
    """Return how busy the hours watched are beside the mean, so that a night does not count as much as a day."""
    hours, weekdays, time = _shape(known.hours), _shape(known.weekdays), sum(span for _, span in spans)
    if time <= 0:
        return 1.0
    return sum(span * hours[hour % 24] * weekdays[hour // 24] for hour, span in spans) / time


def _add(
    known: Counts, kept: float, came: Iterable[tuple[int, float]], spans: Iterable[tuple[int, float]], size: int
) -> Counts:
    """Return counts that have faded, with new ones; `size` is how many hours of the week a bin takes in turn."""
    entries, days = [count * kept for count in known.entries], [day * kept for day in known.days]
    for place, count in came:
        entries[place] += count
    for hour, span in spans:
        days[hour // size % len(days)] += span
    return Counts(tuple(entries), tuple(days))


def _shape(counts: Counts) -> tuple[float, ...]:
    """Return how each bin stands to the mean: its entries beside those that an even rate would have brought."""
    watched, bins = sum(counts.days), len(counts.days)
    even = sum(counts.entries) / watched if watched > 0 else 0.0
    pseudo = PSEUDO_COUNTS / bins
    raw = [(came + pseudo) / (even * days + pseudo) for came, days in zip(counts.entries, counts.days, strict=True)]
    mean = sum(raw) / bins
    return tuple(share / mean for share in raw)


def to_json(rhythm: Rhythm) -> dict[str, Any]:
    """Return a rhythm as JSON can hold it: some seventy numbers, however long the channel is known."""
    return {
        "form": _FORM,
        "polled": rhythm.polled.astimezone(UTC).isoformat(),
        "polls": rhythm.polls,
        "entries": _short(rhythm.entries),
        "days": _short(rhythm.days),
        "hours": _pack(rhythm.hours),
        "weekdays": _pack(rhythm.weekdays),
        "window": rhythm.window,
    }


def from_json(value: Mapping[str, Any] | None) -> Rhythm | None:
    """Return the rhythm that `to_json` wrote; None for none, and for one of another form, which is learned anew."""
    if not value or value.get("form") != _FORM:
        return None
    return Rhythm(
        polled=datetime.fromisoformat(value["polled"]),
        polls=value["polls"],
        entries=value["entries"],
        days=value["days"],
        hours=_unpack(value["hours"]),
        weekdays=_unpack(value["weekdays"]),
        window=value["window"],
    )


def _short(number: float) -> float:
    return float(f"{number:.7g}")


def _pack(counts: Counts) -> list[list[float]]:
    return [[_short(number) for number in numbers] for numbers in (counts.entries, counts.days)]


def _unpack(value: Sequence[Sequence[float]]) -> Counts:
    entries, days = value
    return Counts(tuple(entries), tuple(days))
