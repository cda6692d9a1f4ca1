"""How likely counts are that vary more from day to day than dice do: beta-binomial and negative binomial tails."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log

LARGEST = 200
"""More trials than this say no more, when days differ: larger counts are scaled down to it."""
STEADIEST, WILDEST = 50.0, 5.0
"""Bounds of the concentration: of a share that hardly varies from day to day, and of one that varies widely."""


def concentration(days: Sequence[tuple[int, int]]) -> float:
    """Return how steady a share is over days of (hits, trials): the beta distribution's a + b."""
    days = [(hits, trials) for hits, trials in days if trials > 0]
    total = sum(trials for _, trials in days)
    if len(days) < 3:
        return STEADIEST
    share = (sum(hits for hits, _ in days) + 1) / (total + 2)
    spread = sum(trials * (hits / trials - share) ** 2 for hits, trials in days) / total
    between = spread - share * (1 - share) * len(days) / total
    if between <= 0:
        return STEADIEST
    return min(max(share * (1 - share) / between - 1, WILDEST), STEADIEST)


def at_most(hits: int, trials: int, days: Sequence[tuple[int, int]]) -> float:
    """Return the probability of so few hits in these trials, after what the days before had (hits, trials each)."""
    if trials > LARGEST:
        hits, trials = round(hits * LARGEST / trials), LARGEST
    total = sum(number for _, number in days)
    share = (sum(number for number, _ in days) + 1) / (total + 2)
    steady = concentration(days)
    a, b = share * steady, (1 - share) * steady
    return min(1.0, sum(_beta_binomial(count, trials, a, b) for count in range(hits + 1)))


def at_least(hits: int, trials: int, days: Sequence[tuple[int, int]]) -> float:
    """Return the probability of so many hits in these trials."""
    return at_most(trials - hits, trials, [(number - count, number) for count, number in days])


def _beta_binomial(hits: int, trials: int, a: float, b: float) -> float:
    ways = lgamma(trials + 1) - lgamma(hits + 1) - lgamma(trials - hits + 1)
    return exp(ways + _log_beta(hits + a, trials - hits + b) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_none(expected: float, steadiness: float) -> float:
    """Return the logarithm of the probability that nothing comes where `expected` is the mean.

    `steadiness` is the negative binomial's r: the smaller, the more the counts vary.
    """
    return -steadiness * log(1 + expected / steadiness)
