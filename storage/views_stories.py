"""Stories page by page: each page goes on where the one before ended, whatever arrives between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.columns import UtcDateTime
from storage.schema import stories
from storage.story_views import Story, StoryQuery, conditions, with_tellings

Keys = tuple[int, ...]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = {"latest": stories.c.last_seen, "first": stories.c.first_seen}


def story_page(connection: sa.Connection, query: StoryQuery, after: Keys | None) -> tuple[list[Story], Keys | None]:
    """Return a page of stories, and the keys of its last one when more follow: key_length(query.sort) whole numbers.

    Raises OverflowError for keys that are no time.
    """
    columns = _columns(query.sort)
    asked = sa.select(stories).where(*conditions(query), stories.c.last_seen.is_not(None))
    if after is not None:
        values = [_value(column, key) for column, key in zip(columns, after, strict=True)]
        asked = asked.where(_comes_after(columns, values))
    rows = connection.execute(asked.order_by(*(column.desc() for column in columns)).limit(query.limit + 1)).all()
    shown = rows[: query.limit]
    end = tuple(_key(getattr(shown[-1], column.name)) for column in columns) if len(rows) > len(shown) else None
    return with_tellings(connection, shown), end


def key_length(sort: str) -> int:
    """Return how many keys the cursor of an order has."""
    return len(_columns(sort))


def _columns(sort: str) -> list[sa.Column[Any]]:
    if sort in _TIMES:
        return [_TIMES[sort], stories.c.id]
    return [stories.c.outlets, stories.c.articles, stories.c.last_seen, stories.c.id]


def _comes_after(columns: list[sa.Column[Any]], values: list[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a row stands below these values, each column descending."""
    *first, column = columns
    same = [one == value for one, value in zip(first, values, strict=False)]
    here = sa.and_(*same, column < values[-1])
    return sa.or_(_comes_after(first, values[:-1]), here) if first else here


def _key(value: Any) -> int:
    return (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else int(value)


def _value(column: sa.Column[Any], key: int) -> Any:
    return _EPOCH + timedelta(microseconds=key) if isinstance(column.type, UtcDateTime) else key
