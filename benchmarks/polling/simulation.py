"""Poll sources by a rule over simulated days, and count what was found when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from benchmarks.polling.outlets import DAY, HOUR, START, Outlet

WARM_UP = 7
LAST = 1.0
"""Days at the end whose articles are not counted: some would be found after it."""
EPOCH = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Poll:
    """What a poll saw, seconds since 1970: the source's entries are times[first:end], those from `new` on are new."""

    place: int
    at: float
    first: int
    new: int
    end: int


class Rule(Protocol):
    """Says when a source is polled next."""

    def begin(self, at: float) -> None:
        """A quarter of a day begins."""

    def after(self, poll: Poll) -> float:
        """Return the seconds until the next poll."""


@dataclass(slots=True)
class Tally:
    """What came of the articles and polls after the warm-up."""

    polls: int = 0
    found: int = 0
    lost: int = 0
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """Mean minutes from publication to discovery, the share of articles never seen, and polls a source and day."""

    delay: float
    lost: float
    polls: float


class _Watch:
    """One source under a rule."""

    def __init__(self, place: int, outlet: Outlet, days: int, first_poll: float) -> None:
        self._place = place
        self._outlet = outlet
        self._times = outlet.times
        self._sums = [0.0, *accumulate(time - START for time in outlet.times)]
        self._counted = (
            bisect_left(outlet.times, START + WARM_UP * DAY),
            bisect_left(outlet.times, START + (days - LAST) * DAY),
        )
        self._seen = max(0, bisect_right(outlet.times, first_poll) - outlet.window)
        self.due = first_poll

    def run(self, until: float, rule: Rule, tally: Tally) -> None:
        """Poll until a time."""
        while self.due < until:
            at = self.due
            end = bisect_right(self._times, at, lo=self._seen)
            first = max(0, end - self._outlet.window)
            new = max(first, self._seen)
            self._tell(at, new, end, tally)
            self._seen = end
            self.due = at + rule.after(Poll(self._place, at, first, new, end))

    def _tell(self, at: float, new: int, end: int, tally: Tally) -> None:
        if at >= START + WARM_UP * DAY:
            tally.polls += 1
        low, high = self._counted
        tally.lost += max(0, min(new, high) - max(self._seen, low))
        low, high = max(new, low), min(end, high)
        if high > low:
            tally.found += high - low
            tally.delay += (high - low) * (at - START) - (self._sums[high] - self._sums[low])


def simulate(outlets: Sequence[Outlet], rule: Rule, days: int) -> Result:
    """Poll all sources by a rule."""
    tally = Tally()
    step = DAY / len(outlets)
    watches = [_Watch(place, outlet, days, START + place * step / 24) for place, outlet in enumerate(outlets)]
    at = START
    while at < START + days * DAY:
        rule.begin(at)
        for watch in watches:
            watch.run(at + EPOCH, rule, tally)
        at += EPOCH
    total = tally.found + tally.lost
    return Result(
        delay=tally.delay / tally.found / 60,
        lost=tally.lost / total,
        polls=tally.polls / len(outlets) / (days - WARM_UP),
    )
