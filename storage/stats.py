"""Numbers about the database: totals, and for each source what it gives and how it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import article_aliases, articles, channels, links, revisions, sources
from storage.schema_search import article_facts


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
        sa.select(sa.func.coalesce(article_facts.c.language, "?"), total)
        .group_by(article_facts.c.language)
        .order_by(total.desc(), article_facts.c.language)
    )
    span = connection.execute(sa.select(sa.func.min(article_facts.c.id), sa.func.max(article_facts.c.id))).one()
    seen = _first_seen(connection, span)
    revised = sa.select(sa.func.count(sa.distinct(revisions.c.article_id)))
    return Overview(
        articles=_count(connection, article_facts),
        revised=int(connection.execute(revised).scalar_one()),
        aliases=_count(connection, article_aliases),
        sources=_count(connection, sources),
        links={row[0]: row[1] for row in states},
        reasons=tuple((row[0], row[1], row[2]) for row in reasons),
        languages=tuple((row[0], row[1]) for row in languages),
        first_seen=seen.get(span[0]),
        last_seen=seen.get(span[1]),
        by_source=source_stats(connection),
    )


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _first_seen(connection: sa.Connection, ids: Iterable[int | None]) -> dict[int | None, datetime]:
    """Return when articles were first seen, by id: that grows with their ids, and the narrow table has those."""
    query = sa.select(articles.c.id, articles.c.first_seen).where(
        articles.c.id.in_([one for one in ids if one is not None])
    )
    return {row.id: row.first_seen for row in connection.execute(query)}


def source_stats(connection: sa.Connection, source_id: int | None = None) -> tuple[SourceStats, ...]:
    """Return the numbers of every source, or of one, by name: a query a table, however many sources there are."""
    total = sa.func.count()
    stored = _grouped(connection, article_facts.c.source_id, total, sa.func.max(article_facts.c.id), only=source_id)
    seen = _first_seen(connection, [last for _, last in stored.values()])
    states = (_sum(links.c.state == "pending"), _sum(links.c.state == "failed"))
    ended = links.c.state.in_(("pending", "failed"))
    found = _grouped(connection, links.c.source_id, *states, where=ended, only=source_id)
    failing = sa.and_(channels.c.failures > 0, channels.c.enabled)
    counted = (_sum(channels.c.enabled), _sum(failing), sa.func.max(channels.c.last_polled))
    asked = _grouped(connection, channels.c.source_id, *counted, only=source_id)
    worst = sa.select(channels.c.source_id, channels.c.url, channels.c.last_error).where(failing)
    errors = {row[0]: f"{row[1]}: {row[2]}" for row in connection.execute(worst.order_by(channels.c.failures))}
    listed = sa.select(sources).order_by(sources.c.name)
    return tuple(
        SourceStats(
            row.name,
            row.title,
            articles=stored.get(row.id, (0, None))[0],
            pending=found.get(row.id, (0, 0))[0],
            failed=found.get(row.id, (0, 0))[1],
            channels=asked.get(row.id, (0, 0, None))[0],
            channels_failing=asked.get(row.id, (0, 0, None))[1],
            last_article=seen.get(stored.get(row.id, (0, None))[1]),
            last_polled=asked.get(row.id, (0, 0, None))[2],
            last_error=errors.get(row.id),
        )
        for row in connection.execute(listed if source_id is None else listed.where(sources.c.id == source_id))
    )


def _sum(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _grouped(
    connection: sa.Connection,
    key: sa.Column[Any],
    *values: sa.ColumnElement[Any],
    where: sa.ColumnElement[bool] | None = None,
    only: int | None = None,
) -> dict[int, tuple[Any, ...]]:
    query = sa.select(key, *values).group_by(key)
    query = query.where(where) if where is not None else query
    query = query.where(key == only) if only is not None else query
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}
