"""What is counted beside a search: facets, and hits over time as a chart. Kept for some seconds."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

import sqlalchemy as sa

from storage.search import Bucket, Query, facets
from storage.web.pages.charts import Value
from storage.web.pages.links import Here
from storage.web.pages.words import count, moment

SECONDS = 20.0
MOST_KEPT = 64
NAMES = ("source", "language", "section", "access", "kind", "day")
RECENT = timedelta(days=30)
"""Where nothing narrows a search, only so much of it is counted."""
MOST_DAYS, MOST_WEEKS = 93, 550
"""Days from which bars are weeks, then months."""
MOST_VALUES, MOST_KEPT_VALUES = 40_000, 1_000
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted. `facets` hold values by name; `days` are (day, hits) in order.

    `is_recent`: only the last RECENT days were counted. `counted` is how many articles, all of them if `is_exact`.
    """

    facets: dict[str, tuple[Bucket, ...]]
    days: tuple[tuple[datetime, int], ...]
    counted: int
    is_exact: bool
    is_recent: bool


class Kept(Generic[K, V]):
    """Values that are made once and kept for some seconds."""

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._found: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made anew when it is too old."""
        kept = self.find(key)
        if kept is not None:
            return kept
        value = make()
        self.keep(key, value)
        return value

    def find(self, key: K) -> V | None:
        """Return the value of a key, None when there is none or it is too old."""
        with self._lock:
            kept = self._found.get(key)
        return kept[1] if kept is not None and self._clock() - kept[0] < self._seconds else None

    def keep(self, key: K, value: V) -> None:
        """Keep a value."""
        with self._lock:
            self._found[key] = (self._clock(), value)
            self._found.move_to_end(key)
            while len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)


def count_beside(connection: sa.Connection, query: Query, now: datetime) -> Counted:
    """Return what is counted beside a search. Raises UsageError for what cannot be asked."""
    asked = replace(query, after=None, sort="date", limit=20)
    is_recent = replace(asked, now=None, collapse=False) == replace(Query(), sort="date")
    if is_recent:
        asked = replace(asked, since=_midnight(now) - RECENT + timedelta(days=1))
    found = facets(connection, asked, NAMES, most=MOST_VALUES)
    days = tuple((datetime.fromisoformat(one.value).replace(tzinfo=UTC), one.count) for one in reversed(found["day"]))
    shown = {name: found[name][:MOST_KEPT_VALUES] for name in NAMES if name != "day"}
    return Counted(shown, days, found.counted, found.is_exact, is_recent)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def bars(counted: Counted, query: Query, now: datetime, here: Here) -> tuple[str, list[Value]]:
    """Return by what the chart is (day, week, month), and its bars, each leading to its time; none for a single day."""
    if not counted.days:
        return "day", []
    first, last = counted.days[0][0], counted.days[-1][0]
    if counted.is_recent or (query.since is not None and now - query.since < timedelta(days=MOST_DAYS)):
        first = min(first, _midnight(query.since or now - RECENT + timedelta(days=1)))
        last = max(last, _midnight(min(query.until or now, now)))
    by = "day" if (last - first).days <= MOST_DAYS else "week" if (last - first).days <= MOST_WEEKS else "month"
    tallies: Counter[datetime] = Counter()
    for day, hits in counted.days:
        tallies[begin(day, by)] += hits
    return by, [_bar(start, tallies[start], by, here) for start in _starts(begin(first, by), last, by)]


def begin(day: datetime, by: str) -> datetime:
    """Return the beginning of the day, week or month that a day is in."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def after(start: datetime, by: str) -> datetime:
    """Return the beginning of the next one."""
    return begin(start + timedelta(days={"day": 1, "week": 7, "month": 31}[by]), by)


def _starts(first: datetime, last: datetime, by: str) -> Sequence[datetime]:
    found = [first]
    while after(found[-1], by) <= last:
        found.append(after(found[-1], by))
    return found


def _bar(start: datetime, hits: int, by: str, here: Here) -> Value:
    end = after(start, by) - timedelta(days=1)
    named = moment(start.date()) if by == "day" else f"{moment(start.date())} to {moment(end.date())}"
    href = here.to(since=start.date(), until=end.date()) if hits else None
    return Value(start, hits, f"{named}: {count(hits, 'article')}", href)
