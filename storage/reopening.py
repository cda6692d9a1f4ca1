"""Make settled links pending again: their page has changed, is due for a look, or a person asks for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from storage.schema import links
from storage.types import LinkState

EXPIRED = "expired"
"""The reason of a link whose article's time is over: its page is fetched again only when a person asks for it."""
_REOPENED = [LinkState.DONE.value, LinkState.FAILED.value, LinkState.GONE.value]


def reopen_links(connection: sa.Connection, ids: Collection[int], reason: str) -> list[str]:
    """Make settled links pending again, unless they were dropped by rule or have expired; return their hosts."""
    statement = sa.update(links).where(links.c.id.in_(list(ids)), links.c.state.in_(_REOPENED))
    statement = statement.where(links.c.reason.is_distinct_from(EXPIRED))
    values = {"state": LinkState.PENDING.value, "reason": reason, "attempts": 0, "next_attempt_at": None}
    return list(connection.execute(statement.values(**values).returning(links.c.host)).scalars())


def article_of(connection: sa.Connection, link_id: int) -> int | None:
    """Return the stored article that a link leads to."""
    found: int | None = connection.execute(sa.select(links.c.article_id).where(links.c.id == link_id)).scalar()
    return found


def reopen_link(connection: sa.Connection, link_id: int, now: datetime) -> None:
    """Make a link pending whatever became of it: a person asked for it."""
    values = {"state": "pending", "reason": "asked", "attempts": 0, "next_attempt_at": now}
    settled = sa.and_(links.c.id == link_id, links.c.state != "pending")
    connection.execute(sa.update(links).where(settled).values(**values))
    connection.execute(sa.update(links).where(links.c.id == link_id).values(next_attempt_at=now))


def reopen_for_recheck(
    connection: sa.Connection, now: datetime, limit: int, source_ids: Collection[int] | None = None
) -> list[str]:
    """Make pending the links (of all sources, or of these) whose article is due for a look at changes.

    Return their hosts. An article whose page is gone or could not be had is looked at again like any other: what was
    broken for an hour comes back.
    """
    due = sa.select(links.c.id).where(links.c.recheck_at <= now, links.c.state.in_(_REOPENED))
    due = due if source_ids is None else due.where(links.c.source_id.in_(source_ids))
    ids = list(connection.execute(due.order_by(links.c.recheck_at).limit(limit)).scalars())
    return reopen_links(connection, ids, "recheck") if ids else []
