"""Made-up outlets: when each publishes, by the hours and days of its week, its bursts and its holidays."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crawler.rates import Counts, Rhythm, to_json
from storage.watched import Day, Watched, WatchedChannel

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
DESK = (0.05,) * 5 + (0.3, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1.5, 1, 1, 0.7, 0.4, 0.2, 0.1)
"""A news desk that sleeps."""
ALL_WEEK, WEEKDAYS = (1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7), (1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0)
THURSDAY = (0, 0, 0, 7, 0, 0, 0)


@dataclass(frozen=True)
class Outlet:
    """`spread` is the standard deviation of a day's volume beside its mean; on a holiday `holiday` of it comes."""

    a_day: float
    weekdays: Sequence[float] = ALL_WEEK
    spread: float = 0.3
    burst: float = 1.5
    holiday: float = 0.2
    poll_hours: float = 1.0


OUTLETS = {
    "agency": Outlet(300, spread=0.2, holiday=0.5, poll_hours=0.2),
    "national": Outlet(80, poll_hours=0.25),
    "regional": Outlet(20, poll_hours=0.5),
    "local": Outlet(5),
    "weekdays": Outlet(12, WEEKDAYS, holiday=0.0),
    "weekly": Outlet(1.5, THURSDAY, spread=0.2, holiday=1.0, poll_hours=6),
    "blog": Outlet(0.4, spread=0.5, poll_hours=6),
    "bursty": Outlet(10, spread=0.8, burst=5),
}
HOLIDAYS = {(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (12, 25), (12, 26)}


def published(outlet: Outlet, days: int, dice: random.Random) -> list[datetime]:
    """Return when an outlet publishes over these days."""
    found = []
    for number in range(days):
        day = START + timedelta(days=number)
        mean = outlet.a_day * outlet.weekdays[day.weekday()] * max(0.1, dice.gauss(1, outlet.spread))
        mean *= outlet.holiday if (day.month, day.day) in HOLIDAYS else 1
        batches = sum(dice.random() < mean / outlet.burst / 400 for _ in range(400))
        for _ in range(batches):
            hour = dice.choices(range(24), DESK)[0]
            at = day + timedelta(hours=hour + dice.random())
            size = max(1, round(dice.expovariate(1 / outlet.burst) + 0.5)) if outlet.burst > 1 else 1
            found += [at + timedelta(minutes=2 * place) for place in range(size)]
    return sorted(found)


def rhythm(outlet: Outlet) -> dict[str, Any]:
    """Return the rhythm that polls have taught of an outlet by then."""
    entries, days = 40 * outlet.a_day, 28.0
    total = sum(DESK)
    hours = Counts(tuple(entries * share / total for share in DESK), (days / 24,) * 24)
    weekdays = Counts(tuple(entries * share / 7 for share in outlet.weekdays), (days / 7,) * 7)
    return to_json(Rhythm(START, 500, entries, days, hours, weekdays, 30))


def polled(outlet: Outlet, times: Sequence[datetime], until: datetime) -> Iterator[tuple[datetime, int]]:
    """Return the polls until a time, each with how many new links it saw."""
    at, place = START, 0
    while at <= until:
        new = 0
        while place < len(times) and times[place] <= at:
            place, new = place + 1, new + 1
        yield at, new
        at += timedelta(hours=outlet.poll_hours)


def watch(outlet: Outlet, polls: Sequence[tuple[datetime, int]]) -> tuple[Watched, dict[date, Day]]:
    """Return a source after these polls."""
    days: dict[date, Day] = {}
    last_new = None
    for at, new in polls:
        day = days.get(at.date(), Day(at.date()))
        days[at.date()] = replace(day, polls=day.polls + 1, links_new=day.links_new + new)
        last_new = at if new else last_new
    channel = WatchedChannel("https://a.example/feed", START, polls[-1][0], last_new, rhythm=rhythm(outlet))
    first = START - timedelta(days=3)
    source = Watched(1, "a", "A", None, first, (replace(channel, first_seen=first),), tuple(days.values()))
    return source, days


def gaps(outlet: Outlet, times: Sequence[datetime], days: int) -> Iterator[Watched]:
    """Return a source just before each end of a longer gap: when its silence was the longest."""
    polls = list(polled(outlet, times, START + timedelta(days=days)))
    source, by_day = watch(outlet, polls)
    every = list(by_day.values())
    last_new = None
    for place, (at, new) in enumerate(polls):
        if new and last_new is not None and at - last_new > timedelta(hours=6) and place:
            yield _at(source, every, polls[place - 1][0], last_new)
        last_new = at if new else last_new


def _at(source: Watched, days: Sequence[Day], at: datetime, last_new: datetime) -> Watched:
    channel = replace(source.channels[0], last_polled=at, last_new=last_new)
    known = [day for day in days if at.date() - timedelta(days=70) <= day.day <= at.date()]
    return replace(source, channels=(channel,), days=tuple(known))


def after_death(outlet: Outlet, times: Sequence[datetime], death: datetime, hours: int) -> Iterator[Watched]:
    """Return a source at each hour after it stopped publishing."""
    alive = [at for at in times if at < death]
    polls = list(polled(outlet, alive, death + timedelta(hours=hours)))
    source, by_day = watch(outlet, polls)
    every = list(by_day.values())
    last_new = source.channels[0].last_new
    assert last_new is not None
    for hour in range(hours):
        yield _at(source, every, death + timedelta(hours=hour), last_new)
