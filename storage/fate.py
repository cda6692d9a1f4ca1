"""The fate of a URL: where it was found, each attempt at it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import (
    article_aliases,
    articles,
    attempts,
    channels,
    hosts,
    link_sightings,
    links,
    sources,
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A channel that lists the URL, since when, under which address and title."""

    channel_url: str
    kind: str
    at: datetime
    url: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Try:
    """One logged attempt."""

    at: datetime
    outcome: str
    reason: str | None
    detail: str | None
    status: int | None
    final_url: str | None
    bytes: int
    millis: int
    found: int
    new: int
    crawl_id: int | None


@dataclass(frozen=True, slots=True)
class Fate:
    """Everything that the database knows of one URL. `what` is link | channel | alias."""

    what: str
    url: str
    source: str
    state: str
    reason: str | None
    detail: str | None
    first_seen: datetime
    next_attempt: datetime | None
    host: str
    host_backoff_until: datetime | None
    article_id: int | None
    headline: str | None
    sightings: tuple[Sighting, ...]
    attempts: tuple[Try, ...]


def fate(connection: sa.Connection, url: str, url_key: str, host: str) -> Fate | None:
    """Return the fate of a URL, None when it was never seen."""
    found = _channel(connection, url, host) or _link(connection, url_key, host)
    return found or _alias(connection, url_key, host)


def _backoff(connection: sa.Connection, host: str) -> datetime | None:
    found: datetime | None = connection.execute(sa.select(hosts.c.backoff_until).where(hosts.c.host == host)).scalar()
    return found


def _tries(connection: sa.Connection, own: sa.ColumnElement[bool]) -> tuple[Try, ...]:
    columns = [attempts.c[name] for name in Try.__slots__]
    rows = connection.execute(sa.select(*columns).where(own).order_by(attempts.c.id.desc()).limit(50))
    return tuple(Try(*row) for row in reversed(rows.all()))


def _channel(connection: sa.Connection, url: str, host: str) -> Fate | None:
    query = sa.select(channels, sources.c.name.label("source")).join(sources, sources.c.id == channels.c.source_id)
    row = connection.execute(query.where(channels.c.url == url)).first()
    if row is None:
        return None
    state = "disabled" if not row.enabled else "failing" if row.failures else "polled" if row.last_polled else "due"
    return Fate(
        what=f"channel ({row.kind})",
        url=row.url,
        source=row.source,
        state=state,
        reason=row.last_error,
        detail=f"failures in a row: {row.failures}" if row.failures else None,
        first_seen=row.first_seen,
        next_attempt=row.next_due,
        host=row.host,
        host_backoff_until=_backoff(connection, row.host),
        article_id=None,
        headline=None,
        sightings=(),
        attempts=_tries(connection, attempts.c.channel_id == row.id),
    )


def _link(connection: sa.Connection, url_key: str, host: str) -> Fate | None:
    query = (
        sa.select(links, sources.c.name.label("source"), articles.c.headline)
        .join(sources, sources.c.id == links.c.source_id)
        .outerjoin(articles, articles.c.id == links.c.article_id)
    )
    row = connection.execute(query.where(links.c.url_key == url_key)).first()
    if row is None:
        return None
    return Fate(
        what="link",
        url=row.url,
        source=row.source,
        state=row.state,
        reason=row.reason,
        detail=row.detail,
        first_seen=row.first_seen,
        next_attempt=row.next_attempt_at if row.state == "pending" else row.recheck_at,
        host=row.host,
        host_backoff_until=_backoff(connection, row.host),
        article_id=row.article_id,
        headline=row.headline,
        sightings=_sightings(connection, row.id),
        attempts=_tries(connection, attempts.c.link_id == row.id),
    )


def _sightings(connection: sa.Connection, link_id: int) -> tuple[Sighting, ...]:
    query = (
        sa.select(
            channels.c.url,
            channels.c.kind,
            link_sightings.c.first_seen,
            link_sightings.c.url.label("as_url"),
            link_sightings.c.title,
        )
        .join(channels, channels.c.id == link_sightings.c.channel_id)
        .where(link_sightings.c.link_id == link_id)
        .order_by(link_sightings.c.first_seen)
    )
    return tuple(Sighting(*row) for row in connection.execute(query))


def _alias(connection: sa.Connection, url_key: str, host: str) -> Fate | None:
    """An address that only a redirect or a canonical link led to."""
    alias = sa.select(article_aliases.c.article_id).where(article_aliases.c.url_key == url_key)
    article_id = connection.execute(alias).scalar()
    own = articles.c.id == article_id if article_id is not None else articles.c.url_key == url_key
    query = sa.select(articles, sources.c.name.label("source")).join(sources, sources.c.id == articles.c.source_id)
    row: Any = connection.execute(query.where(own)).first()
    if row is None:
        return None
    return Fate(
        what="address of an article",
        url=row.url,
        source=row.source,
        state="done",
        reason="alias",
        detail=None,
        first_seen=row.first_seen,
        next_attempt=None,
        host=host,
        host_backoff_until=None,
        article_id=row.id,
        headline=row.headline,
        sightings=(),
        attempts=_tries(
            connection,
            attempts.c.link_id.in_(sa.select(links.c.id).where(links.c.article_id == row.id)),
        ),
    )
