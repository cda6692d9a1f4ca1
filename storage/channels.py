"""Sources and their channels: declare them, find what is due, record polls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from storage.schema import channels, sources
from storage.types import Channel, ChannelKind
from storage.upsert import upsert

DEEPEST = 3
"""Levels of sitemap indexes that are followed."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A source as sources.toml declares it. `channels` are (url, host, kind)."""

    name: str
    title: str
    home: str | None
    language: str | None
    enabled: bool
    channels: tuple[tuple[str, str, ChannelKind], ...]


def ensure_source(
    connection: sa.Connection,
    name: str,
    now: datetime,
    *,
    title: str | None = None,
    home: str | None = None,
) -> int:
    """Return the id of the source of this name, an undeclared one if it is new."""
    found = connection.execute(sa.select(sources.c.id).where(sources.c.name == name)).scalar()
    if found is not None:
        return int(found)
    values = {"name": name, "title": title or name, "home": home, "declared": False, "enabled": True}
    statement = upsert(connection, sources).values(**values, first_seen=now).on_conflict_do_nothing()
    connection.execute(statement)
    return int(connection.execute(sa.select(sources.c.id).where(sources.c.name == name)).scalar_one())


def declare(connection: sa.Connection, declared: Sequence[Declaration], now: datetime) -> dict[str, int]:
    """Make the tables say what sources.toml says; return the ids by name.

    A source that is no longer declared, and a channel that its source no longer names, are disabled;
    their links and articles stay.
    """
    names = [declaration.name for declaration in declared]
    dropped = sa.and_(sources.c.declared, sources.c.name.not_in(names))
    gone = sa.select(sources.c.id).where(dropped)
    connection.execute(sa.update(channels).where(channels.c.source_id.in_(gone)).values(enabled=False))
    connection.execute(sa.update(sources).where(dropped).values(declared=False, enabled=False))
    return {declaration.name: _declare(connection, declaration, now) for declaration in declared}


def _declare(connection: sa.Connection, declaration: Declaration, now: datetime) -> int:
    values = {
        "title": declaration.title,
        "home": declaration.home,
        "language": declaration.language,
        "declared": True,
        "enabled": declaration.enabled,
    }
    statement = upsert(connection, sources).values(name=declaration.name, first_seen=now, **values)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_=values)
    source_id = int(connection.execute(statement.returning(sources.c.id)).scalar_one())
    urls = [url for url, _, _ in declaration.channels]
    top = sa.and_(channels.c.source_id == source_id, channels.c.parent_id.is_(None))
    connection.execute(
        sa.update(channels).where(top, channels.c.url.not_in(urls), channels.c.enabled).values(enabled=False)
    )
    for url, host, kind in declaration.channels:
        ensure_channel(connection, source_id, url, host, kind, now, enabled=declaration.enabled)
    _follow_parents(connection, source_id)
    return source_id


def _follow_parents(connection: sa.Connection, source_id: int) -> None:
    """Child sitemaps are enabled exactly when their index is."""
    parent = channels.alias("parent")
    enabled = sa.select(parent.c.enabled).where(parent.c.id == channels.c.parent_id).scalar_subquery()
    children = sa.and_(channels.c.source_id == source_id, channels.c.parent_id.is_not(None))
    connection.execute(sa.update(channels).where(children, channels.c.enabled != enabled).values(enabled=enabled))


def ensure_channel(
    connection: sa.Connection,
    source_id: int,
    url: str,
    host: str,
    kind: ChannelKind,
    now: datetime,
    *,
    parent_id: int | None = None,
    updated: datetime | None = None,
    enabled: bool = True,
) -> int:
    """Return the id of the channel at this URL, creating it when it is new.

    A declared channel is due at once; a child sitemap (`parent_id`) when `open_children` says so, for which
    `updated`, the index's lastmod of it, is kept.
    """
    row = connection.execute(sa.select(channels).where(channels.c.url == url)).first()
    if row is None:
        values = {
            "source_id": source_id,
            "url": url,
            "host": host,
            "kind": kind.value,
            "parent_id": parent_id,
        }
        statement = upsert(connection, channels).values(
            **values, enabled=enabled, updated=updated, first_seen=now, next_due=now if parent_id is None else None
        )
        connection.execute(statement.on_conflict_do_nothing())
        return int(connection.execute(sa.select(channels.c.id).where(channels.c.url == url)).scalar_one())
    changes: dict[str, Any] = {}
    if updated is not None and (row.updated is None or updated > row.updated):
        changes |= {"updated": updated}
    wanted = (source_id, kind.value, enabled, None)
    if parent_id is None and (row.source_id, row.kind, row.enabled, row.parent_id) != wanted:
        changes |= {"source_id": source_id, "kind": kind.value, "enabled": enabled, "parent_id": None}
        if row.next_due is None:  # a child sitemap waited for its index; a declared channel has its own time
            changes["next_due"] = now
    if changes:
        connection.execute(sa.update(channels).where(channels.c.id == row.id).values(**changes))
    return int(row.id)


def as_channel(row: Any) -> Channel:
    """Return a row of `channels` as the rooms share it."""
    return Channel(
        id=row.id,
        source_id=row.source_id,
        url=row.url,
        host=row.host,
        kind=ChannelKind(row.kind),
        parent_id=row.parent_id,
        enabled=row.enabled,
        etag=row.etag,
        last_modified=row.last_modified,
        content_hash=row.content_hash,
        updated=row.updated,
        next_due=row.next_due,
        last_polled=row.last_polled,
        last_new=row.last_new,
        failures=row.failures,
        rhythm=row.rhythm,
        hints=row.hints,
        last_whole=row.last_whole,
        location=row.location,
        moved_at=row.moved_at,
        moved_because=row.moved_because,
    )


