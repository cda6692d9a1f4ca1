"""Numbers about the database: totals, and for each source what it gives and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import article_aliases, articles, channels, links, revisions, sources


@dataclass(frozen=True, slots=True)
class SourceStats:
    """One source in numbers. `last_error` is that of a channel that fails now."""

    name: str
    title: str
    articles: int
    pending: int
    failed: int
    channels: int
    channels_failing: int
    last_article: datetime | None
    last_polled: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The database in numbers. `reasons` counts links by (state, reason)."""

    articles: int
    revised: int
    aliases: int
    sources: int
    links: dict[str, int]
    reasons: tuple[tuple[str, str, int], ...]
    languages: tuple[tuple[str, int], ...]
    first_seen: datetime | None
    last_seen: datetime | None
    by_source: tuple[SourceStats, ...]


def overview(connection: sa.Connection) -> Overview:
    """Return the numbers of the whole database."""
    total = sa.func.count()
    states = connection.execute(sa.select(links.c.state, total).group_by(links.c.state))
    reasons = connection.execute(
        sa.select(links.c.state, links.c.reason, total)
        .where(links.c.state != "done", links.c.reason.is_not(None))
        .group_by(links.c.state, links.c.reason)
        .order_by(total.desc())
    )
    languages = connection.execute(
        sa.select(sa.func.coalesce(articles.c.language, "?"), total)
        .group_by(articles.c.language)
        .order_by(total.desc())
    )
    span = connection.execute(sa.select(sa.func.min(articles.c.first_seen), sa.func.max(articles.c.first_seen))).one()
    revised = sa.select(sa.func.count(sa.distinct(revisions.c.article_id)))
    return Overview(
        articles=_count(connection, articles),
        revised=int(connection.execute(revised).scalar_one()),
        aliases=_count(connection, article_aliases),
        sources=_count(connection, sources),
        links={row[0]: row[1] for row in states},
        reasons=tuple((row[0], row[1], row[2]) for row in reasons),
        languages=tuple((row[0], row[1]) for row in languages),
        first_seen=span[0],
        last_seen=span[1],
        by_source=tuple(
            _source(connection, row) for row in connection.execute(sa.select(sources).order_by(sources.c.name))
        ),
    )


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _source(connection: sa.Connection, row: Any) -> SourceStats:
    def number(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(table.c.source_id == row.id, *conditions)
        return int(connection.execute(query).scalar_one())

    latest = sa.select(sa.func.max(articles.c.first_seen)).where(articles.c.source_id == row.id)
    polled = sa.select(sa.func.max(channels.c.last_polled)).where(channels.c.source_id == row.id)
    failing = (channels.c.failures > 0, channels.c.enabled)
    error = sa.select(channels.c.url, channels.c.last_error).where(channels.c.source_id == row.id, *failing)
    found = connection.execute(error.order_by(channels.c.failures.desc()).limit(1)).first()
    return SourceStats(
        name=row.name,
        title=row.title,
        articles=number(articles),
        pending=number(links, links.c.state == "pending"),
        failed=number(links, links.c.state == "failed"),
        channels=number(channels, channels.c.enabled),
        channels_failing=number(channels, *failing),
        last_article=connection.execute(latest).scalar(),
        last_polled=connection.execute(polled).scalar(),
        last_error=f"{found.url}: {found.last_error}" if found is not None else None,
    )


def failing_channels(connection: sa.Connection) -> list[tuple[str, int, str]]:
    """Return (url, failures in a row, last error) of the enabled channels that have failed three times or more."""
    query = sa.select(channels.c.url, channels.c.failures, channels.c.last_error)
    rows = connection.execute(query.where(channels.c.enabled, channels.c.failures >= 3).order_by(channels.c.url))
    return [(row[0], row[1], row[2] or "") for row in rows]
