"""Keep the database in shape: the write-ahead log short, the planner's statistics fresh, freed space given back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.engine import URL

from storage.engine import parse_url, sqlite_path, unavailable
from storage.schema import metadata

LARGE_WAL = 64 * 1024 * 1024
"""Bytes of a write-ahead log that is cut: a reader that took long has let it grow."""
WAIT_SECONDS = 1.0
"""Cutting it makes writers wait until those who read the old state have ended: no longer than that."""
SAMPLED = 1_000
"""Rows of an index that its statistics are taken from on SQLite, so that writers wait for milliseconds."""
STALE = 0.2
"""Of a PostgreSQL table's rows: with so many changes since its last ANALYZE, autovacuum (0.1) is off or behind."""
FEW = 1_000
_TABLES = (*sorted(metadata.tables), "articles_fts")


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was done: tables analysed, bytes of the write-ahead log before and after, and the file's when vacuumed.

    `longest` is how many seconds the longest statement took; on SQLite nobody writes meanwhile. `was_read` tells that
    the log could not be cut because somebody was reading.
    """

    analysed: tuple[str, ...] = ()
    wal: tuple[int, int] = (0, 0)
    was_read: bool = False
    vacuumed: tuple[int, int] | None = None
    longest: float = 0.0


def tidy(database_url: str, *, vacuum: bool = False) -> Tidied:
    """Analyse the tables and cut a large write-ahead log; with `vacuum` give freed space back, too.

    Raises FailureError when the database cannot be used. VACUUM of SQLite keeps writers waiting until it ends.
    """
    url = parse_url(database_url)
    path = sqlite_path(url)
    return _tidy_server(url, vacuum) if path is None else _tidy_file(url, path, vacuum)


class _Timed:
    """Runs statements and knows how long the longest took."""

    def __init__(self) -> None:
        self.longest = 0.0

    @contextmanager
    def one(self) -> Iterator[None]:
        began = monotonic()
        yield
        self.longest = max(self.longest, monotonic() - began)


def _tidy_file(url: URL, path: Path, vacuum: bool) -> Tidied:
    timed = _Timed()
    try:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA analysis_limit = {SAMPLED}")
            found = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            analysed = tuple(name for name in _TABLES if name in found and name != "articles_fts")
            for name in analysed:
                with timed.one():
                    connection.execute(f"ANALYZE {name}")
            sizes = (path.stat().st_size, 0)
            if vacuum:
                with timed.one():
                    connection.execute("VACUUM")
            wal, was_read = _cut_wal(connection, path, LARGE_WAL if not vacuum else 0)
            done = (sizes[0], path.stat().st_size) if vacuum else None
            return Tidied(analysed, wal, was_read, done, timed.longest)
    except sqlite3.Error as error:
        raise unavailable(url, error) from error


def _cut_wal(connection: sqlite3.Connection, path: Path, most: int) -> tuple[tuple[int, int], bool]:
    """Cut a write-ahead log that is larger than that; return its size before and after, and whether it was read."""
    before = _wal_size(path)
    if before <= most:
        return (before, before), False
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # the bulk of the work, beside writers
    connection.execute(f"PRAGMA busy_timeout = {round(WAIT_SECONDS * 1000)}")
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return (before, _wal_size(path)), bool(busy)


def _wal_size(path: Path) -> int:
    wal = path.with_name(f"{path.name}-wal")
    return wal.stat().st_size if wal.exists() else 0


def _tidy_server(url: URL, vacuum: bool) -> Tidied:
    timed = _Timed()
    engine = sa.create_engine(
        url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 10}
    )
    try:
        with engine.connect() as connection:
            size = sa.text("SELECT pg_database_size(current_database())")
            before = int(connection.execute(size).scalar_one())
            names = sorted(_TABLES) if vacuum else _stale(connection)
            for name in names:
                with timed.one():
                    connection.execute(sa.text(f"{'VACUUM (ANALYZE)' if vacuum else 'ANALYZE'} {name}"))
            done = (before, int(connection.execute(size).scalar_one())) if vacuum else None
            return Tidied(tuple(names), vacuumed=done, longest=timed.longest)
    except sa.exc.SQLAlchemyError as error:
        raise unavailable(url, error) from error


def _stale(connection: sa.Connection) -> list[str]:
    """Return the tables that have changed so much that autovacuum should have analysed them."""
    query = sa.text(
        "SELECT relname FROM pg_stat_user_tables WHERE schemaname = ANY(current_schemas(false)) "
        "AND relname = ANY(:tables) AND n_mod_since_analyze > :few + :stale * n_live_tup ORDER BY relname"
    )
    return list(connection.execute(query, {"tables": list(_TABLES), "few": FEW, "stale": STALE}).scalars())
