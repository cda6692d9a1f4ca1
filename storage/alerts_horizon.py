"""How far what is stored can be checked: below this id nothing new can appear any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.saved import latest_ids
from storage.schema import sketches

PATIENCE = 3.0
"""Seconds that writers of before are waited for."""
LONGEST = timedelta(minutes=15)
"""A transaction that has been open for longer stores no articles: somebody has forgotten it."""
UNITED_WITHIN = timedelta(minutes=2)
"""So long a new text's story may wait to be looked for once more on PostgreSQL."""
_PAUSE = 0.02

# Whoever inserts has this lock from before its id is given out until its transaction ends.
_WRITERS = sa.text(
    "SELECT DISTINCT l.virtualtransaction FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND l.granted "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND l.relation IN ('articles'::regclass, 'attempts'::regclass) "
    "AND coalesce(a.xact_start, clock_timestamp()) > clock_timestamp() - make_interval(secs => :longest)"
)


def settled_ids(
    connection: sa.Connection, now: datetime, patience: float = PATIENCE, pause: Callable[[float], None] = time.sleep
) -> tuple[int, int] | None:
    """Return ids of an article and of an attempt, with no lower ones still to appear; None: it is too early to say.

    PostgreSQL gives ids out in an order that is not that of the commits: once the transactions have ended that were
    writing when the highest id was read, all below it are there. The connection must not hold one snapshot.
    """
    top = latest_ids(connection)
    if connection.dialect.name != "postgresql":
        return top
    writing = _writers(connection)
    until = time.monotonic() + patience
    while writing and time.monotonic() < until:
        pause(_PAUSE)
        writing &= _writers(connection)
    if writing:
        return None
    waits = sa.select(sa.func.min(sketches.c.article_id)).where(
        sketches.c.waits, sketches.c.seen_at > now - UNITED_WITHIN
    )
    first: int | None = connection.execute(waits).scalar()
    return (min(top[0], first - 1) if first is not None else top[0]), top[1]


def _writers(connection: sa.Connection) -> set[str]:
    return set(connection.execute(_WRITERS, {"longest": LONGEST.total_seconds()}).scalars())
