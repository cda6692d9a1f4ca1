"""The database as the app has it: read-only, one view, timed, checked each time; a form's transaction may write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Any

import sqlalchemy as sa

from storage.engine import make_engine, sqlite_path
from storage.migrate import HEAD
from storage.web.problems import ProblemError

LOCKED_SECONDS = 3.0
"""How long is waited for a lock."""
PATIENT_SECONDS = 10.0
"""How long a form waits for one: a crawl's writer has it for a quarter of a second at a time."""
STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""
SOON = {"Retry-After": "5"}
_ONE_VIEW = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_VERSION = sa.text("SELECT version_num FROM alembic_version")
_TIMES_OUT, _NOT_AVAILABLE, _SHUTS_DOWN = "57014", "55P03", ("57P01", "57P02", "57P03")
_MAY_NOT_WRITE = ("42501", "25006")


class Database:
    """Transactions on one database."""

    def __init__(self, url: sa.URL, seconds: float) -> None:
        self._path = sqlite_path(url)
        self._seconds = seconds
        self._engine = make_engine(url, LOCKED_SECONDS)
        self._writing = make_engine(url, PATIENT_SECONDS).execution_options(write=True)
        self._lock = Lock()
        self._file: tuple[int, int] | None = None
        if self._path is not None:
            sa.event.listen(self._engine, "connect", _read_only)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection in a read-only transaction. Raises ProblemError when the database cannot be read now."""
        with self._transaction(self._engine, LOCKED_SECONDS, _ONE_VIEW) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Yield a connection in a transaction that writes, committed at the end. Raises ProblemError as `read` does."""
        with self._transaction(self._writing, PATIENT_SECONDS) as connection:
            yield connection

    @contextmanager
    def _transaction(self, engine: sa.Engine, patience: float, kind: str | None = None) -> Iterator[sa.Connection]:
        self._look_at_file()
        try:
            with engine.begin() as connection, self._limited(connection, patience, kind):
                _check_version(connection)
                yield connection
        except sa.exc.TimeoutError as error:
            raise ProblemError(503, "too many questions at once; ask again", headers=SOON) from error
        except sa.exc.DBAPIError as error:
            problem = diagnose(error, self._seconds)
            if problem is None:
                raise
            raise problem from error

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        self._writing.dispose()

    def _look_at_file(self) -> None:
        """See whether the file is there still; another one in its place is opened anew."""
        if self._path is None:
            return
        try:
            found = self._path.stat()
        except OSError:
            raise ProblemError(503, "the database's file is not where it was: put it back", headers=SOON) from None
        with self._lock:
            if self._file not in (None, (found.st_dev, found.st_ino)):
                self.close()
            self._file = (found.st_dev, found.st_ino)

    @contextmanager
    def _limited(self, connection: sa.Connection, patience: float, kind: str | None) -> Iterator[None]:
        if self._path is None:
            if kind is not None:
                connection.exec_driver_sql(kind)
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(self._seconds * 1000)}")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
            yield
            return
        raw: Any = connection.connection.dbapi_connection
        until = monotonic() + self._seconds
        raw.set_progress_handler(lambda: monotonic() > until, STEPS)
        try:
            yield
        finally:
            raw.set_progress_handler(None, 0)


def _read_only(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def _check_version(connection: sa.Connection) -> None:
    try:
        found = str(connection.execute(_VERSION).scalar())
    except sa.exc.DBAPIError as error:
        if isinstance(error, sa.exc.ProgrammingError) or "no such table" in str(error.orig):
            raise ProblemError(503, "this is no database of newsdesk any more", headers=SOON) from error
        raise
    if found != HEAD:
        order, what = ("newer", "an upgraded newsdesk serve") if found > HEAD else ("older", "newsdesk serve again")
        raise ProblemError(503, f"the database has schema {found}, {order} than this program's {HEAD}: start {what}")


def diagnose(error: sa.exc.DBAPIError, seconds: float) -> ProblemError | None:
    """Return what an error of the database means to who asked; None: it is a mistake of newsdesk's own."""
    cause: Any = error.orig
    state, text = getattr(cause, "sqlstate", None), str(cause).lower()
    if state == _TIMES_OUT or "interrupted" in text:
        return ProblemError(503, f"this took longer than {seconds:g} s; ask for less: a shorter time, fewer words",
                            title="The question takes too long")  # fmt: skip
    if state == _NOT_AVAILABLE or "is locked" in text or "is busy" in text:
        return ProblemError(503, "the database is locked; ask again in a few seconds", headers=SOON)
    if state in _MAY_NOT_WRITE or "readonly database" in text:
        return ProblemError(503, "newsdesk serve may not write to its database")
    if isinstance(error, sa.exc.OperationalError) and (
        error.connection_invalidated or state in _SHUTS_DOWN or (state is None and _is_unusable(text))
    ):
        return ProblemError(503, "the database does not answer; ask again later", headers=SOON)
    if _is_unusable(text):
        return ProblemError(503, "the database's file cannot be read; newsdesk's log tells why")
    return None


def _is_unusable(text: str) -> bool:
    signs = ("unable to open", "disk i/o", "malformed", "not a database", "readonly", "connection", "could not")
    return any(sign in text for sign in signs)
