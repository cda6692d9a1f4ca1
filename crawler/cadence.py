"""When a channel is polled next: as often as the square root of its rate, within a budget for all. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from crawler.rates import DAY, HOUR, Tempo, hour_of_week

MOST = 144.0
"""Polls a day at most: one every 10 minutes."""
LEAST = 1.0
SHORTEST, LONGEST = DAY / MOST, DAY / LEAST
"""Seconds between two polls."""
SAFETY, FILLED = 2.5, 0.7
"""A channel is polled so often that at 2.5 times its rate no more than .7 of its window fills up in between."""
START = 6.0
"""The scale before the channels are known: what a log-uniform rate of .1 to 200 a day takes for 24 polls a day."""


class Pulse(Protocol):
    """The rate of a channel (entries a day), its window, and its rate in an hour of the week beside the mean."""

    @property
    def rate(self) -> float:
        """Entries a day."""

    @property
    def window(self) -> int:
        """Entries that its document shows at once; 0 when that is not known."""

    def share(self, hour: int) -> float:
        """Return the rate in an hour of the week (UTC) beside the mean."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a channel takes of the budget: `root` polls a day for each unit of the scale, `floor` at least."""

    root: float
    floor: float


def frequency(pulse: Pulse, scale: float, hour: int) -> float:
    """Return the polls a day that a channel gets in an hour of the week."""
    rate = pulse.rate * pulse.share(hour)
    return min(max(scale * math.sqrt(rate), _floor(rate, pulse.window)), MOST)


def next_poll(pulse: Pulse, scale: float, now: datetime) -> datetime:
    """Return when a channel that was polled now is polled again: when its frequency has added up to one poll."""
    start = now.timestamp()
    at = _added_up(lambda hour: frequency(pulse, scale, hour), start, start + LONGEST)
    return datetime.fromtimestamp(max(at, start + SHORTEST), UTC)


def window_fills(pulse: Pulse, now: datetime) -> datetime:
    """Return until when a channel that was polled now must be polled lest its window overflow; 2 days at most."""
    start = now.timestamp()
    at = _added_up(lambda hour: _filling(pulse.rate * pulse.share(hour), pulse.window), start, start + 2 * LONGEST)
    return datetime.fromtimestamp(max(at, start + SHORTEST), UTC)


def _added_up(often: Callable[[int], float], start: float, end: float) -> float:
    """Return when a frequency (a day, by the hour of the week) has added up to one, `end` at the latest."""
    at, left = start, 1.0
    while at < end:
        now = often(hour_of_week(at)) / DAY
        until = (at // HOUR + 1) * HOUR
        if now * (until - at) >= left:
            return min(at + left / now, end)
        left -= now * (until - at)
        at = until
    return end


def demand(tempo: Tempo) -> Demand:
    """Return what a channel takes of the budget over a week."""
    roots = _mean_root(tempo.hours) * _mean_root(tempo.weekdays)
    return Demand(math.sqrt(tempo.rate) * roots, min(_floor(tempo.rate, tempo.window), MOST))


def solve_scale(demands: Sequence[Demand], polls_a_day: float) -> float:
    """Return the scale with which all channels together take `polls_a_day` each on average.

    What the floors take they take, even when that is more than the budget. Nor is the budget spent on channels where
    next to nothing comes: one entry a day is worth `polls_a_day`, less is worth less.
    """
    budget = polls_a_day * len(demands)
    low, high = 0.0, polls_a_day
    if not demands:
        return START
    if total(demands, high) <= budget:
        return high
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if total(demands, middle) < budget else (low, middle)
    return high


def total(demands: Sequence[Demand], scale: float) -> float:
    """Return the polls a day that channels take together."""
    return sum(min(max(scale * one.root, one.floor), MOST) for one in demands)


def _floor(rate: float, window: int) -> float:
    return max(LEAST, _filling(rate, window))


def _filling(rate: float, window: int) -> float:
    return SAFETY * rate / (FILLED * window) if window else 0.0


def _mean_root(shares: Sequence[float]) -> float:
    return sum(map(math.sqrt, shares)) / len(shares)
