"""What the last days brought, added up: as many as are needed to say something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
    pages: int
    stored: int
    duplicates: int
    dropped: int
    failed: int
    short: int
    undated: int
    words: int
    delays: Counter[str]
    reasons: Counter[str]

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


def sum_days(days: Sequence[Day], since: date) -> Window:
    """Return the sums of these days."""
    names = ("pages", "stored", "duplicates", "dropped", "failed", "short", "undated", "words")
    delays: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for day in days:
        delays.update(day.delays or {})
        reasons.update(day.reasons or {})
    return Window(
        since, **{name: sum(getattr(day, name) for day in days) for name in names}, delays=delays, reasons=reasons
    )


def recent_of(source: Watched, now: datetime) -> Recent:
    """Return the windows of a source."""
    return Recent(tuple(_windows(source.days[-LONGEST:], now.date())))


def _windows(days: Sequence[Day], today: date) -> Iterator[Window]:
    for back in range(LONGEST):
        since = today - timedelta(days=back)
        yield sum_days([day for day in days if since <= day.day <= today], since)


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
