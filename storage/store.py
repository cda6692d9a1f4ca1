"""The door to the database: open it, migrate it, read and write in transactions."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.engine import make_engine, parse_url, sqlite_path, unavailable
from storage.errors import FailureError
from storage.migrate import migrate

if TYPE_CHECKING:
    from storage.reader import Filters
    from storage.search import Query
    from storage.types import Revision, StoredArticle


class Store:
    """An open, migrated database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(write=True)

    @property
    def dialect(self) -> str:
        """The database's kind: sqlite | postgresql."""
        return self._engine.dialect.name

    @property
    def url(self) -> sa.URL:
        """The database's URL, with its password."""
        return self._engine.url

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Yield a connection in a write transaction: committed at the end, rolled back on an exception."""
        with self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection in a read transaction: one consistent view."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Yield a connection for reading at length: all of its queries see one moment, and nothing can be written."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._engine.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(**options)
            with connection.begin():
                yield connection

    def articles(self, query: str | Query | None = None, **filters: Unpack[Filters]) -> Iterator[StoredArticle]:
        """Yield what matches a text or Query, in the order of ids, at constant memory. Raises UsageError.

        They are of one moment: the view is held until the iterator ends, or is closed.
        """
        from storage.reader import iter_articles

        return iter_articles(self, query, filters)

    def records(self, query: str | Query | None = None, **filters: Unpack[Filters]) -> Iterator[dict[str, Any]]:
        """Yield what matches as `articles` does, each as a dict of the fields of docs/exports.md: for data frames."""
        from storage.reader import iter_records

        return iter_records(self, query, filters)

    def revisions(self, article_id: int) -> list[Revision]:
        """Return the versions of an article in order; empty while it has never changed."""
        from storage.articles import read_revisions

        with self.read() as connection:
            return read_revisions(connection, article_id)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_store(database_url: str, *, create: bool = True) -> Store:
    """Open the database, creating and migrating it as needed.

    With create=False a missing SQLite file is an error, so that a query never leaves an empty database
    behind. Raises UsageError for a wrong URL, FailureError when the database cannot be used.
    """
    url = parse_url(database_url)
    path = sqlite_path(url)
    if path is not None:
        _check_file(path, create)
    engine = make_engine(url)
    try:
        if path is not None:
            _check_owner(path, engine)
            _set_wal(engine)
        migrate(engine)
    except (SQLAlchemyError, sqlite3.Error) as error:  # the latter from a file that is no database
        engine.dispose()
        raise unavailable(url, error) from error
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def _check_file(path: Path, create: bool) -> None:
    if path.is_dir():
        raise FailureError(f"database {path} is a directory; name a file")
    if path.exists():
        return
    if not create:
        raise FailureError(
            f"database {path} does not exist; crawl first (newsdesk crawl), or name another with NEWSDESK_DATABASE_URL"
        )
    if not path.absolute().parent.is_dir():
        raise FailureError(f"database {path}: its directory does not exist; create it first")


def _check_owner(path: Path, engine: sa.Engine) -> None:
    """Raise FailureError for a file with another program's tables: none are added to it."""
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
    if names and "alembic_version" not in names:
        raise FailureError(f"database {path} is another program's: it has the table {names[0]}, and none of newsdesk's")


def _set_wal(engine: sa.Engine) -> None:
    """Switch to WAL; SQLite's busy handler does not cover that switch, so try again for a while."""
    raw = engine.raw_connection()
    try:
        for turn in range(100):
            try:
                cursor = raw.cursor()
                cursor.execute("PRAGMA journal_mode = WAL")
                return
            except Exception as error:
                if "locked" not in str(error) or turn == 99:
                    raise OperationalError("PRAGMA journal_mode", None, error) from error
                time.sleep(0.05)
    finally:
        raw.close()
