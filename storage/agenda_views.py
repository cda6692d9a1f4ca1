"""What is due when: channels with what their schedule depends on, and the articles to look at again, by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.channels import as_channel
from storage.columns import UtcDateTime
from storage.schema import channels, hosts, links, sources
from storage.types import Channel, LinkState

_NOT_RECHECKED = [LinkState.DROPPED.value, LinkState.PENDING.value]


@dataclass(frozen=True, slots=True)
class ChannelTime:
    """A channel and what says when it is polled next. Times are aware UTC.

    `enabled` tells whether the daemon polls it, `is_child` that it is read when its index says so. `rests_until` is
    the end of its host's back-off, `location` where it is asked since it has moved.
    """

    source: str
    url: str
    kind: str
    is_child: bool
    enabled: bool
    next_due: datetime | None
    last_polled: datetime | None
    last_new: datetime | None
    failures: int
    last_error: str | None
    rests_until: datetime | None
    rests_because: str | None
    location: str | None = None
    moved_at: datetime | None = None
    moved_because: str | None = None
    hints: dict[str, Any] | None = None


def due_channel_ids(connection: sa.Connection, now: datetime) -> frozenset[int]:
    """Return the enabled channels whose time has come."""
    due = sa.select(channels.c.id).where(channels.c.enabled, channels.c.next_due <= now)
    return frozenset(connection.execute(due).scalars())


def host_channels(connection: sa.Connection, host: str) -> list[Channel]:
    """Return all channels on a host, feeds first, then sitemaps, then section pages."""
    rank = sa.case({"feed": 0, "sitemap": 1}, value=channels.c.kind, else_=2)
    query = sa.select(channels).where(channels.c.host == host).order_by(rank, channels.c.id)
    return [as_channel(row) for row in connection.execute(query)]


def channel_times(connection: sa.Connection, source: str | None = None) -> list[ChannelTime]:
    """Return the channels (of one source), those that are due first in front, those without a time at the end."""
    query = (
        sa.select(channels, sources.c.name, hosts.c.backoff_until, hosts.c.backoff_reason)
        .join(sources, sources.c.id == channels.c.source_id)
        .outerjoin(hosts, hosts.c.host == channels.c.host)
        .order_by(channels.c.next_due.asc().nulls_last(), sources.c.name, channels.c.id)
    )
    query = query.where(sources.c.name == source) if source is not None else query
    return [
        ChannelTime(
            source=row.name,
            url=row.url,
            kind=row.kind,
            is_child=row.parent_id is not None,
            enabled=row.enabled,
            next_due=row.next_due,
            last_polled=row.last_polled,
            last_new=row.last_new,
            failures=row.failures,
            last_error=row.last_error,
            rests_until=row.backoff_until,
            rests_because=row.backoff_reason,
            location=row.location,
            moved_at=row.moved_at,
            moved_because=row.moved_because,
            hints=row.hints,
        )
        for row in connection.execute(query)
    ]


def rechecks_by_hour(
    connection: sa.Connection, source: str | None = None, until: datetime | None = None
) -> list[tuple[datetime, int]]:
    """Return how many articles (of one source) are to be looked at again in each hour, the earliest first."""
    if connection.dialect.name == "postgresql":
        hour = sa.func.date_trunc("hour", links.c.recheck_at)
    else:
        hour = sa.func.strftime("%Y-%m-%d %H:00:00", links.c.recheck_at)
    begin = sa.type_coerce(hour, UtcDateTime).label("begin")
    query = sa.select(begin, sa.func.count()).where(
        links.c.recheck_at.is_not(None), links.c.state.not_in(_NOT_RECHECKED)
    )
    if until is not None:
        query = query.where(links.c.recheck_at <= until)
    if source is not None:
        query = query.join(sources, sources.c.id == links.c.source_id).where(sources.c.name == source)
    return [(row[0], row[1]) for row in connection.execute(query.group_by(begin).order_by(begin))]
