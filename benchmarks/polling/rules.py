"""The rules that say when a source is polled: newsdesk's own modules, what others do, and an oracle.

Miniflux' entry-frequency scheduler is written from `ScheduleNextCheck` in internal/model/feed.go and
`WeeklyFeedEntryCount` in internal/storage/feed.go of github.com/miniflux/v2: a week ÷ (the week's entries × factor),
within 5 minutes and 24 hours, the entries counted from the mean gap between those of the last week.
StormCrawler's is written from AdaptiveScheduler.java of github.com/apache/incubator-stormcrawler (persistence): the
interval times 1 + .5 after a poll without a change, half way to the shortest interval after one with a change,
in whole minutes, within 1 hour and 2 weeks (here: the longest a day, the shortest is what holds the budget).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.polling.outlets import DAY, Outlet
from benchmarks.polling.simulation import Poll
from crawler.cadence import START as FIRST_SCALE
from crawler.cadence import Demand, demand, frequency, next_poll, solve_scale
from crawler.rates import Rhythm, Seen, observe, tempo_of

WEEK = 7 * DAY
FIRST_WAITS = 2
NEW_WAIT = 900.0
"""Seconds between the first polls of a source of which nothing is known yet, as in crawler/polling.py."""


class Fixed:
    """Every source every so often."""

    def __init__(self, polls_a_day: float) -> None:
        self._wait = DAY / polls_a_day

    def begin(self, at: float) -> None:
        """Nothing is solved."""

    def after(self, poll: Poll) -> float:
        """Return the interval."""
        return self._wait


class Miniflux:
    """Entry frequency; `factor` is any number here, a whole one there."""

    def __init__(self, outlets: Sequence[Outlet], factor: float) -> None:
        self._outlets = outlets
        self._factor = factor

    def begin(self, at: float) -> None:
        """Nothing is solved."""

    def after(self, poll: Poll) -> float:
        """Return the interval for the entries of the last week."""
        times = self._outlets[poll.place].times
        first = bisect_left(times, poll.at - WEEK, hi=poll.end)
        gaps = poll.end - first - 1
        span = times[poll.end - 1] - times[first] if gaps > 0 else 0.0
        if span <= 0:
            return DAY
        weekly = math.ceil(WEEK / (span / gaps))
        return min(max(WEEK / (weekly * self._factor), 300.0), DAY)


class StormCrawler:
    """Adaptive fetch intervals, in minutes."""

    def __init__(self, outlets: Sequence[Outlet], shortest: float) -> None:
        self._shortest = shortest
        self._waits = [max(60.0, shortest)] * len(outlets)

    def begin(self, at: float) -> None:
        """Nothing is solved."""

    def after(self, poll: Poll) -> float:
        """Return the interval, shorter or longer than the one before."""
        before = self._waits[poll.place]
        changed = poll.end > poll.new
        wait = int(0.5 * before + 0.5 * self._shortest) if changed else min(int(before * 1.5), 1440)
        self._waits[poll.place] = max(wait, 1)
        return self._waits[poll.place] * 60.0


class Newsdesk:
    """The daemon's modules, fed with what polls see."""

    def __init__(self, outlets: Sequence[Outlet], budget: float) -> None:
        self._outlets = outlets
        self._budget = budget
        self._rhythms: list[Rhythm | None] = [None] * len(outlets)
        self._scale = FIRST_SCALE

    def begin(self, at: float) -> None:
        """Solve the scale for what is known of all."""
        known: list[Demand] = [demand(tempo_of(rhythm)) for rhythm in self._rhythms if rhythm is not None]
        if known:
            self._scale = solve_scale(known, self._budget)

    def after(self, poll: Poll) -> float:
        """Return the seconds to the next poll."""
        times = self._outlets[poll.place].times
        seen = Seen(
            at=_moment(poll.at),
            new=poll.end - poll.new,
            visible=poll.end - poll.first,
            dates=tuple(_moment(time) for time in times[poll.new : poll.end]),
            oldest=_moment(times[poll.first]) if poll.end > poll.first else None,
        )
        rhythm = self._rhythms[poll.place] = observe(self._rhythms[poll.place], seen)
        if rhythm.polls < FIRST_WAITS:
            return NEW_WAIT
        return next_poll(tempo_of(rhythm), self._scale, seen.at).timestamp() - poll.at


class Oracle:
    """The same frequencies from the true rates and hours."""

    def __init__(self, outlets: Sequence[Outlet], budget: float) -> None:
        self._outlets = outlets
        self._scale = _true_scale(outlets, budget)

    def begin(self, at: float) -> None:
        """Everything is known from the start."""

    def after(self, poll: Poll) -> float:
        """Return the seconds to the next poll."""
        return next_poll(self._outlets[poll.place], self._scale, _moment(poll.at)).timestamp() - poll.at


def _true_scale(outlets: Sequence[Outlet], budget: float) -> float:
    """Return the scale with which the true frequencies, summed over the hours of the week, hold the budget."""
    low, high = 0.0, 1000.0
    for _ in range(30):
        middle = (low + high) / 2
        spent = sum(frequency(outlet, middle, hour) for outlet in outlets for hour in range(0, 168, 3))
        low, high = (middle, high) if spent / 56 / len(outlets) < budget else (low, middle)
    return high


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
