"""A database that is locked, gone, another one, newer, older or too slow: a clear line, and nothing else harmed."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from storage.migrate import HEAD
from storage.store import Store, open_store
from storage.web import database
from storage.web.database import Database
from storage.web.problems import ProblemError
from tests.integration.storage.fixtures import put
from tests.integration.web.server import serving
from tests.integration.web.test_api_articles import API


def asked(client: httpx.Client, path: str = f"{API}/articles") -> httpx.Response:
    answer = client.get(path)
    assert "Traceback" not in answer.text and "/tmp" not in answer.text and "sqlalche" not in answer.text
    return answer


@pytest.fixture
def filled(database_url: str) -> Iterator[Store]:
    """A database of each kind with one article."""
    store = open_store(database_url)
    with store.begin() as connection:
        put(connection, "one")
    yield store
    store.close()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "newsdesk.db"
    store = open_store(f"sqlite:///{path}")
    with store.begin() as connection:
        put(connection, "one")
    store.close()
    return path


def test_a_locked_database_is_said_to_be_locked(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCKED_SECONDS", 0.2)
    with serving(filled) as client:
        if filled.dialect == "sqlite":
            filled.close()
            holder = sqlite3.connect(str(filled.url.database), isolation_level=None)
            holder.execute("PRAGMA journal_mode = DELETE")
            holder.execute("BEGIN EXCLUSIVE")
            answer = asked(client)
            holder.close()
        else:
            with filled.begin() as connection:
                connection.execute(sa.text("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE"))
                answer = asked(client)
        assert (
            answer.status_code == 503 and "locked" in answer.json()["detail"] and answer.headers["retry-after"] == "5"
        )
        assert asked(client).json()["total"] == 1


def test_a_file_that_was_moved_and_put_back(sqlite_file: Path) -> None:
    store = open_store(f"sqlite:///{sqlite_file}")
    with serving(store) as client:
        store.close()
        assert asked(client).json()["total"] == 1
        away = sqlite_file.with_name("away.db")
        sqlite_file.rename(away)
        gone = asked(client)
        assert gone.status_code == 503 and "not where it was" in gone.json()["detail"]
        assert not sqlite_file.exists(), "asking made a new, empty database"
        assert client.get("/healthz").status_code == 200
        away.rename(sqlite_file)
        assert asked(client).json()["total"] == 1


def test_another_file_in_its_place_is_read(sqlite_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    shutil.copy(sqlite_file, other)
    second = open_store(f"sqlite:///{other}")
    with second.begin() as connection:
        put(connection, "two")
    second.close()
    store = open_store(f"sqlite:///{sqlite_file}")
    with serving(store) as client:
        assert asked(client).json()["total"] == 1
        store.close()
        for ending in ("-wal", "-shm"):
            sqlite_file.with_name(sqlite_file.name + ending).unlink(missing_ok=True)
        other.replace(sqlite_file)
        assert asked(client).json()["total"] == 2


@pytest.mark.parametrize("content", [b"", b"this is no database at all, but a long enough text" * 100])
def test_a_file_that_is_no_database(sqlite_file: Path, content: bytes) -> None:
    store = open_store(f"sqlite:///{sqlite_file}")
    with serving(store) as client:
        store.close()
        sqlite_file.unlink()
        sqlite_file.write_bytes(content)
        answer = asked(client)
        assert answer.status_code == 503 and (
            "no database" in answer.json()["detail"] or "cannot be read" in answer.json()["detail"]
        )


def test_a_server_that_drops_the_database(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    name = store.url.database
    with serving(store) as client:
        assert asked(client).json()["total"] == 0
        server = sa.create_engine(store.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        end = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with server.connect() as connection:
            connection.execute(end, {"name": name})
            assert asked(client).json()["total"] == 0, "a connection that was lost is made anew"
            connection.execute(end, {"name": name})
            connection.execute(sa.text(f"ALTER DATABASE {name} RENAME TO {name}_away"))
            answer = asked(client)
            connection.execute(sa.text(f"ALTER DATABASE {name}_away RENAME TO {name}"))
        server.dispose()
        assert answer.status_code == 503 and "does not answer" in answer.json()["detail"] and name not in answer.text
        assert asked(client).json()["total"] == 0
    store.close()


@pytest.mark.parametrize(("version", "word"), [("9999", "newer"), ("0001", "older")])
def test_another_schema_is_told(filled: Store, version: str, word: str) -> None:
    with serving(filled) as client:
        with filled.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        answer = asked(client)
        assert answer.status_code == 503 and f"has schema {version}, {word} than" in answer.json()["detail"]
        with filled.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": HEAD})
        assert asked(client).status_code == 200


def test_a_question_that_takes_too_long_is_broken_off(filled: Store) -> None:
    slow = {
        "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n LIMIT 1",
        "postgresql": "SELECT pg_sleep(60)",
    }[filled.dialect]
    reading = Database(filled.url, 0.3)
    begun = time.monotonic()
    with pytest.raises(ProblemError, match="took longer than 0.3 s") as raised, reading.read() as connection:
        connection.execute(sa.text(slow)).scalar()
    assert raised.value.problem.status == 503 and time.monotonic() - begun < 20
    with reading.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM articles")).scalar() == 1
    reading.close()


def test_nothing_can_be_written(filled: Store) -> None:
    reading = Database(filled.url, 5)
    with pytest.raises((ProblemError, sa.exc.DBAPIError)), reading.read() as connection:
        connection.execute(sa.text("DELETE FROM articles"))
    with reading.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM articles")).scalar() == 1
    reading.close()


def test_one_view_holds_through_a_transaction(filled: Store) -> None:
    reading = Database(filled.url, 5)
    count = sa.text("SELECT count(*) FROM articles")
    with reading.read() as connection:
        assert connection.execute(count).scalar() == 1
        with filled.begin() as writing:
            put(writing, "two")
        assert connection.execute(count).scalar() == 1
    reading.close()
