"""How the sources are: read what is known of each, keep what was found, tell what has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.marks import hold_mark, move_mark
from storage.schema import channels, hosts, links, sources
from storage.schema_watch import health_changes, source_days, source_health
from storage.upsert import upsert
from storage.watched import Change, Day, Known, Look, SourceHealth, Watched, WatchedChannel

MARK, TOLD = "source-health", "health-told"
TOLD_WITHIN = timedelta(days=2)
BROKEN = ("failing", "blocked")
DAYS_READ, DELAYS_READ, REASONS_READ = timedelta(days=70), timedelta(days=30), timedelta(days=8)
"""Days back that a judgement needs; of the older ones neither delays nor reasons, which cost the most to read."""
DOWN = 3
"""Failures in a row from which a channel is down."""


_LAST_CHANGE = sa.select(sa.func.coalesce(sa.func.max(health_changes.c.id), 0))
_CHANGES = sa.select(
    health_changes.c.id,
    sources.c.name,
    *(health_changes.c[name] for name in ("at", "before", "after", "reason")),
).join(sources, sources.c.id == health_changes.c.source_id)


def _assessed() -> sa.ColumnElement[bool]:
    return sa.and_(sources.c.declared, sources.c.enabled)


def find_to_look_at(connection: sa.Connection, now: datetime, limit: int) -> list[int]:
    """Return ids of sources to look at: those whose channels have broken or work again since, then those that were
    looked at longest ago.
    """
    by_host = sa.func.coalesce(hosts.c.failures, 0)
    worst = sa.func.max(sa.case((channels.c.failures > by_host, channels.c.failures), else_=by_host))
    asked = (
        sa.select(channels.c.source_id, worst.label("worst"), sa.func.min(channels.c.failures).label("best"))
        .join(hosts, hosts.c.host == channels.c.host, isouter=True)
        .where(channels.c.enabled, channels.c.parent_id.is_(None))
        .group_by(channels.c.source_id)
        .subquery()
    )
    state = sa.func.coalesce(source_health.c.state, "")
    broke = sa.and_(asked.c.worst >= DOWN, state.not_in(BROKEN))
    works = sa.and_(asked.c.best == 0, state.in_(BROKEN))
    base = (
        sa.select(sources.c.id)
        .join(source_health, source_health.c.source_id == sources.c.id, isouter=True)
        .where(_assessed())
        .order_by(source_health.c.checked_at.asc().nulls_first(), sources.c.id)
    )
    urgent = base.join(asked, asked.c.source_id == sources.c.id).where(sa.or_(broke, works)).limit(limit // 2)
    ids = list(connection.execute(urgent).scalars())
    rest = [id_ for id_ in connection.execute(base.limit(limit)).scalars() if id_ not in set(ids)]
    return [*ids, *rest][:limit]


def find_by_name(connection: sa.Connection, names: Collection[str]) -> list[int]:
    """Return the ids of the sources of these names that are watched; of all for no names."""
    query = sa.select(sources.c.id).where(_assessed()).order_by(sources.c.id)
    chosen = query.where(sources.c.name.in_(list(names))) if names else query
    return list(connection.execute(chosen).scalars())


def read_watched(connection: sa.Connection, ids: Sequence[int], now: datetime) -> list[Watched]:
    """Return what is known of these sources, with their last days."""
    if not ids:
        return []
    own = list(ids)
    days, asked = _days(connection, own, now.astimezone(UTC).date()), _channels(connection, own)
    waiting = _backlog(connection, own, now - timedelta(days=1))
    known, changed = _known(connection, own), _changed(connection, own, now - timedelta(days=2))
    rows = connection.execute(sa.select(sources).where(sources.c.id.in_(own)).order_by(sources.c.id))
    return [
        Watched(
            row.id,
            row.name,
            row.title,
            row.home,
            row.first_seen,
            channels=tuple(asked[row.id]),
            days=tuple(days[row.id]),
            backlog=waiting.get(row.id, 0),
            known=known.get(row.id),
            changes=changed.get(row.id, 0),
        )
        for row in rows
    ]


def _days(connection: sa.Connection, ids: list[int], today: date) -> dict[int, list[Day]]:
    days = source_days.c
    parts = {
        "delays": sa.case((days.day >= today - DELAYS_READ, days.delays)),
        "reasons": sa.case((days.day >= today - REASONS_READ, days.reasons)),
    }
    query = sa.select(days.source_id, *(parts.get(name, days[name]) for name in Day.__slots__))
    query = query.where(days.source_id.in_(ids), days.day >= today - DAYS_READ)
    found: dict[int, list[Day]] = defaultdict(list)
    for row in connection.execute(query.order_by(days.source_id, days.day)).all():
        found[row[0]].append(Day(*row[1:]))
    return found


def _channels(connection: sa.Connection, ids: list[int]) -> dict[int, list[WatchedChannel]]:
    names = ("url", "first_seen", "last_polled", "last_new", "failures", "last_error", "rhythm")
    columns = [*(channels.c[name] for name in names), sa.func.coalesce(hosts.c.failures, 0)]
    query = (
        sa.select(channels.c.source_id, *columns, hosts.c.backoff_reason, hosts.c.latency)
        .join(hosts, hosts.c.host == channels.c.host, isouter=True)
        .where(channels.c.source_id.in_(ids), channels.c.enabled, channels.c.parent_id.is_(None))
        .order_by(channels.c.id)
    )
    found: dict[int, list[WatchedChannel]] = defaultdict(list)
    for row in connection.execute(query):
        found[row[0]].append(WatchedChannel(*row[1:]))
    return found


def _backlog(connection: sa.Connection, ids: list[int], before: datetime) -> dict[int, int]:
    """Return how many links each source has that could be fetched and have been waiting since before that time."""
    waits = sa.and_(links.c.state == "pending", links.c.attempts == 0, links.c.article_id.is_(None))
    query = sa.select(links.c.source_id, sa.func.count()).where(waits, links.c.first_seen < before)
    return {
        row[0]: row[1]
        for row in connection.execute(query.where(links.c.source_id.in_(ids)).group_by(links.c.source_id))
    }


def _known(connection: sa.Connection, ids: list[int]) -> dict[int, Known]:
    query = sa.select(source_health).where(source_health.c.source_id.in_(ids))
    return {
        row.source_id: Known(row.state, row.reason, row.since, row.checked_at, row.figures)
        for row in connection.execute(query)
    }


def _changed(connection: sa.Connection, ids: list[int], since: datetime) -> dict[int, int]:
    query = sa.select(health_changes.c.source_id, sa.func.count())
    late = sa.and_(health_changes.c.source_id.in_(ids), health_changes.c.at >= since)
    return {row[0]: row[1] for row in connection.execute(query.where(late).group_by(health_changes.c.source_id))}


def keep_looks(connection: sa.Connection, looks: Iterable[Look], now: datetime) -> list[Change]:
    """Keep what was found, in the caller's write transaction; return the changes of state, which are kept too.

    A source that another process has found to be otherwise meanwhile is left as that says. One that is well at the
    first look has not changed.
    """
    hold_mark(connection, MARK)
    looked = list(looks)
    standing = {id_: known.state for id_, known in _known(connection, [look.source.id for look in looked]).items()}
    rows: list[dict[str, Any]] = []
    changes: list[Change] = []
    for look in looked:
        source, known = look.source, look.source.known
        before = known.state if known else None
        if standing.get(source.id) != before:
            continue
        since = known.since if known and before == look.state else now
        row = {"source_id": source.id, "state": look.state, "reason": look.reason, "since": since, "checked_at": now}
        rows.append(row | {"figures": look.figures})
        if look.state != (before or "healthy"):
            changes.append(_add_change(connection, look, before, now))
    if rows:
        statement = upsert(connection, source_health)
        names = ("state", "reason", "since", "checked_at", "figures")
        changed = {name: statement.excluded[name] for name in names}
        connection.execute(statement.on_conflict_do_update(index_elements=["source_id"], set_=changed), rows)
    return changes


def _add_change(connection: sa.Connection, look: Look, before: str | None, now: datetime) -> Change:
    values = {"source_id": look.source.id, "at": now, "before": before, "after": look.state, "reason": look.reason}
    id_ = connection.execute(sa.insert(health_changes).values(**values).returning(health_changes.c.id)).scalar_one()
    return Change(id_, look.source.name, now, before, look.state, look.reason)


def take_untold(connection: sa.Connection, now: datetime, latest: Sequence[Change]) -> list[Change]:
    """Return the changes that no message tells yet, in the caller's write transaction, and count them as told.

    Whoever finds a change need not be who is to tell it: a command may run without the daemon's configuration. The
    first time only the `latest` are told, and never what is older than TOLD_WITHIN.
    """
    done, at = hold_mark(connection, TOLD)
    if at.year < 2000:
        done = latest[0].id - 1 if latest else int(connection.execute(_LAST_CHANGE).scalar_one())
    late = sa.and_(health_changes.c.id > done, health_changes.c.at >= now - TOLD_WITHIN)
    rows = connection.execute(_CHANGES.where(late).order_by(health_changes.c.id)).all()
    if rows or at.year < 2000:
        move_mark(connection, TOLD, rows[-1].id if rows else done, now)
    return [Change(*row) for row in rows]


def forget_unwatched(connection: sa.Connection) -> int:
    """Delete the states of sources that are not watched any more; return how many. Their changes stay."""
    watched = sa.select(sources.c.id).where(_assessed())
    return int(connection.execute(sa.delete(source_health).where(source_health.c.source_id.not_in(watched))).rowcount)


def list_health(connection: sa.Connection, names: Collection[str] = ()) -> list[SourceHealth]:
    """Return how the sources were when they were last looked at, by name."""
    columns = [source_health.c[name] for name in ("state", "reason", "since", "checked_at", "figures")]
    query = sa.select(sources.c.name, sources.c.title, *columns)
    query = query.join(sources, sources.c.id == source_health.c.source_id).order_by(sources.c.name)
    query = query.where(sources.c.name.in_(list(names))) if names else query
    return [SourceHealth(*row) for row in connection.execute(query)]


def list_changes(connection: sa.Connection, names: Collection[str] = (), limit: int = 200) -> list[Change]:
    """Return the latest changes of state, newest first."""
    query = _CHANGES.order_by(health_changes.c.id.desc())
    query = query.where(sources.c.name.in_(list(names))) if names else query
    return [Change(*row) for row in connection.execute(query.limit(limit))]
