"""One source as a person looks at it: its facts, channels, days, and what went wrong of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from storage.schema import attempts, channels, links, sources
from storage.schema_watch import source_days
from storage.watched import Day

FAILURES = ("failed", "poll-failed", "deferred", "gone")


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source as it is stored. `declared`: sources.toml has it."""

    id: int
    name: str
    title: str
    home: str | None
    language: str | None
    declared: bool
    enabled: bool
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class SourceChannel:
    """A channel of a source, with its polling state. `is_child`: its index says when it is read."""

    url: str
    kind: str
    enabled: bool
    is_child: bool
    first_seen: datetime
    last_polled: datetime | None
    last_new: datetime | None
    next_due: datetime | None
    failures: int
    last_error: str | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that brought nothing, at a channel or a link of a source."""

    at: datetime
    url: str
    outcome: str
    reason: str | None
    detail: str | None
    status: int | None


def read_source(connection: sa.Connection, name: str) -> SourceFacts | None:
    """Return the source with this name, None when none is stored."""
    columns = [sources.c[field] for field in SourceFacts.__slots__]
    row = connection.execute(sa.select(*columns).where(sources.c.name == name)).first()
    return SourceFacts(*row) if row is not None else None


def list_sources(connection: sa.Connection) -> list[SourceFacts]:
    """Return all sources by name."""
    columns = [sources.c[field] for field in SourceFacts.__slots__]
    return [SourceFacts(*row) for row in connection.execute(sa.select(*columns).order_by(sources.c.name))]


def source_channels(connection: sa.Connection, source_id: int, most: int) -> list[SourceChannel]:
    """Return channels of a source: its own ones first, then the children of indexes, the latest first."""
    is_child = channels.c.parent_id.is_not(None)
    names = SourceChannel.__slots__
    columns = [is_child.label(name) if name == "is_child" else channels.c[name] for name in names]
    asked = sa.select(*columns).where(channels.c.source_id == source_id)
    asked = asked.order_by(is_child, channels.c.enabled.desc(), channels.c.id.desc()).limit(most)
    return [SourceChannel(**dict(zip(names, row, strict=True))) for row in connection.execute(asked)]


def read_days(connection: sa.Connection, source_id: int, since: date) -> list[Day]:
    """Return what each day (UTC) from `since` on brought from a source, in order, without empty days."""
    columns = [source_days.c[name] for name in Day.__slots__]
    asked = sa.select(*columns).where(source_days.c.source_id == source_id, source_days.c.day >= since)
    return [Day(*row) for row in connection.execute(asked.order_by(source_days.c.day))]


def last_failures(connection: sa.Connection, source_id: int, since: datetime, most: int) -> list[Failure]:
    """Return the latest attempts since then that brought nothing, newest first: of channels, then of links."""
    columns = [attempts.c[name] for name in Failure.__slots__]
    late = sa.and_(attempts.c.at >= since, attempts.c.outcome.in_(FAILURES))
    found: list[Failure] = []
    for table, key in ((channels, attempts.c.channel_id), (links, attempts.c.link_id)):
        own = sa.select(*columns).join(table, table.c.id == key).where(table.c.source_id == source_id, late)
        found += [Failure(*row) for row in connection.execute(own.order_by(attempts.c.at.desc()).limit(most))]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]
