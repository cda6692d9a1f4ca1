"""Save searches, store articles, check, and read what was sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crawler.access import Direct
from crawler.alerts.check import Report, check
from crawler.alerts.times import next_digest
from crawler.delivery.terms import target
from storage.saved import (
    Saved,
    add_saved,
    find_saved,
)
from storage.schema_watch import deliveries
from storage.search import Query
from storage.store import Store
from storage.stories import unite_waiting
from tests.integration.storage.fixtures import NOW, put
from tests.integration.storage.telling import READING, tell, text

HOOK = target("webhook", "http://hooks.example/a")
MAIL = target("email", "desk@example.org")
SOON = timedelta(seconds=5)


def save(store: Store, name: str = "ferries", asked: str | None = "ferry", **fields: Any) -> Saved:
    """Save a search that tells a webhook, from NOW."""
    query = Query(asked, tuple(fields.pop("sources", ())), sort="date", limit=None)
    saved = Saved(name, query, **{"targets": (HOOK,)} | fields)
    with store.begin() as connection:
        assert add_saved(connection, replace(saved, next_at=next_digest(saved, NOW)), NOW)
        found = find_saved(connection, name)
    assert found is not None
    return found


def look(store: Store, at: datetime = NOW, most: int = 50) -> Report:
    return asyncio.run(check(Direct(store), most, lambda: at))


def sent(store: Store, to: str = HOOK) -> list[dict[str, Any]]:
    """Return the messages to a target, in order."""
    own = sa.select(deliveries.c.message).where(deliveries.c.target == to).order_by(deliveries.c.id)
    with store.read() as connection:
        return list(connection.execute(own).scalars())


def headlines(store: Store, to: str = HOOK) -> list[list[str]]:
    return [[one["headline"] for one in message["data"]["articles"]] for message in sent(store, to)]


def store_some(store: Store, *names: str, **fields: Any) -> list[int]:
    with store.begin() as connection:
        return [
            put(connection, name, f"The ferry {name} is late.", headline=f"Ferry {name}", **fields).article_id
            for name in names
        ]


def reprint(store: Store, outlet: str, seed: int, **fields: Any) -> int:
    """Store an outlet's copy of a text about ferries."""
    with store.begin() as connection:
        stored = tell(connection, outlet, f"x{seed}", f"The ferry is late again.\n\n{text(seed)}", **fields)
    with store.begin() as connection:
        unite_waiting(connection, READING.comparing)
    return stored.article_id