def get_channels(connection: sa.Connection, ids: Collection[int]) -> list[Channel]:
    """Return the channels with these ids, feeds first, then sitemaps, then section pages."""
    rank = sa.case({"feed": 0, "sitemap": 1}, value=channels.c.kind, else_=2)
    query = sa.select(channels).where(channels.c.id.in_(list(ids)))
    return [as_channel(row) for row in connection.execute(query.order_by(rank, channels.c.id))]


def get_channel_at(connection: sa.Connection, url: str) -> Channel | None:
    """Return the channel at this URL, if it is known."""
    row = connection.execute(sa.select(channels).where(channels.c.url == url)).first()
    return as_channel(row) if row is not None else None


def source_channels(connection: sa.Connection, source_ids: Collection[int]) -> list[Channel]:
    """Return the enabled channels that these sources declare themselves (no child sitemaps)."""
    query = sa.select(channels).where(
        channels.c.source_id.in_(list(source_ids)), channels.c.enabled, channels.c.parent_id.is_(None)
    )
    return [as_channel(row) for row in connection.execute(query.order_by(channels.c.id))]


def due_channels(connection: sa.Connection, host: str, now: datetime, limit: int) -> list[Channel]:
    """Return the enabled channels of a host whose time has come: feeds first, then newest lastmod."""
    rank = sa.case({"feed": 0, "sitemap": 1}, value=channels.c.kind, else_=2)
    query = sa.select(channels).where(channels.c.host == host, channels.c.enabled, channels.c.next_due <= now)
    order = (rank, channels.c.updated.desc().nulls_last(), channels.c.id)
    return [as_channel(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def depth(connection: sa.Connection, channel_id: int) -> int:
    """Return how many indexes stand above a channel (at most DEEPEST are counted)."""
    above = 0
    parent = connection.execute(sa.select(channels.c.parent_id).where(channels.c.id == channel_id)).scalar()
    while parent is not None and above < DEEPEST:
        above += 1
        parent = connection.execute(sa.select(channels.c.parent_id).where(channels.c.id == parent)).scalar()
    return above


def open_children(connection: sa.Connection, parent_id: int, now: datetime, limit: int) -> list[int]:
    """Make the index's children that were never read, or that it says have changed, due: the newest ones, up to
    `limit`. The others wait for its next poll. Returns the ids of those that are due now.
    """
    own = channels.c.parent_id == parent_id
    order = (channels.c.updated.desc().nulls_last(), channels.c.id)
    children = sa.select(channels.c.id, channels.c.updated, channels.c.last_polled).where(own).order_by(*order)
    ids = [row.id for row in connection.execute(children) if _is_unread(row.updated, row.last_polled)][:limit]
    connection.execute(sa.update(channels).where(channels.c.id.in_(ids)).values(next_due=now))
    due = sa.select(channels.c.id).where(own, channels.c.next_due <= now).order_by(*order).limit(limit)
    return list(connection.execute(due).scalars())


def _is_unread(updated: datetime | None, last_polled: datetime | None) -> bool:
    """Tell whether a child may have changed since. A lastmod at midnight names a day, which lasts until its end."""
    if last_polled is None:
        return True
    if updated is None:
        return False
    end = updated + timedelta(days=1) if updated.time() == time.min else updated
    return end > last_polled


def poll_failed(connection: sa.Connection, channel_id: int, error: str, next_due: datetime, now: datetime) -> None:
    """Record that a poll gave nothing, and when to try again."""
    values = {
        "failures": channels.c.failures + 1,
        "last_error": error,
        "next_due": next_due,
        "last_polled": now,
    }
    connection.execute(sa.update(channels).where(channels.c.id == channel_id).values(**values))


def poll_unchanged(
    connection: sa.Connection,
    channel_id: int,
    next_due: datetime | None,
    now: datetime,
    *,
    hints: dict[str, Any] | None = None,
    rhythm: dict[str, Any] | None = None,
    whole: bool = False,
) -> None:
    """Record that the document is as it was: by 304, or (`whole`) because the same bytes came."""
    values: dict[str, Any] = {"failures": 0, "last_error": None, "last_polled": now}
    if whole:
        values["last_whole"] = now
    connection.execute(sa.update(channels).where(channels.c.id == channel_id).values(**values))
    keep_timing(connection, channel_id, next_due, hints=hints, rhythm=rhythm)


def keep_timing(
    connection: sa.Connection,
    channel_id: int,
    next_due: datetime | None,
    *,
    hints: dict[str, Any] | None = None,
    rhythm: dict[str, Any] | None = None,
) -> None:
    """Keep what a poll has taught of a channel, and when it is polled next. `hints` or `rhythm` of None: as known."""
    values: dict[str, Any] = {"next_due": next_due}
    if hints is not None:
        values["hints"] = hints or sa.null()
    if rhythm is not None:
        values["rhythm"] = rhythm
    connection.execute(sa.update(channels).where(channels.c.id == channel_id).values(**values))


def list_rhythms(connection: sa.Connection, source_id: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    """Return what is known of the rhythm of the enabled channels (of one source), each with its source's id."""
    query = sa.select(channels.c.source_id, channels.c.rhythm)
    query = query.where(channels.c.source_id == source_id) if source_id is not None else query
    known = query.where(channels.c.enabled, channels.c.next_due.is_not(None), channels.c.rhythm.is_not(sa.null()))
    return [(row.source_id, row.rhythm) for row in connection.execute(known)]


def defer_channel(connection: sa.Connection, channel_id: int, next_due: datetime | None) -> None:
    """Move a poll to a later time without counting it as a failure."""
    connection.execute(sa.update(channels).where(channels.c.id == channel_id).values(next_due=next_due))
