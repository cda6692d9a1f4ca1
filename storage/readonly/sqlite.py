"""A statement on a SQLite file: opened for reading alone, with an authorizer that lets nothing else through."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from storage.errors import FailureError, UsageError
from storage.readonly.answers import CHUNK, Answer, Clock, check_statement, named, refused, too_long

WORDS = ("SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA")
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
LOOKS = {
    *("collation_list", "compile_options", "data_version", "database_list", "foreign_key_list", "freelist_count"),
    *("function_list", "index_info", "index_list", "index_xinfo", "integrity_check", "module_list", "page_count"),
    *("pragma_list", "quick_check", "table_info", "table_list", "table_xinfo"),
}
"""Pragmas that change nothing, with an argument or without."""
SETTINGS = {"application_id", "encoding", "journal_mode", "page_size", "user_version"}
"""Pragmas that change something when they have an argument."""
LONGEST_VALUE = 100_000_000
BUSY_SECONDS = 10
STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock."""


def open_file(path: Path) -> sqlite3.Connection:
    """Return a connection that can only read. Raises FailureError when the file cannot be used."""
    if not path.is_file():
        raise FailureError(f"database {path} does not exist; name another with NEWSDESK_DATABASE_URL")
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise FailureError(f"database {path} cannot be used: {error}") from None
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    return connection


@contextmanager
def ask_sqlite(path: Path, statement: str, seconds: float) -> Iterator[Answer]:
    """Yield the answer to one statement. Raises UsageError for what is refused, FailureError when it takes too long."""
    check_statement(statement, WORDS)
    clock = Clock(seconds)
    with closing(open_file(path)) as connection:
        connection.set_authorizer(_allowed)
        connection.set_progress_handler(clock.is_over, STEPS)
        try:
            with clock.running():
                cursor = connection.execute(statement)
            columns = named([column[0] for column in cursor.description or ()])
            yield Answer(columns, _rows(cursor, columns, clock))
        except sqlite3.Error as error:
            raise _clear(path, error, seconds) from None
        except sqlite3.Warning as error:  # Python 3.11 warns of a second statement in this way
            raise UsageError(f"write one statement at a time ({error})") from None


def _allowed(action: int, name: str | None, value: str | None, _database: str | None, _trigger: str | None) -> int:
    if action in READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if value == "load_extension" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        is_look = name in LOOKS or (name in SETTINGS and value is None)
        return sqlite3.SQLITE_OK if is_look else sqlite3.SQLITE_DENY
    # SQLite asks for this when it sets up a table of FTS5 or JSON to read it; no statement may update that table.
    sets_up = action == sqlite3.SQLITE_UPDATE and name == "sqlite_master"
    return sqlite3.SQLITE_OK if sets_up else sqlite3.SQLITE_DENY


def _rows(cursor: sqlite3.Cursor, columns: tuple[str, ...], clock: Clock) -> Iterator[dict[str, Any]]:
    while True:
        with clock.running():
            rows = cursor.fetchmany(CHUNK)
        if not rows:
            return
        for row in rows:
            yield dict(zip(columns, row, strict=True))


def _clear(path: Path, error: sqlite3.Error, seconds: float) -> Exception:
    """Return the line that a person can act on."""
    message = str(error)
    if "interrupted" in message:
        return too_long(seconds)
    if "not authorized" in message or "prohibited" in message or "readonly" in message:
        return UsageError(f"the statement is refused: nothing is written here, and no other file is read ({message})")
    if "one statement" in message:
        return UsageError("write one statement at a time")
    if isinstance(error, sqlite3.OperationalError) and ("locked" in message or "disk" in message):
        return FailureError(f"database {path} cannot be used: {message}")
    return refused(message)
