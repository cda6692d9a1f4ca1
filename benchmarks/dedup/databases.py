"""Databases of this run's own, removed at its end: a SQLite file, a PostgreSQL database; their size, their CPU."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter, defaultdict
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


class Spent:
    """Adds up CPU seconds by name: this process's, and apart those of the PostgreSQL backend that is watched.

    The backend's come in ticks of 10 ms, so that only sums over many say something.
    """

    def __init__(self) -> None:
        self._backend: Path | None = None
        self.own: defaultdict[str, float] = defaultdict(float)
        self.server: defaultdict[str, float] = defaultdict(float)
        self.count: Counter[str] = Counter()

    def watch(self, connection: sa.Connection) -> None:
        """Watch the backend that works for a connection."""
        if connection.dialect.name == "postgresql":
            pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            self._backend = Path(f"/proc/{pid}/stat")

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Add up what the block costs."""
        start = self.reading()
        yield
        self.add(name, start)

    @contextmanager
    def own_on(self, name: str) -> Iterator[None]:
        """Add up what the block costs here; the backend's clock, which is slow to read, is left alone."""
        start = time.process_time()
        yield
        self.own[name] += time.process_time() - start
        self.count[name] += 1

    def reading(self) -> tuple[float, float]:
        """Return both clocks now."""
        own = time.process_time()
        if self._backend is None:
            return own, 0.0
        fields = self._backend.read_text().rpartition(")")[2].split()
        return own, (int(fields[11]) + int(fields[12])) / _TICK

    def add(self, name: str, start: tuple[float, float]) -> None:
        """Add what was spent since a reading."""
        own, server = self.reading()
        self.own[name] += own - start[0]
        self.server[name] += server - start[1]
        self.count[name] += 1


def index_bytes(connection: sa.Connection) -> int:
    """Return the bytes of the index of sketches on disk."""
    if connection.dialect.name == "postgresql":
        tables = "unnest(CAST(:names AS text[])) name"
        query = sa.text(f"SELECT sum(pg_total_relation_size(CAST(name AS regclass))) FROM {tables}")
        return int(connection.execute(query, {"names": list(INDEX)}).scalar_one())
    trees = sa.text("SELECT name FROM sqlite_master WHERE tbl_name = :table")
    pages = sa.text("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = :name AND aggregate = TRUE")
    names = [name for table in INDEX for name in connection.execute(trees, {"table": table}).scalars()]
    return sum(connection.execute(pages, {"name": name}).scalar_one() for name in names)
