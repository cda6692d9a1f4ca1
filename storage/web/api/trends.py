"""Route of attention over time: several searches side by side, by hour, day, week or month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi import Query as Parameter
from pydantic import Field

from storage.errors import UsageError
from storage.search import Bar, Query, histogram
from storage.web.asking import Filters
from storage.web.deps import TheDatabase
from storage.web.security import now_utc

MOST_SEARCHES = 8
_LONGER = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
router = APIRouter(tags=["trends"])


class TrendsParameters(Filters):
    """Which searches are laid side by side."""

    q: Annotated[list[str], Field(min_length=1, max_length=MOST_SEARCHES)] = Field(
        description="A search; repeat it for more, to be laid side by side."
    )
    by: Literal["hour", "day", "week", "month"] = Field("day", description="The length of a bar, in UTC.")
    split: Literal["source"] | None = Field(None, description="source: what of each bar is which source's.")
    since: str | None = Field("30d", description="From the bar that holds it: 2026-11-25, 2026-11, yesterday, 7d.")
    until: str | None = Field(None, description="Up to the end of the bar that holds it; by default now.")


@dataclass(frozen=True, slots=True)
class Share:
    """What of a bar is one source's: `share` is of all its articles that the filters let through (`total`)."""

    value: str
    label: str
    count: int
    total: int
    share: float


@dataclass(frozen=True, slots=True)
class TrendBar:
    """A time that begins at `start`: articles that match, and their share of all that the filters let through."""

    start: datetime
    count: int
    total: int
    share: float
    parts: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """One search over time; the bars of all searches begin at the same times."""

    q: str
    count: int
    bars: tuple[TrendBar, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """Searches side by side."""

    by: str
    since: datetime
    until: datetime
    items: tuple[Trend, ...]


@router.get("/trends", summary="Attention over time")
def trends(asked: Annotated[TrendsParameters, Parameter()], database: TheDatabase) -> Trends:
    """Return how many articles match each search in each hour, day, week or month, and their share of all."""
    now = now_utc()
    query = asked.narrowed(now)
    since, until = whole_bars(query.since or now, query.until or now, asked.by)
    query = replace(query, since=since, until=until)
    with database.read() as connection:
        found = [trend_bars(connection, replace(query, text=text), asked.by, asked.split) for text in asked.q]
    items = (Trend(text, sum(bar.count for bar in bars), bars) for text, bars in zip(asked.q, found, strict=True))
    return Trends(asked.by, since, until, tuple(items))


def whole_bars(since: datetime, until: datetime, by: str) -> tuple[datetime, datetime]:
    """Return the beginning of the bar that holds `since`, and the end of the one before `until`: no bar is cut off.

    Raises UsageError beyond the year 9999.
    """
    try:
        return _begin(since, by), _begin(_begin(until - timedelta(microseconds=1), by) + _LONGER[by], by)
    except OverflowError:
        raise UsageError("since and until have to lie between the years 1 and 9999") from None


def _begin(at: datetime, by: str) -> datetime:
    hour = at.replace(minute=0, second=0, microsecond=0)
    if by == "hour":
        return hour
    day = hour.replace(hour=0)
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def trend_bars(connection: sa.Connection, query: Query, by: str, split: str | None) -> tuple[TrendBar, ...]:
    """Return the bars of one search, also when nothing matches. Raises UsageError for a span of too many bars."""
    found = histogram(connection, query, by, split).bars
    if found:
        return tuple(_bar(bar, bar.count) for bar in found)
    return tuple(_bar(replace(bar, parts=()), 0) for bar in histogram(connection, replace(query, text=None), by).bars)


def _bar(bar: Bar, count: int) -> TrendBar:
    parts = (Share(one.value, one.label, one.count, one.total, _share(one.count, one.total)) for one in bar.parts)
    return TrendBar(bar.start, count, bar.total, _share(count, bar.total), tuple(parts))


def _share(count: int, total: int) -> float:
    return round(count / total, 6) if total else 0.0
