"""A source's budget of requests: when it was asked, and its links that wait until it may be asked again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from storage.due import PENDING
from storage.schema import attempts, channels, links
from storage.types import Outcome

REASON = "budget"
"""The reason of a link that waits because its source has had its requests of the day."""


def latest_requests(connection: sa.Connection, source_id: int, since: datetime, limit: int) -> list[datetime]:
    """Return when a source's pages and channels were asked for since then, the latest `limit` times, the last first."""
    of_links = sa.select(attempts.c.at).join(links, links.c.id == attempts.c.link_id)
    of_channels = sa.select(attempts.c.at).join(channels, channels.c.id == attempts.c.channel_id)
    sent = sa.and_(attempts.c.at > since, attempts.c.outcome != Outcome.DEFERRED.value)
    both = sa.union_all(
        of_links.where(sent, links.c.source_id == source_id),
        of_channels.where(sent, channels.c.source_id == source_id),
    ).subquery()
    return list(connection.execute(sa.select(both.c.at).order_by(both.c.at.desc()).limit(limit)).scalars())


def put_off_links(connection: sa.Connection, source_id: int, until: datetime, but: Collection[int]) -> int:
    """Fetch none of a source's pending links before then but these; return how many wait. They say why."""
    due = sa.or_(links.c.next_attempt_at.is_(None), links.c.next_attempt_at < until)
    statement = sa.update(links).where(PENDING, links.c.source_id == source_id, due)
    statement = statement.where(links.c.id.not_in(list(but))) if but else statement
    detail = f"its source has had its requests of 24 hours; next at {until:%Y-%m-%d %H:%M} UTC"
    return connection.execute(statement.values(next_attempt_at=until, reason=REASON, detail=detail)).rowcount
