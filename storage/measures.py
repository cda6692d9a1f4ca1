"""Numbers for whoever watches a running newsdesk: what was logged since the last look, and how things stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import articles, attempts, channels, hosts, links
from storage.schema_watch import source_health
from storage.types import DatePrecision, LinkState

EXACT = (DatePrecision.SECOND.value, DatePrecision.MINUTE.value)
"""Dates that tell how late an article was stored."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far has been looked: the latest attempt and the latest article."""

    attempt: int
    article: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Attempts of one kind: polls of channels or not, their outcome and reason; their bytes and new links."""

    is_poll: bool
    outcome: str
    reason: str | None
    number: int
    bytes: int
    new: int


@dataclass(frozen=True, slots=True)
class Measures:
    """What was logged since a place, up to `place`; `delays` are seconds from publication to storage.

    And as it is now: `pending` links, `resting` hosts, enabled channels that are `due`, `sources` by state of health.
    """

    place: Place
    tallies: tuple[Tally, ...]
    delays: tuple[float, ...]
    pending: int
    resting: int
    due: int
    sources: dict[str, int]


def newest(connection: sa.Connection) -> Place:
    """Return the place from which all that comes is new."""
    return Place(_highest(connection, attempts), _highest(connection, articles))


def measure(connection: sa.Connection, since: Place, now: datetime) -> Measures:
    """Return what has come since a place, and how things stand: what is stored already is not looked at."""
    place = newest(connection)
    return Measures(
        place,
        _tallies(connection, since.attempt, place.attempt),
        _delays(connection, since.article, place.article),
        pending=_count(connection, links, links.c.state == LinkState.PENDING.value),
        resting=_count(connection, hosts, hosts.c.backoff_until > now),
        due=_count(connection, channels, channels.c.enabled, channels.c.next_due <= now),
        sources=_states(connection),
    )


def _highest(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0)


def _tallies(connection: sa.Connection, after: int, last: int) -> tuple[Tally, ...]:
    kind = (attempts.c.channel_id.is_not(None).label("is_poll"), attempts.c.outcome, attempts.c.reason)
    sums = (sa.func.count(), sa.func.sum(attempts.c.bytes), sa.func.sum(attempts.c.new))
    query = sa.select(*kind, *sums).where(attempts.c.id > after, attempts.c.id <= last).group_by(*kind)
    return tuple(
        Tally(bool(row[0]), row[1], row[2], int(row[3]), int(row[4]), int(row[5])) for row in connection.execute(query)
    )


def _delays(connection: sa.Connection, after: int, last: int) -> tuple[float, ...]:
    query = sa.select(articles.c.first_seen, articles.c.date_published).where(
        articles.c.id > after, articles.c.id <= last, articles.c.date_precision.in_(EXACT)
    )
    dated = (row for row in connection.execute(query) if row.date_published is not None)
    return tuple(max((row.first_seen - row.date_published).total_seconds(), 0.0) for row in dated)


def _count(connection: sa.Connection, table: sa.Table, *conditions: sa.ColumnElement[Any]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return int(connection.execute(query).scalar_one())


def _states(connection: sa.Connection) -> dict[str, int]:
    query = sa.select(source_health.c.state, sa.func.count()).group_by(source_health.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}
