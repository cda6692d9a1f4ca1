"""Databases of this run's own, removed at its end: a SQLite file, a PostgreSQL database; their size, their CPU."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from storage.store import Store, open_store

SERVER = os.environ.get("NEWSDESK_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")
INDEX = ("sketches", "postings", "full_shingles")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Database:
    """An open store and its URL."""

    store: Store
    url: str

    @property
    def dialect(self) -> str:
        """sqlite | postgresql."""
        return self.store.dialect


@contextmanager
def database(dialect: str) -> Iterator[Database]:
    """Yield an empty, migrated database of this kind."""
    with _sqlite() if dialect == "sqlite" else _postgresql() as url:
        store = open_store(url)
        try:
            yield Database(store, url)
        finally:
            store.close()


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="newsdesk-dedup-") as folder:
        yield f"sqlite:///{Path(folder) / 'newsdesk.db'}"


@contextmanager
def _postgresql() -> Iterator[str]:
    url = sa.make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    name = f"newsdesk_dedup_{uuid4().hex[:12]}"
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


class Clock:
    """CPU seconds of this process, and of the PostgreSQL backend that works for a connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._backend: Path | None = None
        if connection.dialect.name == "postgresql":
            pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            self._backend = Path(f"/proc/{pid}/stat")

    def own(self) -> float:
        """Return this process's seconds."""
        return time.process_time()

    def server(self) -> float:
        """Return the backend's seconds, 0 where there is none. They come in ticks of 10 ms."""
        if self._backend is None:
            return 0.0
        fields = self._backend.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK


def index_bytes(connection: sa.Connection) -> int:
    """Return the bytes of the index of sketches on disk."""
    if connection.dialect.name == "postgresql":
        query = sa.text("SELECT sum(pg_total_relation_size(CAST(name AS regclass))) FROM unnest(:names) name")
        return int(connection.execute(query, {"names": list(INDEX)}).scalar_one())
    query = sa.text("SELECT sum(pgsize) FROM dbstat WHERE aggregate AND name IN "
                    "(SELECT name FROM sqlite_master WHERE tbl_name IN (SELECT value FROM json_each(:names)))")  # fmt: skip
    return int(connection.execute(query, {"names": '["' + '", "'.join(INDEX) + '"]'}).scalar_one())
