"""The bars that newsdesk's polling is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.polling.simulation import Result

BUDGET = 24.0
ORACLE, FIXED, MINIFLUX, LOST_PERCENT = 1.05, 0.5, 0.7, 0.3


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and the most that it may be."""

    name: str
    value: float
    at_most: float

    @property
    def passed(self) -> bool:
        """Whether the figure is good enough."""
        return self.value <= self.at_most


def of_budget(budget: float, results: Mapping[str, Result]) -> list[Bar]:
    """Return the bars, which are set for 24 polls a source and day."""
    if budget != BUDGET:
        return []
    ours = results["newsdesk"]
    return [
        Bar("delay beside the oracle's", ours.delay / results["oracle"].delay, ORACLE),
        Bar("delay beside a fixed interval's", ours.delay / results["fixed"].delay, FIXED),
        Bar("delay beside Miniflux'", ours.delay / results["miniflux"].delay, MINIFLUX),
        Bar("lost %", 100 * ours.lost, LOST_PERCENT),
        Bar("polls a source and day", ours.polls, budget * 1.05),
    ]
