"""Count what matches: all of it, by facet, over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from storage.errors import UsageError
from storage.schema import sources
from storage.schema_search import article_facts
from storage.searching.asked import Bar, Bucket, Facets, Histogram, Part, Query
from storage.searching.conditions import NO_LANGUAGE, Matching, matching
from storage.searching.cursors import micros, pinned, read_cursor
from storage.searchtext import fold

MOST_TOTAL = 100_000
"""A total is counted so far."""
MOST_COUNTED = 50_000
"""Matches whose facets are counted; of more, the latest."""
FACETS = ("source", "language", "day", "section", "access", "kind")
HOUR = 3_600_000_000
DAY = 24 * HOUR
BEFORE = 800_000
"""Days: more than there are from the year 1 to 1970, so that integers are rounded down."""
PERIODS = ("hour", "day", "week", "month")
MOST_BARS = 5_000
MOST_PARTS = 8
EARLIEST, LATEST = datetime(300, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)
"""Bars are made of times between these: beyond them calendars end."""


def count(connection: sa.Connection, query: Query) -> int:
    """Return how many articles match, whatever the limit: all of them, however many. Raises UsageError."""
    asked = matching(connection, pinned(replace(query, after=None), None))
    return int(connection.execute(_counted(asked, None)).scalar_one())


def count_up_to(connection: sa.Connection, asked: Matching, query: Query) -> tuple[int, bool]:
    """Return how many match (stories, when collapsed), and whether these are all."""
    if not query.collapse:
        total = int(connection.execute(_counted(asked, MOST_TOTAL + 1)).scalar_one())
        return min(total, MOST_TOTAL), total <= MOST_TOTAL
    facts = article_facts.c
    inner = asked.select(sa.func.coalesce(facts.story_id, -facts.id).label("tale")).limit(MOST_TOTAL + 1).subquery()
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(inner.c.tale))).select_from(inner)
    ).one()
    return int(row[1]), row[0] <= MOST_TOTAL


def _counted(asked: Matching, most: int | None) -> sa.Select[Any]:
    alone = asked.counted(most)
    if alone is not None:
        return alone
    inner = asked.select(article_facts.c.id).limit(most).subquery()
    return sa.select(sa.func.count()).select_from(inner)


def facets(
    connection: sa.Connection,
    query: Query,
    names: Sequence[str] = ("source", "language", "day", "section"),
    most: int = 20,
) -> Facets:
    """Return how many of the matching articles have each value, the most frequent first (days: the latest first).

    A bucket's value is what a filter takes. At most `most` buckets a facet. Raises UsageError for an unknown name.
    """
    if unknown := [name for name in names if name not in FACETS]:
        raise UsageError(f"facet {unknown[0]!r}: known are {', '.join(FACETS)}")
    asked = matching(connection, pinned(query, read_cursor(query)))
    columns = [_facet_column(article_facts.c, name).label(name) for name in names]
    newest = asked.select(*columns).order_by(asked.latest).limit(MOST_COUNTED + 1)
    rows = fetch_plain(connection, newest)
    counted = rows[:MOST_COUNTED]
    values = zip(*counted, strict=True) if counted else iter([()] * len(names))
    found = {
        name: tuple(islice(_buckets(connection, name, Counter(own)), most))
        for name, own in zip(names, values, strict=True)
    }
    return Facets(found, len(counted), len(rows) == len(counted))


def fetch_plain(connection: sa.Connection, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """Return rows as the driver gives them: of tens of thousands, SQLAlchemy's own take longer than the database."""
    result = connection.execute(statement)
    assert result.cursor is not None
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


def _facet_column(facts: Any, name: str) -> Any:
    if name == "day":
        return _period(facts.at, DAY)
    return facts.source_id if name == "source" else facts[name]


def _period(at: Any, length: int) -> Any:
    """Return the number of the period since 1970 that a time in µs is in, also for times before."""
    return (at + BEFORE * DAY) // length - BEFORE * (DAY // length)


def _buckets(connection: sa.Connection, name: str, counts: Counter[Any]) -> Iterator[Bucket]:
    if name == "day":
        for number in sorted(counts, reverse=True):
            day = _start(int(number) * DAY).date().isoformat()
            yield Bucket(day, day, counts[number])
    elif name == "source":
        known = _sources(connection, counts)
        yield from _most((Bucket(*known[one], number) for one, number in counts.items()))
    elif name == "section":
        yield from _most(_sections(counts))
    else:
        yield from _most(Bucket(one or NO_LANGUAGE, one or NO_LANGUAGE, number) for one, number in counts.items())


def _most(buckets: Iterable[Bucket]) -> list[Bucket]:
    return sorted(buckets, key=lambda bucket: (-bucket.count, bucket.value))


def _sections(counts: Counter[Any]) -> Iterator[Bucket]:
    """Yield a bucket for each section, whatever its case; its most frequent spelling stands for it."""
    spelt: dict[str, Counter[str]] = {}
    for name, number in counts.items():
        if name and fold(name).strip():
            spelt.setdefault(fold(name), Counter())[name] += number
    for names in spelt.values():
        label = min(names, key=lambda name: (-names[name], name))
        yield Bucket(label, label, names.total())


