"""An engine from a database URL: drivers, pragmas, pools, and errors that a person can act on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import FailureError, UsageError

BUSY_SECONDS = 60
PRAGMAS: tuple[str, ...] = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32000",
    "PRAGMA wal_autocheckpoint = 4000",
)
SESSION = "SELECT " + ", ".join(
    f"set_config('{name}', '{value}', false)"
    for name, value in (("TimeZone", "UTC"), ("random_page_cost", "1.1"), ("jit", "off"))
)
"""Asked of PostgreSQL by each connection: with the cost of turning disks, the planner reads a whole table of articles
for the few hundred that match; and most questions take less time than compiling them does."""


def parse_url(text: str) -> URL:
    """Return the database URL with the driver that newsdesk uses.

    Raises UsageError for anything but a SQLite file or a PostgreSQL server.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise UsageError(
            f"database_url {text!r} is not a database URL; write sqlite:///newsdesk.db "
            "or postgresql://user:password@host/database"
        ) from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise UsageError(f"database_url {text!r} names no file; write sqlite:///newsdesk.db")
        return url.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise UsageError(f"database_url {text!r}: {backend} is not supported; use sqlite or postgresql")


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a SQLite URL, None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_engine(url: URL, busy_seconds: float = BUSY_SECONDS) -> sa.Engine:
    """Return an engine for the URL; nothing is connected yet. On SQLite a lock is waited for `busy_seconds`.

    A connection whose execution options hold `write=True` begins with BEGIN IMMEDIATE on SQLite:
    an upgraded read transaction would fail at once there, whatever the timeout.
    """
    arguments: dict[str, Any] = {"json_serializer": lambda value: json.dumps(value, ensure_ascii=False)}
    path = sqlite_path(url)
    if path is None:
        connect = {"connect_timeout": 10, "application_name": "newsdesk"}
        engine = sa.create_engine(url, pool_pre_ping=True, connect_args=connect, **arguments)

        @sa.event.listens_for(engine, "connect")
        def _settle(connection: Any, _: Any) -> None:
            connection.execute(SESSION)
            connection.commit()

        return engine
    engine = sa.create_engine(url, connect_args={"timeout": busy_seconds}, **arguments)
    _tune_sqlite(engine)
    return engine


def _tune_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def unavailable(url: URL, error: Exception) -> FailureError:
    """Return the one line that says why a database cannot be used."""
    name = str(sqlite_path(url) or url.render_as_string(hide_password=True))
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()
    return FailureError(f"database {name} cannot be used: {cause[0] if cause else type(error).__name__}")
