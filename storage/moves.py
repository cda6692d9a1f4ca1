"""Where channels are since they have moved, and what else of their source is known or asked at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import channels


def set_location(
    connection: sa.Connection, channel_id: int, location: str, host: str, because: str, now: datetime
) -> None:
    """Ask for a channel at another address from now on, on that address's `host`; `because` says how it is known."""
    values = {"location": location, "host": host, "moved_at": now, "moved_because": because}
    connection.execute(sa.update(channels).where(channels.c.id == channel_id).values(**values))


def forget_location(connection: sa.Connection, channel_id: int, host: str, *, validators: bool) -> None:
    """Ask for a channel at its declared address again, on that one's `host`; with its `validators`, or in full."""
    values: dict[str, Any] = {"location": None, "host": host, "moved_at": None, "moved_because": None}
    if not validators:
        values |= {"etag": None, "last_modified": None}
    connection.execute(sa.update(channels).where(channels.c.id == channel_id).values(**values))


def hints_of(connection: sa.Connection, channel_id: int) -> dict[str, Any] | None:
    """Return what is remembered of a channel."""
    found: dict[str, Any] | None = connection.execute(
        sa.select(channels.c.hints).where(channels.c.id == channel_id)
    ).scalar()
    return found


def keep_hints(connection: sa.Connection, channel_id: int, hints: dict[str, Any]) -> None:
    """Keep what is remembered of a channel."""
    statement = sa.update(channels).where(channels.c.id == channel_id)
    connection.execute(statement.values(hints=hints or sa.null()))


def taken_addresses(connection: sa.Connection, source_id: int, but: int) -> list[str]:
    """Return the addresses of a source's enabled channels other than this one, declared and moved to."""
    query = sa.select(channels.c.url, channels.c.location).where(
        channels.c.source_id == source_id, channels.c.enabled, channels.c.id != but
    )
    return [url for row in connection.execute(query) for url in row if url is not None]


def hasten(connection: sa.Connection, source_id: int, but: Collection[int], before: datetime, now: datetime) -> int:
    """Make a source's other declared channels due that were last polled before then; return how many."""
    others = sa.and_(
        channels.c.source_id == source_id,
        channels.c.enabled,
        channels.c.parent_id.is_(None),
        channels.c.id.not_in(list(but)),
        channels.c.failures == 0,
        channels.c.next_due > now,
        channels.c.last_polled < before,
    )
    return connection.execute(sa.update(channels).where(others).values(next_due=now)).rowcount
