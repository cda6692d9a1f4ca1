"""`newsdesk serve` as a real process: it answers, keeps others out, and stops when it is told to."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from storage.store import open_store
from tests import zygote
from tests.integration.storage.fixtures import put

TOKEN = "correct-horse-battery"


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Path:
    """A directory with a configuration, and a database with one article."""
    store = open_store(database_url)
    with store.begin() as connection:
        put(connection, "one")
    store.close()
    (tmp_path / "newsdesk.toml").write_text(f'database_url = "{database_url}"\nweb_port = 0\n', "utf-8")
    return tmp_path


def start(directory: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDESK_")}
    return zygote.start([sys.executable, "-m", "crawler", "serve", *arguments], cwd=directory, text=True, env=inherited | environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def refused(directory: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run it where it must not start; return its exit code and what it says."""
    process = start(directory, *arguments, **environment)
    said, error = process.communicate(timeout=60)
    assert said == "" and "Traceback" not in error
    return process.returncode, error


@contextmanager
def serving(directory: Path, *arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = start(directory, *arguments, **environment)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"newsdesk serves (http\S+)/ until", line)
        assert found, line + process.communicate()[1]
        yield process, found[1]
    finally:
        process.kill()
        process.communicate()


def test_it_serves_the_stored_articles_and_stops_on_sigterm(desk: Path) -> None:
    with serving(desk) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert httpx.get(f"{address}/healthz").text == "ok\n"
        assert [one["headline"] for one in httpx.get(f"{address}/api/v1/articles").json()["items"]] == [
            "Headline of one"
        ]
        found = httpx.get(f"{address}/api/v1/articles/by-url", params={"url": "https://www.a.example/one?utm_source=x"})
        assert found.json()["id"] == 1
        assert httpx.get(f"{address}/feed.rss").headers["content-type"].startswith("application/rss+xml")
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=30)
        assert (process.returncode, error) == (0, "")


def test_with_a_token_only_who_has_it_may_read(desk: Path) -> None:
    with serving(desk, "--host", "0.0.0.0", NEWSDESK_WEB_TOKEN=TOKEN) as (process, address):
        address = address.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{address}/api/v1/stats").status_code == 401
        assert (
            httpx.get(f"{address}/api/v1/stats", headers={"Authorization": f"Bearer {TOKEN}"}).json()["articles"] == 1
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.fixture
def sqlite_desk(tmp_path: Path) -> Path:
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    store.close()
    return tmp_path


def test_it_refuses_to_serve_others_without_a_token(sqlite_desk: Path) -> None:
    code, said = refused(sqlite_desk, "--host", "0.0.0.0")
    assert code == 2 and "0.0.0.0 can be reached from other machines: set a token" in said
    code, said = refused(sqlite_desk, NEWSDESK_WEB_TOKEN="hunter2")
    assert code == 2 and "at least 16 characters" in said and "hunter2" not in said
    code, said = refused(sqlite_desk, NEWSDESK_WEB_CORS="https://a.example/path")
    assert code == 2 and "NEWSDESK_WEB_CORS" in said and "is not an origin" in said


def test_what_keeps_it_from_starting_is_one_line(sqlite_desk: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused(sqlite_desk, "--port", str(port))
    assert code == 1 and f"127.0.0.1:{port} cannot be served at: Address already in use" in said
    code, said = refused(sqlite_desk, "--host", "nowhere.invalid", NEWSDESK_WEB_TOKEN=TOKEN)
    assert code == 1 and "nowhere.invalid:8787 cannot be served at" in said
    (sqlite_desk / "empty").mkdir()
    code, said = refused(sqlite_desk / "empty")
    assert code == 1 and "does not exist; crawl first" in said and not list((sqlite_desk / "empty").iterdir())
    with sqlite3.connect(sqlite_desk / "newsdesk.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, said = refused(sqlite_desk)
    assert code == 1 and "schema version 9999" in said
