"""Whether extraction has degraded at a source: fewer pages that give an article, shorter texts, dates that miss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, timedelta
from math import log
from statistics import stdev

from crawler.commands.wording import percent
from crawler.watch.chance import at_least, at_most
from crawler.watch.recent import Recent, Window
from crawler.watch.states import Finding, State
from storage.watched import Day, Watched

BASELINE = timedelta(days=28)
LEAST_BEFORE, LEAST_NOW = 30, 8
"""Pages from which the usual is known, and from which a window is judged."""
IMPROBABLE, STILL_IMPROBABLE = 1e-4, 1e-2
"""Probabilities below which chance does not explain a change: to find a drift, and to keep one."""
LOST, STILL_LOST = 0.25, 0.125
"""Share of the usual yield that must be missing."""
MORE, STILL_MORE = 0.3, 0.15
"""Points by which the share of short or undated articles must have risen."""
SHRUNK, STILL_SHRUNK = 0.5, 0.75
"""Mean length beside the usual below which texts have shrunk."""
LEAST_YIELD, LEAST_PAGES = 0.2, 20
"""A source whose pages give fewer articles than that is drifting, whatever is usual."""
ACCEPTED = timedelta(days=28)
"""After that time what a source has become is the usual, unless hardly a page gives an article."""


def find_drift(source: Watched, recent: Recent, today: date) -> Finding | None:
    """Return how extraction has degraded: in the shortest window that shows it, against the four weeks before."""
    already = source.known is not None and source.known.state == State.DRIFTING
    for window in _judged(recent, already):
        before = baseline(source, window.since, today)
        for test in (_yield, _short, _undated, _words):
            reason = test(window, before, already)
            if reason:
                return Finding(State.DRIFTING, f"{reason} since {window.since}")
    return _hardly_any(recent.week)


def _judged(recent: Recent, already: bool) -> Sequence[Window]:
    """Return the windows that are judged: the two shortest and the week, which shows what changes little.

    A source that has drifted is well again when its latest pages are.
    """
    enough = [window for window in recent.windows if window.read >= LEAST_NOW]
    return enough[:1] if already else [*enough[:2], *enough[2:][-1:]]


def baseline(source: Watched, before: date, today: date) -> list[Day]:
    """Return the days that are the usual: four weeks before the window, or before the drift that was found."""
    known = source.known
    if known is not None and known.state == State.DRIFTING:
        since = known.since.astimezone(UTC).date()
        if today - since < ACCEPTED:
            before = min(before, since - timedelta(days=1))
    return [day for day in source.days if before - BASELINE <= day.day < before]


def _test(hits: int, trials: int, days: Sequence[tuple[int, int]], chance: Callable[..., float], already: bool) -> bool:
    if sum(number for _, number in days) < LEAST_BEFORE or trials < LEAST_NOW:
        return False
    return chance(hits, trials, days) < (STILL_IMPROBABLE if already else IMPROBABLE)


def _share(days: Sequence[tuple[int, int]]) -> float:
    return sum(hits for hits, _ in days) / max(sum(number for _, number in days), 1)


def _yield(window: Window, before: Sequence[Day], already: bool) -> str | None:
    days = [(day.stored + day.duplicates, day.stored + day.duplicates + day.dropped) for day in before]
    now, usual = window.gave / max(window.read, 1), _share(days)
    if now > usual * (1 - (STILL_LOST if already else LOST)):
        return None
    if not _test(window.gave, window.read, days, at_most, already):
        return None
    return f"{window.gave} of {window.read} pages ({percent(now)}) gave an article, usually {percent(usual)},"


def _short(window: Window, before: Sequence[Day], already: bool) -> str | None:
    days = [(day.short, day.stored) for day in before]
    return _risen(window.short, window.stored, days, already, "have a short text")


def _undated(window: Window, before: Sequence[Day], already: bool) -> str | None:
    days = [(day.undated, day.stored) for day in before]
    return _risen(window.undated, window.stored, days, already, "have no date")


def _risen(hits: int, trials: int, days: Sequence[tuple[int, int]], already: bool, what: str) -> str | None:
    now, usual = hits / max(trials, 1), _share(days)
    if now - usual < (STILL_MORE if already else MORE) or not _test(hits, trials, days, at_least, already):
        return None
    return f"{hits} of {trials} articles ({percent(now)}) {what}, usually {percent(usual)},"


def _words(window: Window, before: Sequence[Day], already: bool) -> str | None:
    """Return that texts have shrunk: beside the usual, and beside how much that varies from day to day."""
    means = [log(day.words / day.stored) for day in before if day.stored >= 3 and day.words]
    articles = sum(day.stored for day in before)
    if window.stored < LEAST_NOW or articles < LEAST_BEFORE or len(means) < 3:
        return None
    now, usual = window.words / window.stored, sum(day.words for day in before) / articles
    if now > usual * (STILL_SHRUNK if already else SHRUNK):
        return None
    spread = max(stdev(means), 0.1)
    if (sum(means) / len(means) - log(max(now, 1.0))) / spread < (2 if already else 4):
        return None
    return f"articles have {now:.0f} words, usually {usual:.0f},"


def _hardly_any(window: Window) -> Finding | None:
    if window.read < LEAST_PAGES or window.gave >= window.read * LEAST_YIELD:
        return None
    often = ", ".join(f"{reason} {count}" for reason, count in window.reasons.most_common(3))
    return Finding(
        State.DRIFTING, f"only {window.gave} of {window.read} pages gave an article since {window.since}: {often}"
    )


def usual_yield(source: Watched, before: date, today: date) -> float | None:
    """Return the share of pages that usually give an article, None for too few pages."""
    days = baseline(source, before, today)
    gave = sum(day.stored + day.duplicates for day in days)
    read = gave + sum(day.dropped for day in days)
    return gave / read if read >= LEAST_BEFORE else None
