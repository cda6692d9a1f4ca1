"""Hold an outlet until commit, so that two processes never decide on its texts at the same time."""

from __future__ import annotations

import sqlalchemy as sa

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:outlet, 0))")


def lock_outlet(connection: sa.Connection, outlet: str) -> None:
    """Wait for the outlet and hold it until the transaction ends. SQLite has one writer as it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"outlet": outlet})
