"""Hosts: one crawl visits a host at a time (a lease row with a heartbeat), and troubled hosts are left alone.

A row is named by what shares a rate: the host, or (politeness by domain) its registrable domain. In that case the rows
of the hosts themselves repeat what keeps them from being visited, for those who look for work.

While a host is leased, `next_request_at` lies one pace after `last_visit`: what a successor waits when the crawl dies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.owner import is_dead
from storage.schema import hosts
from storage.upsert import insert_ignore

NO_PACES: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class HostLease:
    """The right to send requests to a host until `until`; the first not before `next_request_at`.

    `failures` in a row have put it in back-off; `latency` is the mean of the seconds that its answers took.
    """

    host: str
    until: datetime
    next_request_at: datetime | None
    failures: int = 0
    latency: float | None = None


@dataclass(frozen=True, slots=True)
class HostBusy:
    """The host may not be visited before `until`: another crawl has it (`leased`), or it is in back-off."""

    host: str
    until: datetime
    reason: str


def lease_host(
    connection: sa.Connection,
    host: str,
    owner: str,
    seconds: float,
    now: datetime,
    *,
    pace: float = 0.0,
    key: str | None = None,
) -> HostLease | HostBusy:
    """Take or renew the lease of a host, or say until when it is taken.

    `pace` is the time in seconds that a successor has to wait if this crawl dies, `key` the row that the host shares.
    """
    name = key or host
    connection.execute(insert_ignore(connection, hosts).values(host=name, failures=0))
    row = connection.execute(sa.select(hosts).where(hosts.c.host == name).with_for_update()).one()
    got = _lease(row, host, owner, now + timedelta(seconds=seconds), now)
    if isinstance(got, HostLease):
        if row.latency is not None and pace > 0:
            pace = max(pace, row.latency)
        successor = max(got.next_request_at or now, now + timedelta(seconds=pace))
        values = {"leased_by": owner, "leased_until": got.until, "last_visit": now, "next_request_at": successor}
        connection.execute(sa.update(hosts).where(hosts.c.host == name).values(**values))
    if name != host:
        _repeat(connection, host, row, free=isinstance(got, HostLease))
    return got


def _lease(row: Any, host: str, owner: str, until: datetime, now: datetime) -> HostLease | HostBusy:
    if row.backoff_until is not None and row.backoff_until > now:
        return HostBusy(host, row.backoff_until, row.backoff_reason or "back-off")
    if row.leased_by == owner:
        return HostLease(host, until, None, row.failures, row.latency)
    if row.leased_until is not None and row.leased_until > now:
        return HostBusy(host, row.leased_until, "leased")
    begin = row.next_request_at if row.leased_by is None else _after_death(row, now)
    return HostLease(host, until, begin, row.failures, row.latency)


def _after_death(row: Any, now: datetime) -> datetime:
    """Return when a host may be asked whose crawl died: one of its paces from now, whenever its last request was."""
    if row.next_request_at is None or row.last_visit is None:
        return now
    pace: timedelta = row.next_request_at - row.last_visit
    return now + max(pace, timedelta())


def _repeat(connection: sa.Connection, host: str, row: Any, *, free: bool) -> None:
    """Write into a host's own row what keeps its domain from being visited, or that nothing does."""
    values = {
        "failures": row.failures,
        "backoff_until": None if free else row.backoff_until,
        "backoff_reason": None if free else row.backoff_reason,
        "leased_by": None if free else row.leased_by,
        "leased_until": None if free else row.leased_until,
    }
    connection.execute(insert_ignore(connection, hosts).values(host=host, failures=0))
    connection.execute(sa.update(hosts).where(hosts.c.host == host).values(**values))


def renew_leases(
    connection: sa.Connection,
    owner: str,
    names: Collection[str],
    seconds: float,
    now: datetime,
    paces: Mapping[str, float] = NO_PACES,
) -> set[str]:
    """Move the end of these leases on; return those that are still ours. `paces` are in seconds, by name."""
    kept = set()
    for name in sorted(names):
        mine = sa.and_(hosts.c.host == name, hosts.c.leased_by == owner)
        successor = now + timedelta(seconds=paces.get(name, 0.0))
        values = {"leased_until": now + timedelta(seconds=seconds), "last_visit": now, "next_request_at": successor}
        if connection.execute(sa.update(hosts).where(mine).values(**values)).rowcount:
            kept.add(name)
    return kept


def release_host(
    connection: sa.Connection,
    host: str,
    owner: str,
    next_request_at: datetime | None,
    latency: float | None = None,
) -> None:
    """Give the lease back, with the time before which the next crawl may not send a request."""
    mine = sa.and_(hosts.c.host == host, hosts.c.leased_by == owner)
    values: dict[str, Any] = {"leased_by": None, "leased_until": None, "next_request_at": next_request_at}
    if latency is not None:
        values["latency"] = latency
    connection.execute(sa.update(hosts).where(mine).values(**values))


def back_off_host(connection: sa.Connection, host: str, until: datetime, reason: str, now: datetime) -> None:
    """Leave the host alone until then; a longer back-off that stands is kept.

    What fails while a back-off stands was asked before it: it is no failure more.
    """
    connection.execute(insert_ignore(connection, hosts).values(host=host, failures=0))
    row = connection.execute(sa.select(hosts).where(hosts.c.host == host).with_for_update()).one()
    stands = row.backoff_until is not None and row.backoff_until > now
    values: dict[str, Any] = {} if stands else {"failures": row.failures + 1}
    if not stands or until > row.backoff_until:
        values |= {"backoff_until": until, "backoff_reason": reason}
    if values:
        connection.execute(sa.update(hosts).where(hosts.c.host == host).values(**values))


def host_answered(connection: sa.Connection, host: str, now: datetime) -> bool:
    """Forget the host's failures: it has answered. Returns False while a back-off stands, which an answer to
    a request of before it does not end.
    """
    over = sa.or_(hosts.c.backoff_until.is_(None), hosts.c.backoff_until <= now)
    statement = sa.update(hosts).where(hosts.c.host == host, over)
    values = {"failures": 0, "backoff_until": None, "backoff_reason": None}
    return connection.execute(statement.values(**values)).rowcount > 0


def host_failures(connection: sa.Connection, host: str) -> int:
    """Return how many failures in a row have put the host in back-off."""
    return int(connection.execute(sa.select(hosts.c.failures).where(hosts.c.host == host)).scalar() or 0)


def rests_until(connection: sa.Connection, host: str, now: datetime) -> datetime | None:
    """Return the end of the host's back-off; None when none stands."""
    until: datetime | None = connection.execute(sa.select(hosts.c.backoff_until).where(hosts.c.host == host)).scalar()
    return until if until is not None and until > now else None


def reap_leases(connection: sa.Connection, now: datetime) -> list[str]:
    """Free the hosts whose crawl process on this machine is dead; return their names. Their pace is kept."""
    held = list(connection.execute(sa.select(hosts).where(hosts.c.leased_by.is_not(None))))
    dead = {name for name in {row.leased_by for row in held} if is_dead(name)}
    freed = [row for row in held if row.leased_by in dead]
    for row in freed:
        values = {"leased_by": None, "leased_until": None, "next_request_at": _after_death(row, now)}
        mine = sa.and_(hosts.c.host == row.host, hosts.c.leased_by == row.leased_by)
        connection.execute(sa.update(hosts).where(mine).values(**values))
    return [row.host for row in freed]
