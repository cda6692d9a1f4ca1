"""Route of attention over time: several searches side by side, by hour, day, week or month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi import Query as Parameter
from pydantic import Field

from storage.search import Bar, Query, histogram
from storage.web.asking import Filters
from storage.web.deps import TheDatabase
from storage.web.security import now_utc

MOST_SEARCHES = 8
router = APIRouter(tags=["trends"])


class TrendsParameters(Filters):
    """Which searches are laid side by side."""

    q: Annotated[list[str], Field(min_length=1, max_length=MOST_SEARCHES)] = Field(
        description="A search; repeat it for more, to be laid side by side."
    )
    by: Literal["hour", "day", "week", "month"] = Field("day", description="The length of a bar, in UTC.")
    split: Literal["source"] | None = Field(None, description="source: what of each bar is which source's.")
    since: str | None = Field("30d", description="From then on: 2026-11-25, 2026-11, yesterday, 7d.")


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
    since, until = query.since or now, query.until or now
    query = replace(query, since=since, until=until)
    with database.read() as connection:
        found = [trend_bars(connection, replace(query, text=text), asked.by, asked.split) for text in asked.q]
    items = (Trend(text, sum(bar.count for bar in bars), bars) for text, bars in zip(asked.q, found, strict=True))
    return Trends(asked.by, since, until, tuple(items))


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
