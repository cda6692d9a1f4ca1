"""Messages that are to reach somebody: kept until they have, each told once a target, tried again with patience."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.schema_watch import deliveries
from storage.upsert import insert_ignore

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 16)),
)
"""Before the next try, by the number of tries made: two days in all."""
TAKEN_FOR = timedelta(minutes=5)
"""How long one process has a message to itself; when it dies meanwhile, another tries after that."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way. `target` is a kind and an address ("webhook https://…"); `tries` counts this one too."""

    id: int
    target: str
    about: str
    message: dict[str, Any]
    created_at: datetime
    tries: int


def post(
    connection: sa.Connection, targets: Collection[str], about: str, message: Mapping[str, Any], now: datetime
) -> None:
    """Keep a message for each target, in the caller's transaction; what a target was told about that stays."""
    rows = [
        {"target": target, "about": about, "message": dict(message), "created_at": now, "next_try_at": now}
        for target in targets
    ]
    if rows:
        connection.execute(insert_ignore(connection, deliveries), rows)


def take_due(connection: sa.Connection, targets: Collection[str], now: datetime, limit: int) -> list[Delivery]:
    """Take the messages that are due for these targets, oldest first: nobody else gets them for TAKEN_FOR."""
    wanted = sa.and_(deliveries.c.next_try_at <= now, deliveries.c.target.in_(list(targets)))
    due = sa.select(deliveries.c.id).where(wanted).order_by(deliveries.c.id).limit(limit)
    ids = list(connection.execute(due.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return []
    mine = sa.update(deliveries).where(deliveries.c.id.in_(ids))
    taken = mine.values(next_try_at=now + TAKEN_FOR, tries=deliveries.c.tries + 1).returning(deliveries)
    rows = sorted(connection.execute(taken), key=lambda row: int(row.id))
    return [Delivery(row.id, row.target, row.about, row.message, row.created_at, row.tries) for row in rows]


def arrived(connection: sa.Connection, delivery_id: int, now: datetime) -> None:
    """Note that a message has reached its target."""
    values = {"delivered_at": now, "next_try_at": None, "last_error": None}
    connection.execute(sa.update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


def not_arrived(connection: sa.Connection, delivery: Delivery, error: str, now: datetime) -> datetime | None:
    """Note that a try has failed; return when the next one is, None when that was the last."""
    again = now + WAITS[delivery.tries - 1] if delivery.tries <= len(WAITS) else None
    values = {"last_error": error, "next_try_at": again}
    connection.execute(sa.update(deliveries).where(deliveries.c.id == delivery.id).values(**values))
    return again


def forget_deliveries(connection: sa.Connection, before: datetime) -> int:
    """Delete messages of before that time, also those whose target is not configured any more; return how many."""
    return int(connection.execute(sa.delete(deliveries).where(deliveries.c.created_at < before)).rowcount)