def _sources(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    wanted = set(ids)
    rows = connection.execute(sa.select(sources.c.id, sources.c.name, sources.c.title))
    return {row.id: (row.name, row.title or row.name) for row in rows if row.id in wanted}


def _start(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)


def histogram(connection: sa.Connection, query: Query, by: str = "day", split_by: str | None = None) -> Histogram:
    """Return how many articles match in each hour, day, week or month, next to all that the filters let through.

    With split_by="source" each bar has parts for the sources with the most matches. Without `since` there are bars for
    the latest 2,500 periods at most (one wrong date would make a million). Raises UsageError for unknown words, and for
    a span of too many bars.
    """
    if by not in PERIODS or split_by not in (None, "source"):
        raise UsageError(f"by {by!r}, split by {split_by!r}: known are {', '.join(PERIODS)}; source")
    asked = matching(connection, pinned(query, read_cursor(query)))
    length = HOUR if by == "hour" else DAY
    facts = article_facts.c
    sound = asked.narrowed(facts.at >= micros(EARLIEST), facts.at < micros(LATEST))
    found = _tallied(connection, sound, length, split_by)
    if not found:
        return Histogram(by)
    into = _PERIOD_OF[by]
    matches = _by_period(found, into, length)
    starts = _all_starts(query, min(key[0] for key in matches), max(key[0] for key in matches), into, by)
    end = starts[-1] + _STEPS[by]
    all_of_then = asked.without_words().narrowed(facts.at >= micros(starts[0]), facts.at < micros(end))
    total = _by_period(_tallied(connection, all_of_then, length, split_by), into, length)
    labels = _sources(connection, {key[1] for key in matches if key[1] is not None})
    shown: Counter[int] = Counter()
    for (_, one), number in matches.items():
        shown.update({one: number} if one is not None else {})
    parts = [one for one, _ in shown.most_common(MOST_PARTS)]
    every = {one for _, one in (*matches, *total)}
    return Histogram(by, tuple(_bar(start, matches, total, parts, labels, every) for start in starts))


Tallies = Counter[tuple[datetime, int | None]]


def _tallied(
    connection: sa.Connection, asked: Matching, length: int, split_by: str | None
) -> dict[tuple[int, int | None], int]:
    period = _period(article_facts.c.at, length).label("period")
    chosen = [period, article_facts.c.source_id.label("one")] if split_by else [period]
    inner = asked.select(*chosen).subquery()
    keys = [inner.c[column.name] for column in chosen]
    rows = connection.execute(sa.select(*keys, sa.func.count()).group_by(*keys))
    return {(int(row[0]), row[1] if split_by else None): row[-1] for row in rows}


def _by_period(found: dict[tuple[int, int | None], int], into: Callable[[datetime], datetime], length: int) -> Tallies:
    tallies: Tallies = Counter()
    for (number, one), times in found.items():
        tallies[into(_start(number * length)), one] += times
    return tallies


def _week(start: datetime) -> datetime:
    return _midnight(start) - timedelta(days=start.weekday())


def _midnight(start: datetime) -> datetime:
    return start.replace(hour=0, minute=0, second=0, microsecond=0)


def _full_hour(start: datetime) -> datetime:
    return start.replace(minute=0, second=0, microsecond=0)


def _month(start: datetime) -> datetime:
    return _midnight(start).replace(day=1)


_PERIOD_OF: dict[str, Callable[[datetime], datetime]] = {
    "hour": _full_hour,
    "day": _midnight,
    "week": _week,
    "month": _month,
}
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}


def _all_starts(
    query: Query, first: datetime, last: datetime, into: Callable[[datetime], datetime], by: str
) -> list[datetime]:
    """Return the beginnings of all bars: over what was asked for, else from the first to the last that matches."""
    start = (
        into(max(query.since, EARLIEST))
        if query.since is not None
        else max(first, into(last - MOST_BARS * _STEPS[by] / 2))
    )
    end = into(min(query.until, LATEST) - timedelta(microseconds=1)) if query.until is not None else last
    if (end - start) / _STEPS[by] > MOST_BARS:
        raise UsageError(
            f"from {start:%Y-%m-%d} to {end:%Y-%m-%d} are too many bars by {by}; choose a longer one or dates"
        )
    found = []
    while start <= end:
        found.append(start)
        start = into(start + _STEPS[by])
    return found


def _bar(
    start: datetime,
    matches: Tallies,
    total: Tallies,
    parts: Sequence[int],
    labels: dict[int, tuple[str, str]],
    every: Iterable[int | None],
) -> Bar:
    own = tuple(Part(*labels[one], matches[start, one], total[start, one]) for one in parts)
    if not parts:
        return Bar(start, matches[start, None], total[start, None])
    return Bar(start, sum(matches[start, one] for one in every), sum(total[start, one] for one in every), own)
