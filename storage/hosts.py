"""Hosts: one crawl visits a host at a time (a lease row with a heartbeat), and troubled hosts are left alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.owner import is_dead
from storage.schema import hosts
from storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class HostLease:
    """The right to send requests to a host until `until`; the first not before `next_request_at`."""

    host: str
    until: datetime
    next_request_at: datetime | None


@dataclass(frozen=True, slots=True)
class HostBusy:
    """The host may not be visited before `until`: another crawl has it (`leased`), or it is in back-off."""

    host: str
    until: datetime
    reason: str


def lease_host(connection: sa.Connection, host: str, owner: str, seconds: float, now: datetime) -> HostLease | HostBusy:
    """Take or renew the lease of a host, or say until when it is taken."""
    until = now + timedelta(seconds=seconds)
    free = sa.or_(hosts.c.leased_until.is_(None), hosts.c.leased_until <= now, hosts.c.leased_by == owner)
    rested = sa.or_(hosts.c.backoff_until.is_(None), hosts.c.backoff_until <= now)
    values = {"leased_by": owner, "leased_until": until, "last_visit": now}
    statement = upsert(connection, hosts).values(host=host, failures=0, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["host"], set_=values, where=sa.and_(free, rested)
    ).returning(hosts.c.next_request_at)
    row = connection.execute(statement).first()
    if row is not None:
        return HostLease(host, until, row.next_request_at)
    held = connection.execute(sa.select(hosts).where(hosts.c.host == host)).one()
    if held.backoff_until is not None and held.backoff_until > now:
        return HostBusy(host, held.backoff_until, held.backoff_reason or "back-off")
    return HostBusy(host, held.leased_until or now, "leased")


def renew_leases(
    connection: sa.Connection, owner: str, names: Collection[str], seconds: float, now: datetime
) -> set[str]:
    """Move the end of these leases on; return the hosts that are still ours."""
    mine = sa.and_(hosts.c.host.in_(list(names)), hosts.c.leased_by == owner)
    statement = sa.update(hosts).where(mine).values(leased_until=now + timedelta(seconds=seconds))
    return set(connection.execute(statement.returning(hosts.c.host)).scalars())


def release_host(connection: sa.Connection, host: str, owner: str, next_request_at: datetime | None) -> None:
    """Give the lease back, with the time before which the next crawl may not send a request."""
    mine = sa.and_(hosts.c.host == host, hosts.c.leased_by == owner)
    values = {"leased_by": None, "leased_until": None, "next_request_at": next_request_at}
    connection.execute(sa.update(hosts).where(mine).values(**values))


def back_off_host(connection: sa.Connection, host: str, until: datetime, reason: str, now: datetime) -> None:
    """Leave the host alone until then; a longer back-off that stands is kept."""
    statement = upsert(connection, hosts).values(host=host, backoff_until=until, backoff_reason=reason, failures=1)
    later = sa.or_(hosts.c.backoff_until.is_(None), hosts.c.backoff_until < until)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["host"],
            set_={"backoff_until": until, "backoff_reason": reason, "failures": hosts.c.failures + 1},
            where=later,
        )
    )


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


def reap_leases(connection: sa.Connection) -> list[str]:
    """Free the hosts whose crawl process on this machine is dead; return their names."""
    held = sa.select(hosts.c.leased_by).where(hosts.c.leased_by.is_not(None)).distinct()
    dead = [name for name in connection.execute(held).scalars() if is_dead(name)]
    statement = sa.update(hosts).where(hosts.c.leased_by.in_(dead)).values(leased_by=None, leased_until=None)
    return list(connection.execute(statement.returning(hosts.c.host)).scalars()) if dead else []
