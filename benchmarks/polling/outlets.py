"""Made-up sources: a rate, the hours of the week when they publish, batches, bursts of news, and a window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

START = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
"""A Monday."""
PAST_DAYS = 14
HOUR, DAY = 3600.0, 86400.0
LEAST_RATE, MOST_RATE = 0.1, 200.0
ZONES = (-8, -5, -3, 0, 1, 2, 3, 5, 8, 9)
BURSTS_A_DAY, BURST_TIMES = 0.15, 4.0


@dataclass(frozen=True, slots=True)
class Outlet:
    """A source. `shares` is the rate in each hour of the week beside the mean, without bursts; `times` are sorted."""

    rate: float
    window: int
    shares: tuple[float, ...]
    times: tuple[float, ...]

    def share(self, hour: int) -> float:
        """Return the rate in an hour of the week beside the mean: the truth that only an oracle knows."""
        return self.shares[hour]


def make_outlets(number: int, days: int, seed: int) -> list[Outlet]:
    """Return sources with what they published over the past and so many days."""
    return [_make(np.random.default_rng((seed, place)), days) for place in range(number)]


def _make(draw: np.random.Generator, days: int) -> Outlet:
    rate = math.exp(draw.uniform(math.log(LEAST_RATE), math.log(MOST_RATE)))
    shares = _week(draw)
    window = int(draw.integers(10, 51))
    return Outlet(rate, window, tuple(shares), tuple(_times(draw, rate, shares, days)))


def _week(draw: np.random.Generator) -> Sequence[float]:
    """Return an hour-of-week profile in UTC: a working day with a morning and an evening peak, a quieter weekend."""
    night = draw.uniform(0.03, 0.4)
    morning, evening, width = draw.uniform(8, 12), draw.uniform(15, 20), draw.uniform(2, 4)
    weight = draw.uniform(0.4, 1.2)
    weekend = draw.uniform(0.25, 1.0)
    local = np.arange(168)
    hour = local % 24
    profile = night + _peak(hour, morning, width) + weight * _peak(hour, evening, width)
    profile = profile * np.where(local >= 120, weekend, 1.0)
    profile = np.roll(profile, -int(draw.choice(ZONES)))
    return [float(share) for share in profile / profile.mean()]


def _peak(hour: np.ndarray, middle: float, width: float) -> np.ndarray:
    away = np.abs(hour + 0.5 - middle)
    return np.exp(-0.5 * (np.minimum(away, 24 - away) / width) ** 2)


def _times(draw: np.random.Generator, rate: float, shares: Sequence[float], days: int) -> list[float]:
    """Return when articles appear: batches, of which bursts of news make more for a few hours."""
    hours = (PAST_DAYS + days) * 24
    mean_batch = draw.uniform(1.0, 2.0)
    excited = np.ones(hours)
    for _ in range(draw.poisson(BURSTS_A_DAY * hours / 24)):
        first = int(draw.integers(0, hours))
        excited[first : first + int(draw.integers(1, 5))] = BURST_TIMES
    intensity = rate / 24 * np.resize(shares, hours) * excited / excited.mean()
    found: list[float] = []
    start = START - PAST_DAYS * DAY
    for hour, batches in enumerate(draw.poisson(intensity / mean_batch)):
        for moment in draw.uniform(0, HOUR, batches):
            at = start + hour * HOUR + moment
            size = int(min(draw.geometric(1 / mean_batch), 8))
            found += [float(at + pause) for pause in draw.uniform(0, 60, size)]
    return sorted(found)
