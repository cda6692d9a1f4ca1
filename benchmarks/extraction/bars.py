"""The bars that newsdesk is held to, beside stock Trafilatura on the same pages in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from benchmarks.extraction.children import OURS
from benchmarks.extraction.figures import metadata, text_f1, work
from benchmarks.extraction.run import Run
from benchmarks.metrics import error_ratio

STOCK = "stock"
CUT_MEAN, CUT_EACH = 0.20, 0.10
GAINS = {"headline": 0.04, "date": 0.015, "authors": 0.08}
CPU_RATIO = 0.40


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and what it has to be: `least` unless `most` is set."""

    name: str
    value: float
    wanted: float
    at_most: bool = False
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the figure is good enough."""
        return self.value <= self.wanted if self.at_most else self.value >= self.wanted


def bars(run: Run) -> list[Bar]:
    """Return all bars; none when newsdesk or stock did not run."""
    if OURS not in run.columns or STOCK not in run.columns:
        return []
    return [*_errors(run), *_gains(run), _cpu(run), *_languages(run)]


def _errors(run: Run) -> list[Bar]:
    ours, stock = run.columns[OURS].counts, run.columns[STOCK].counts
    found = []
    for corpus in run.sets:
        places = run.places(corpus)
        ratio, low, high = error_ratio([ours[place] for place in places], [stock[place] for place in places])
        note = f"error {ratio:.2f}× stock's (95%: {low:.2f}–{high:.2f})"
        found.append(Bar(f"error_cut_{corpus}", 1 - ratio, CUT_EACH, note=note))
    return [*found, Bar("error_cut_mean", fmean(bar.value for bar in found), CUT_MEAN, note="mean of the sets")]


def _gains(run: Run) -> list[Bar]:
    found = []
    for name, least in GAINS.items():
        ours, stock = (metadata(run.columns[column], name) for column in (OURS, STOCK))
        if ours is not None and stock is not None:
            note = f"{ours[0]:.3f} against {stock[0]:.3f} on {ours[1]} pages"
            found.append(Bar(f"{name}_gain", ours[0] - stock[0], least, note=note))
    return found


def _cpu(run: Run) -> Bar:
    ours, stock = (work(run.columns[name], range(len(run.pages))).mean for name in (OURS, STOCK))
    return Bar("cpu_ratio", ours / stock, CPU_RATIO, at_most=True, note=f"{ours:.1f} against {stock:.1f} ms per page")


def _languages(run: Run) -> list[Bar]:
    """No language may be worse than with stock."""
    found = []
    for language, places in run.languages.items():
        ours, stock = (text_f1(run.columns[name], places) for name in (OURS, STOCK))
        note = f"F1 {ours:.4f} against {stock:.4f} on {len(places)} page{'s' * (len(places) > 1)}"
        found.append(Bar(f"f1_gain_{language}", ours - stock, 0.0, note=note))
    return found
