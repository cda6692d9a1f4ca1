"""Back up a database while others write to it: a copy of one moment, whole before it gets its name."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from storage.engine import BUSY_SECONDS, make_engine, parse_url, sqlite_path, unavailable
from storage.errors import FailureError, UsageError

PAGES = 4096
"""Pages of a SQLite file that are copied at a time; between two the copy can be interrupted."""
COUNTED = ("sources", "articles", "links", "revisions")


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: its size in bytes, and how many rows of each table it holds."""

    path: Path
    bytes: int
    counts: dict[str, int]


def back_up(database_url: str, target: Path, *, overwrite: bool = False) -> Backup:
    """Copy the database into a file that appears under its name only when it is whole; readable by its owner alone.

    Raises UsageError for a target that may not be written, FailureError when the copy cannot be made. The database is
    left as it is: a backup is what one makes before a newer newsdesk migrates it.
    """
    url = parse_url(database_url)
    path = sqlite_path(url)
    _check_target(target, path, overwrite)
    with _beside(target) as unfinished:
        counts = _copy_file(path, unfinished) if path is not None else _dump_server(url, unfinished)
        size = unfinished.stat().st_size
    return Backup(target, size, counts)


def _check_target(target: Path, database: Path | None, overwrite: bool) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a directory; name a file")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"{target}: its directory does not exist; create it first")
    if database is not None and target.resolve() in _own_files(database.resolve()):
        raise UsageError(f"{target} is the database itself; name another file")
    if target.exists() and not overwrite:
        raise UsageError(f"{target} exists; --force overwrites it")


def _own_files(database: Path) -> list[Path]:
    return [database.with_name(f"{database.name}{end}") for end in ("", "-wal", "-shm", "-journal", ".daemon.lock")]


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a new file in the same directory, which becomes the target at the end and is gone on an exception."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.absolute().parent)
        os.close(descriptor)
        unfinished = Path(name)
    except OSError as error:
        raise FailureError(f"{target} cannot be written: {error.strerror}") from error
    try:
        yield unfinished
        _sync(unfinished)
        unfinished.replace(target)
        _sync(target.absolute().parent)
    except OSError as error:
        raise FailureError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_file(database: Path, unfinished: Path) -> dict[str, int]:
    if not database.exists():
        raise FailureError(f"database {database} does not exist; there is nothing to back up")
    # Not by its name alone, which would make an empty file of one that has just gone.
    existing = f"{database.absolute().as_uri()}?mode=rw"
    try:
        with (
            closing(sqlite3.connect(existing, BUSY_SECONDS, isolation_level=None, uri=True)) as source,
            closing(sqlite3.connect(unfinished, isolation_level=None)) as copy,
        ):
            # A read transaction over the whole copy: all steps see the moment of the first, whoever writes meanwhile.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(copy, pages=PAGES)
            source.execute("ROLLBACK")
            # One file, without a write-ahead log beside it that could be left behind.
            copy.execute("PRAGMA journal_mode = DELETE")
            _check_copy(copy, database)
            return {name: copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED}
    except sqlite3.Error as error:
        raise FailureError(f"database {database} cannot be backed up: {error}") from error


def _check_copy(copy: sqlite3.Connection, database: Path) -> None:
    said = [row[0] for row in copy.execute("PRAGMA quick_check(1)")]
    if said != ["ok"]:
        raise FailureError(f"database {database} is damaged, and so would be its backup: {said[0]}")


def _dump_server(url: URL, unfinished: Path) -> dict[str, int]:
    if shutil.which("pg_dump") is None:
        raise FailureError(
            "pg_dump is not installed; it comes with PostgreSQL's client programs (package postgresql-client on "
            "Debian and Ubuntu, postgresql on Fedora), of the server's major version or a newer one"
        )
    engine = make_engine(url).execution_options(isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection, connection.begin():
            snapshot = connection.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one()
            counts = {name: _count(connection, name) for name in COUNTED}
            # The dump sees the moment of this transaction, so that the counts are its own.
            _dump(url, unfinished, snapshot)
    except sa.exc.SQLAlchemyError as error:
        raise unavailable(url, error) from error
    finally:
        engine.dispose()
    return counts


def _count(connection: sa.Connection, table: str) -> int:
    return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def _dump(url: URL, unfinished: Path, snapshot: str) -> None:
    """Run pg_dump. The password is in its environment: a command line is for everybody to read."""
    from psycopg.conninfo import make_conninfo

    told = url.translate_connect_args(username="user", database="dbname") | dict(url.query)
    told.pop("sslpassword", None)  # has no variable; a key that is locked with one cannot be used here
    password = told.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": str(password)} if password is not None else {})
    command = ["pg_dump", "--format=custom", "--no-password", f"--snapshot={snapshot}", f"--file={unfinished}"]
    dumping = [*command, f"--dbname={make_conninfo(**told)}"]
    done = subprocess.run(dumping, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise FailureError(f"pg_dump failed: {said[0].removeprefix('pg_dump: error: ')}")
