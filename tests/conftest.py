"""Fixtures: a real SQLite file and a real PostgreSQL database for the same tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from storage.schema import metadata
from storage.store import Store, open_store

SERVER = os.environ.get("NEWSDESK_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


def _server() -> sa.Engine:
    url = sa.make_url(SERVER).set(drivername="postgresql+psycopg")
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})


@contextmanager
def _fresh_database() -> Iterator[str]:
    """Make a PostgreSQL database and yield its URL. Skips when no server answers, except under CI."""
    engine = _server()
    name = f"newsdesk_test_{uuid4().hex[:12]}"
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except sa.exc.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL at {SERVER}: {error.orig}")
    try:
        yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of a fresh PostgreSQL database."""
    with _fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def shared_postgresql() -> Iterator[Store]:
    """A migrated PostgreSQL database for the whole session: making one a test takes a second each."""
    with _fresh_database() as url:
        opened = open_store(url)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'newsdesk.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy: making one takes a hundred times as long."""
    path = tmp_path_factory.mktemp("empty") / "newsdesk.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, migrated, empty database, once of each kind."""
    if request.param == "sqlite":
        made: Path = request.getfixturevalue("empty_sqlite")
        opened = open_store(f"sqlite:///{shutil.copy(made, tmp_path)}")
        yield opened
        opened.close()
        return
    shared: Store = request.getfixturevalue("shared_postgresql")
    yield shared
    with shared.begin() as connection:  # TRUNCATE would sync a file for every table
        connection.execute(sa.text("DELETE FROM articles_fts"))
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each worker begin with its share of the tests that wait for processes; last, they would keep one busy alone."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if "/acceptance/" in item.nodeid]
    rest = [item for item in items if "/acceptance/" not in item.nodeid]
    length = -(-len(rest) // workers)
    items[:] = [
        item
        for place in range(workers)
        for item in (*slow[place::workers], *rest[place * length : (place + 1) * length])
    ]
