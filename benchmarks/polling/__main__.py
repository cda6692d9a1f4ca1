"""`python -m benchmarks.polling [--json FILE] [--quick]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.polling.bars import of_budget
from benchmarks.polling.outlets import Outlet, make_outlets
from benchmarks.polling.rules import Fixed, Miniflux, Newsdesk, Oracle, StormCrawler
from benchmarks.polling.simulation import Result, Rule, simulate

BUDGETS = (8.0, 24.0, 64.0)
SOURCES, DAYS = 500, 28
QUICK_SOURCES = 100
TURNS = 9
Figures = dict[str, Any]


def main() -> None:
    """Simulate every rule at every budget, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polling", description=__doc__)
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--quick", action="store_true", help="100 sources and 24 polls a day only")
    parser.add_argument("--budgets", metavar="N,…", help="polls a source and day")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    outlets = make_outlets(QUICK_SOURCES if options.quick else SOURCES, DAYS, options.seed)
    articles = sum(len(outlet.times) for outlet in outlets)
    print(f"{len(outlets)} sources, {DAYS} days and 14 before them, {articles} articles")
    usual = (24.0,) if options.quick else BUDGETS
    budgets = [float(budget) for budget in options.budgets.split(",")] if options.budgets else usual
    figures: Figures = {"sources": len(outlets), "articles": articles, "seed": options.seed}
    for budget in budgets:
        figures |= _report(budget, _measure(outlets, budget))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _measure(outlets: Sequence[Outlet], budget: float) -> dict[str, Result]:
    """Return what came of each rule; those of others are set to take as many polls as newsdesk's did."""
    ours = simulate(outlets, Newsdesk(outlets, budget), DAYS)
    spent = ours.polls
    factor = _tuned(outlets, Miniflux, spent, (0.01, 100.0), rising=True)
    shortest = _tuned(outlets, StormCrawler, spent, (2.0, 1440.0), rising=False)
    return {
        "newsdesk": ours,
        "fixed": simulate(outlets, Fixed(spent), DAYS),
        "miniflux": simulate(outlets, Miniflux(outlets, factor), DAYS),
        "stormcrawler": simulate(outlets, StormCrawler(outlets, shortest), DAYS),
        "oracle": simulate(outlets, Oracle(outlets, spent), DAYS),
    }


def _tuned(
    outlets: Sequence[Outlet],
    rule: Callable[[Sequence[Outlet], float], Rule],
    polls: float,
    bounds: tuple[float, float],
    *,
    rising: bool,
) -> float:
    """Return the value between the bounds with which a rule takes that many polls."""
    low, high = bounds
    for _ in range(TURNS):
        middle = (low * high) ** 0.5
        enough = simulate(outlets, rule(outlets, middle), DAYS).polls >= polls
        low, high = (low, middle) if enough == rising else (middle, high)
    return high if rising else low


def _report(budget: float, results: dict[str, Result]) -> Figures:
    print(f"\n{budget:g} polls a source and day")
    print(
        f"{'rule':<14}{'delay min':>10}{'lost %':>9}{'polls':>8}{'delay ÷ fixed':>15}{'÷ Miniflux':>12}{'÷ oracle':>10}"
    )
    figures: Figures = {}
    for name, result in results.items():
        key = f"{budget:g}/{name}"
        ratios = {base: result.delay / results[base].delay for base in ("fixed", "miniflux", "oracle")}
        shown = f"{ratios['fixed']:>15.3f}{ratios['miniflux']:>12.3f}{ratios['oracle']:>10.3f}"
        print(f"{name:<14}{result.delay:>10.2f}{100 * result.lost:>9.3f}{result.polls:>8.2f}{shown}")
        figures |= {f"{key}/delay_min": round(result.delay, 3), f"{key}/lost": round(result.lost, 6)}
        figures |= {f"{key}/polls_a_day": round(result.polls, 3)}
        figures |= {f"{key}/delay_ratio_{base}": round(ratio, 4) for base, ratio in ratios.items()}
    for bar in of_budget(budget, results):
        print(f"  {'passed' if bar.passed else 'MISSED'}  {bar.name}: {bar.value:.3f} (at most {bar.at_most})")
        figures[f"{budget:g}/bar/{bar.name}"] = bar.passed
    return figures


if __name__ == "__main__":
    main()
