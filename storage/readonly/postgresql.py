"""A statement on PostgreSQL: one at a time, in a transaction that cannot write, with no more rights than to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import make_engine, unavailable
from storage.errors import FailureError, UsageError
from storage.readonly.answers import Answer, check_statement, named, refused

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
                with connection.cursor() as cursor:
                    rows = cursor.stream(statement)  # the extended protocol, which takes one statement
                    first = next(rows, None)
                    columns = named([column.name for column in cursor.description or ()])
                    yield Answer(columns, _rows(first, rows, columns))
            except psycopg.Error as error:
                raise _clear(url, error, seconds) from None
            finally:
                connection.rollback()
    except SQLAlchemyError as error:
        raise unavailable(url, error) from error
    finally:
        engine.dispose()


def _bind(connection: Any, seconds: float) -> None:
    """Begin a transaction that reads alone, for so long; a superuser lays down all rights but to read tables."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.execute(f"SET LOCAL statement_timeout = {max(int(seconds * 1000), 1)}")
    mighty = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if mighty and mighty[0] and connection.info.server_version >= 140000:
        connection.execute("SET LOCAL ROLE pg_read_all_data")


def _rows(first: Any, rest: Iterator[Any], columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if first is not None:
        yield dict(zip(columns, first, strict=True))
    yield from (dict(zip(columns, row, strict=True)) for row in rest)


def _clear(url: sa.URL, error: Any, seconds: float) -> Exception:
    """Return the line that a person can act on."""
    message = error.diag.message_primary or str(error)
    if error.sqlstate == "57014":
        return FailureError(f"the statement took longer than {seconds:g} seconds; --seconds allows more")
    if error.sqlstate in ("25006", "42501"):
        return UsageError(f"the statement is refused: nothing is written here ({message})")
    if "multiple commands" in message:
        return UsageError("write one statement at a time")
    if error.sqlstate is None or error.sqlstate[:2] in ("08", "53", "57", "58"):
        return unavailable(url, error)
    return refused(message)
