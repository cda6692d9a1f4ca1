"""What the last days brought, added up: as many as are needed to say something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import median

from storage.days import DELAY_BOUNDS, LONGER
from storage.watched import Day, Watched

LONGEST = 7
"""Days that a window goes back at most."""
ENOUGH = 10


@dataclass(frozen=True, slots=True)
class Window:
    """Sums over some days, from `since` to today."""

    since: date
    pages: int = 0
    stored: int = 0
    duplicates: int = 0
    dropped: int = 0
    failed: int = 0
    short: int = 0
    undated: int = 0
    words: int = 0
    polls: int = 0
    polls_failed: int = 0
    delays: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def gave(self) -> int:
        """New pages that gave an article."""
        return self.stored + self.duplicates

    @property
    def read(self) -> int:
        """New pages that were read."""
        return self.gave + self.dropped


@dataclass(frozen=True, slots=True)
class Recent:
    """The windows that a source is judged by: one for each number of days, the shortest first."""

    windows: tuple[Window, ...]

    @property
    def fetches(self) -> Window:
        """Today, with yesterday when today has too few fetches to say something."""
        return self._first(lambda window: window.pages + window.failed >= ENOUGH, 2)

    @property
    def week(self) -> Window:
        """All days that a window goes back."""
        return self.windows[-1]

    @property
    def day(self) -> Window:
        """Today and yesterday."""
        return self.windows[1]

    def _first(self, is_enough: Callable[[Window], bool], most: int) -> Window:
        return next((window for window in self.windows[:most] if is_enough(window)), self.windows[most - 1])


def recent_of(source: Watched, now: datetime) -> Recent:
    """Return the windows of a source."""
    return Recent(tuple(_windows({day.day: day for day in source.days[-LONGEST:]}, now.date())))


def _windows(days: Mapping[date, Day], today: date) -> Iterator[Window]:
    window = Window(today)
    for back in range(LONGEST):
        since = today - timedelta(days=back)
        day = days.get(since)
        window = replace(window, since=since) if day is None else _with(window, day)
        yield window


def _with(window: Window, day: Day) -> Window:
    """Return a window with an earlier day."""
    return Window(
        day.day,
        window.pages + day.pages,
        window.stored + day.stored,
        window.duplicates + day.duplicates,
        window.dropped + day.dropped,
        window.failed + day.failed,
        window.short + day.short,
        window.undated + day.undated,
        window.words + day.words,
        window.polls + day.polls,
        window.polls_failed + day.polls_failed,
        add_counts(window.delays, day.delays),
        add_counts(window.reasons, day.reasons),
    )


def add_counts(counts: Counter[str], more: Mapping[str, int] | None) -> Counter[str]:
    """Return the counts with more."""
    if not more:
        return counts
    added = counts.copy()
    added.update(more)
    return added


def median_delay(delays: Counter[str]) -> float | None:
    """Return the median time from publication to storage in minutes: the bound under which half of them are."""
    total, seen = sum(delays.values()), 0
    for bound in DELAY_BOUNDS:
        seen += delays[str(bound)]
        if total and seen * 2 >= total:
            return float(bound)
    return 2.0 * DELAY_BOUNDS[-1] if delays[LONGER] else None


def usual_polls(days: Sequence[Day]) -> float:
    """Return how many polls of a source are answered on a usual day."""
    return float(median([day.polls - day.polls_failed for day in days] or [0]))
