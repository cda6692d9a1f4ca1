"""The list of sources: what each has given, how it is, and its last days, in a query a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.schema import articles, channels, site_blocks, sources
from storage.schema_search import article_facts
from storage.schema_watch import source_days, source_health

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_BLOCKS = 100
LATEST = 200
"""Articles of a source whose outlets are looked at."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as it is listed. `state` is that of its health, disabled, or new when it was not looked at yet.

    `volumes` are the articles that each of the last days brought, today's last. `last_error` is that of a channel that
    fails now.
    """

    name: str
    title: str
    home: str | None
    language: str | None
    state: str
    reason: str | None
    since: datetime | None
    articles: int
    volumes: tuple[int, ...]
    channels: int
    channels_failing: int
    last_article: datetime | None
    last_polled: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class LearnedBlock:
    """A line that is taken out of a source's texts (or kept, by a person's verdict), and how many stories had it."""

    text: str
    site: str
    stories: int
    verdict: str | None
    learned_at: datetime | None
    last_seen: datetime


def source_lines(connection: sa.Connection, today: date, days: int = 30) -> list[SourceLine]:
    """Return all sources by name, with the articles of so many days."""
    stored = _stored(connection)
    volumes = _volumes(connection, today, days)
    asked = _channels(connection)
    health = {row.source_id: row for row in connection.execute(sa.select(source_health))}
    return [
        _line(row, stored.get(row.id, (0, None)), volumes[row.id], asked.get(row.id, _Asked()), health.get(row.id))
        for row in connection.execute(sa.select(sources).order_by(sources.c.name))
    ]


@dataclass(slots=True)
class _Asked:
    channels: int = 0
    failing: int = 0
    last_polled: datetime | None = None
    error: str | None = None


def _line(row: Any, stored: tuple[int, datetime | None], volumes: list[int], asked: _Asked, health: Any) -> SourceLine:
    known = health.state if health is not None else "new" if row.declared else "ad hoc"
    return SourceLine(
        name=row.name,
        title=row.title or row.name,
        home=row.home,
        language=row.language,
        state=known if row.enabled or not row.declared else "disabled",
        reason=health.reason if health is not None else None,
        since=health.since if health is not None else None,
        articles=stored[0],
        volumes=tuple(volumes),
        channels=asked.channels,
        channels_failing=asked.failing,
        last_article=stored[1],
        last_polled=asked.last_polled,
        last_error=asked.error,
    )


def _stored(connection: sa.Connection) -> dict[int, tuple[int, datetime | None]]:
    """Return how many articles each source has, and the date of its latest."""
    facts = article_facts.c
    query = sa.select(facts.source_id, sa.func.count(), sa.func.max(facts.at)).group_by(facts.source_id)
    return {row[0]: (row[1], EPOCH + timedelta(microseconds=row[2])) for row in connection.execute(query)}


def _volumes(connection: sa.Connection, today: date, days: int) -> dict[int, list[int]]:
    first = today - timedelta(days=days - 1)
    query = sa.select(source_days.c.source_id, source_days.c.day, source_days.c.stored).where(
        source_days.c.day >= first
    )
    found: dict[int, list[int]] = defaultdict(lambda: [0] * days)
    for source_id, day, stored in connection.execute(query):
        place = (day - first).days
        if place < days:
            found[source_id][place] = stored
    return found


def _channels(connection: sa.Connection) -> dict[int, _Asked]:
    names = ("source_id", "url", "failures", "last_error", "last_polled")
    query = sa.select(*(channels.c[name] for name in names)).where(channels.c.enabled).order_by(channels.c.failures)
    found: dict[int, _Asked] = defaultdict(_Asked)
    for row in connection.execute(query):
        one = found[row.source_id]
        one.channels += 1
        one.last_polled = max(filter(None, (one.last_polled, row.last_polled)), default=None)
        if row.failures:
            one.failing += 1
            one.error = f"{row.url}: {row.last_error or 'no answer'}"
    return found


def learned_blocks(connection: sa.Connection, source_id: int) -> list[LearnedBlock]:
    """Return what was learned or judged at the outlets of a source's latest articles, the most frequent first."""
    latest = sa.select(articles.c.outlet).where(articles.c.source_id == source_id)
    latest = latest.order_by(articles.c.date_published.desc()).limit(LATEST)
    outlets = sa.select(latest.subquery().c.outlet).distinct()
    known = sa.or_(site_blocks.c.learned_at.is_not(None), site_blocks.c.verdict.is_not(None))
    columns = [site_blocks.c[name] for name in ("example", "site", "df", "verdict", "learned_at", "last_seen")]
    query = sa.select(*columns).where(site_blocks.c.site.in_(outlets), known).order_by(site_blocks.c.df.desc())
    return [LearnedBlock(row.example or "", *row[1:]) for row in connection.execute(query.limit(MOST_BLOCKS))]
