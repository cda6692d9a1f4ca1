"""`newsdesk search` as a person runs it: a real process over a real file."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.schema import articles
from storage.store import open_store
from tests import zygote
from tests.integration.storage.fixtures import NOW, put, stamp


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a database of a few articles."""
    path = tmp_path_factory.mktemp("search")
    store = open_store(f"sqlite:///{path / 'newsdesk.db'}")
    with store.begin() as connection:
        for number in range(5):
            put(
                connection, f"n{number}", f"Election number {number}.", source="ab"[number % 2], language="en",
                section=("Politics", "Sport")[number % 2], tags=("Vote",) if number else (), published=stamp(NOW),
            )  # fmt: skip
    store.close()
    return path


def run(directory: Path, *words: str, database: str = "newsdesk.db") -> subprocess.CompletedProcess[str]:
    """Run the command in the directory."""
    command = [sys.executable, "-m", "crawler", "search", *words]
    environment = os.environ | {"NEWSDESK_DATABASE_URL": f"sqlite:///{directory / database}"}
    done = zygote.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_the_command_is_installed(directory: Path) -> None:
    command = [Path(sys.executable).parent / "newsdesk", "search", "election"]
    environment = os.environ | {"NEWSDESK_DATABASE_URL": "sqlite:///newsdesk.db"}
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "5 found" in done.stdout, done.stdout + done.stderr


def test_a_hit_has_the_address_that_readers_open(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    with store.begin() as connection:
        stored = put(connection, "amp/one", "Election.")
        own = sa.update(articles).where(articles.c.id == stored.article_id)
        connection.execute(own.values(canonical_url="https://a.example/one"))
    store.close()
    table = run(tmp_path, "election").stdout
    assert "https://a.example/one" in table and "/amp/one" not in table
    [told] = json.loads(run(tmp_path, "election", "--format", "json").stdout)
    assert (told["url"], told["canonical_url"]) == ("https://a.example/amp/one", "https://a.example/one")


def test_pages_and_counts_are_told(directory: Path) -> None:
    words = ("elections", "--tag", "vote", "--limit", "3", "--facets", "--format", "jsonl", "--sort", "date")
    first = run(directory, *words)
    assert "source: b 2, a 2" in first.stderr or "source: a 2, b 2" in first.stderr
    assert "section: Politics 2, Sport 2" in first.stderr
    cursor = re.findall(r"--after (\S+)", first.stderr)[0]
    second = run(directory, *words, "--after", cursor)
    urls = [json.loads(line)["url"][-2:] for line in (first.stdout + second.stdout).splitlines()]
    assert urls == ["n4", "n3", "n2", "n1"] and "--after" not in second.stderr
    table = run(
        directory, "--section", "POLITICS", "--kind", "article", "--access", "free", "--limit", "1", "--collapse"
    )
    assert "1 of 3 shown" in table.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sorce:a"], "did you mean source"),
        (["--after", "nonsense"], "the cursor is broken"),
        (["--access", "no"], "known are free"),
        (["x" * 10_001], "10,000 are the most"),
        (["--since", "soon"], "--since 'soon' is not a time"),
        (['"open'], "does not close"),
    ],
)
def test_wrong_use_is_one_clear_line(directory: Path, words: list[str], says: str) -> None:
    done = run(directory, *words)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1


def test_a_database_that_is_gone_damaged_or_newer_is_one_clear_line(directory: Path) -> None:
    (directory / "damaged.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    open_store(f"sqlite:///{directory / 'newer.db'}").close()
    with sqlite3.connect(directory / "newer.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for name, says in (
        ("moved.db", "does not exist"),
        ("damaged.db", "cannot be used"),
        ("newer.db", "upgrade newsdesk"),
    ):
        done = run(directory, "x", database=name)
        assert done.returncode == 1 and says in done.stderr and done.stderr.count("\n") == 1
    assert not (directory / "moved.db").exists()


def test_search_goes_on_while_somebody_writes(directory: Path) -> None:
    with sqlite3.connect(directory / "newsdesk.db", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert "5 found" in run(directory, "election").stdout
        writer.execute("ROLLBACK")
