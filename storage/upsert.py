"""INSERT … ON CONFLICT for whichever database the connection is to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: sa.Connection, table: sa.Table) -> Any:
    """Return the dialect's INSERT, which has on_conflict_do_nothing and on_conflict_do_update."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_ignore(connection: sa.Connection, table: sa.Table) -> Any:
    """Return an INSERT that leaves an existing row as it is."""
    return upsert(connection, table).on_conflict_do_nothing()
