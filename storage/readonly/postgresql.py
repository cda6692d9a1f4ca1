"""A statement on PostgreSQL: one at a time, in a transaction that cannot write, with no more rights than to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import make_engine, unavailable
from storage.errors import UsageError
from storage.readonly.answers import CHUNK, Answer, Clock, check_statement, first_word, named, refused, too_long

WORDS = ("SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN", "SHOW")


@contextmanager
def ask_postgresql(url: sa.URL, statement: str, seconds: float) -> Iterator[Answer]:
    """Yield the answer to one statement. Raises UsageError for what is refused, FailureError when it takes too long."""
    import psycopg

    check_statement(statement, WORDS)
    engine = make_engine(url)
    try:
        with closing(engine.raw_connection()) as raw:
            connection: Any = raw.driver_connection
            try:
                _bind(connection, seconds)
                clock = Clock(seconds)
                with clock.running():
                    cursor = _run(connection, statement)
                columns = named([column.name for column in cursor.description or ()])
                yield Answer(columns, _rows(cursor, columns, clock, seconds))
            finally:
                connection.rollback()
    except psycopg.Error as error:
        raise _clear(url, error, seconds) from None
    except SQLAlchemyError as error:
        raise unavailable(url, error) from error
    finally:
        engine.dispose()


def _bind(connection: Any, seconds: float) -> None:
    """Begin a transaction that reads alone, for so long; a superuser lays down all rights but to read tables."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.execute(f"SET LOCAL statement_timeout = {max(int(seconds * 1000), 1)}")
    connection.execute("SET LOCAL cursor_tuple_fraction = 1")
    mighty = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if mighty and mighty[0] and connection.info.server_version >= 140000:
        connection.execute("SET LOCAL ROLE pg_read_all_data")


def _run(connection: Any, statement: str) -> Any:
    """Return a cursor on the answer, which the server holds when it is one of rows of tables.

    Either way the statement goes by the extended protocol, which takes no more than one.
    """
    if first_word(statement) in ("EXPLAIN", "SHOW"):
        return connection.cursor().execute(statement, prepare=True)
    return connection.cursor(name="ask").execute(statement)


def _rows(cursor: Any, columns: tuple[str, ...], clock: Clock, seconds: float) -> Iterator[dict[str, Any]]:
    while True:
        with clock.running():
            rows = cursor.fetchmany(CHUNK)
        if not rows:
            return
        for row in rows:
            yield dict(zip(columns, row, strict=True))
        if clock.is_used_up:
            raise too_long(seconds)


def _clear(url: sa.URL, error: Any, seconds: float) -> Exception:
    """Return the line that a person can act on."""
    message = error.diag.message_primary or str(error)
    if error.sqlstate == "57014":
        return too_long(seconds)
    if error.sqlstate in ("25006", "42501"):
        return UsageError(f"the statement is refused: nothing is written here ({message})")
    if "multiple commands" in message:
        return UsageError("write one statement at a time")
    if error.sqlstate is None or error.sqlstate[:2] in ("08", "53", "57", "58"):
        return unavailable(url, error)
    return refused(message)
