"""What is due, and where: the links and hosts that a crawl may work on now, and when the next ones can be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.columns import among
from storage.frontier import as_link
from storage.schema import channels, hosts, link_sightings, links, sources
from storage.types import Link, LinkState

SOON = 50
"""Rows that are looked at of those that are due next."""
PENDING = links.c.state == LinkState.PENDING.value


@dataclass(frozen=True, slots=True)
class Scope:
    """Which work a crawl may take. None means all enabled sources; else any field may admit a link.

    `due_only` is False for a one-off crawl of named sources, which polls its channels whatever their schedule
    (`channel_ids` holds those still to poll). `listed_by` are channels whose links are in scope, whatever their source.
    """

    source_ids: frozenset[int] | None = None
    link_ids: frozenset[int] = frozenset()
    channel_ids: frozenset[int] = frozenset()
    listed_by: frozenset[int] = frozenset()
    due_only: bool = False


def in_scope(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the condition that a link belongs to the scope."""
    if scope.source_ids is None:
        # Not `IN (SELECT …)`: that would list every source, or every link of every source, for the few that are due.
        return sa.exists().where(sources.c.id == links.c.source_id, sources.c.enabled)
    own = [links.c.source_id.in_(list(scope.source_ids)), links.c.id.in_(list(scope.link_ids))]
    if scope.listed_by:
        seen = sa.select(link_sightings.c.link_id).where(link_sightings.c.channel_id.in_(list(scope.listed_by)))
        own.append(links.c.id.in_(seen))
    return sa.or_(*own)


def due_links(
    connection: sa.Connection, host: str, scope: Scope, now: datetime, limit: int, skip: Collection[int] = ()
) -> list[Link]:
    """Return pending links of a host whose time has come, newest first."""
    due = sa.or_(links.c.next_attempt_at.is_(None), links.c.next_attempt_at <= now)
    query = sa.select(links).where(PENDING, links.c.host == host, due, in_scope(scope))
    if skip:
        query = query.where(links.c.id.not_in(list(skip)))
    newest = sa.func.coalesce(links.c.published, links.c.first_seen).desc()
    return [as_link(row) for row in connection.execute(query.order_by(newest, links.c.id).limit(limit))]


def due_hosts(
    connection: sa.Connection, scope: Scope, owner: str, now: datetime, limit: int, *, troubled: bool = False
) -> list[str]:
    """Return hosts that have work now and that nobody but `owner` visits, those with the oldest due time first.

    Either those that answered last time, and new ones, or (`troubled`) those in trouble whose rest is over.
    """
    pending = sa.select(links.c.host.label("host"), links.c.next_attempt_at.label("since")).where(
        PENDING, in_scope(scope)
    )
    untimed = sa.select(links.c.host, links.c.first_seen).where(PENDING, in_scope(scope))
    # Apart, since an OR would have all that is pending read, rather than what is due.
    parts = [pending.where(links.c.next_attempt_at <= now), untimed.where(links.c.next_attempt_at.is_(None))]
    if scope.due_only:
        parts.append(
            sa.select(channels.c.host, channels.c.next_due).where(channels.c.enabled, channels.c.next_due <= now)
        )
    elif scope.channel_ids:
        wanted = among(channels.c.id, scope.channel_ids)
        parts.append(sa.select(channels.c.host, channels.c.next_due).where(wanted))
    work = sa.union_all(*parts).subquery()
    free = sa.or_(hosts.c.leased_until.is_(None), hosts.c.leased_until <= now, hosts.c.leased_by == owner)
    rested = sa.or_(hosts.c.backoff_until.is_(None), hosts.c.backoff_until <= now)
    known = sa.and_(free, rested, hosts.c.failures > 0 if troubled else hosts.c.failures == 0)
    query = (
        sa.select(work.c.host)
        .outerjoin(hosts, hosts.c.host == work.c.host)
        .where(known if troubled else sa.or_(hosts.c.host.is_(None), known))
        .group_by(work.c.host)
        .order_by(sa.func.min(work.c.since))
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def next_work_at(connection: sa.Connection, scope: Scope, now: datetime) -> datetime | None:
    """Return when the next work in scope can begin: None when there is none, `now` when there is some already.

    Of what is not due yet, the first SOON rows are looked at: when all their hosts rest for longer than the last of
    them waits, the answer is that one's time, rather too early than too late.
    """
    pending = sa.and_(PENDING, in_scope(scope))
    parts = [
        _free_at(
            sa.select(links.c.host, links.c.first_seen.label("at")).where(pending, links.c.next_attempt_at.is_(None)),
            now,
        ),
        *_by_time(links.c.host, links.c.next_attempt_at, pending, now),
    ]
    if scope.due_only:
        parts += _by_time(channels.c.host, channels.c.next_due, channels.c.enabled, now)
    elif scope.channel_ids:
        wanted = sa.select(channels.c.host, sa.literal(now, channels.c.next_due.type).label("at"))
        parts.append(_free_at(wanted.where(among(channels.c.id, scope.channel_ids)), now))
    work = sa.union_all(*parts).subquery()
    found: datetime | None = connection.execute(sa.select(sa.func.min(work.c.at))).scalar()
    return found


def _by_time(
    host: sa.Column[Any], at: sa.Column[Any], wanted: sa.ColumnElement[bool], now: datetime
) -> list[sa.Select[Any]]:
    """Return when the wanted rows can be worked on: those that are due, and the next ones, by the index on `at`."""
    rows = sa.select(host, at.label("at")).where(wanted)
    later = rows.where(at > now).order_by(at)
    last = later.offset(SOON - 1).limit(1).subquery()
    return [_free_at(rows.where(at <= now), now), _free_at(later.limit(SOON), now), sa.select(last.c.at)]


def _free_at(rows: sa.Select[Any], now: datetime) -> sa.Select[Any]:
    """Return the times of rows (host, at), none before its host is free again."""
    work = rows.subquery()
    at: Any = work.c.at
    for other in (hosts.c.backoff_until, hosts.c.leased_until, sa.literal(now, links.c.first_seen.type)):
        at = sa.case((sa.and_(other.is_not(None), other > at), other), else_=at)
    return sa.select(at.label("at")).select_from(work.outerjoin(hosts, hosts.c.host == work.c.host))


def pending_count(connection: sa.Connection, scope: Scope) -> int:
    """Return how many links in scope are pending."""
    return int(
        connection.execute(sa.select(sa.func.count()).select_from(links).where(PENDING, in_scope(scope))).scalar_one()
    )
