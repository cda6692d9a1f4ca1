"""`newsdesk backup` through the real command, on both databases, while another process writes to them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import backup
from storage.backup import back_up
from storage.errors import FailureError, UsageError
from storage.store import open_store
from tests import zygote

BATCH = 5
WRITER = """
import sys
from datetime import UTC, datetime
from itertools import count
from storage.schema import links, sources
from storage.store import open_store

store = open_store(sys.argv[1])
now = datetime.now(UTC)
for turn in count():
    with store.begin() as connection:
        source = connection.execute(
            sources.insert().values(name=f"s{turn}", title="t" * 2000, declared=False, enabled=True, first_seen=now)
        ).inserted_primary_key[0]
        connection.execute(links.insert(), [
            {"url": f"https://e.example/{turn}/{n}", "url_key": f"{turn}/{n}", "host": "e.example", "state": "pending",
             "source_id": source, "first_seen": now} for n in range(int(sys.argv[2]))])
    print(turn, flush=True)
"""
CONSISTENT = f"""
SELECT (SELECT count(*) FROM sources), (SELECT count(*) FROM links),
       (SELECT count(*) FROM links WHERE source_id NOT IN (SELECT id FROM sources)),
       (SELECT count(*) FROM (SELECT source_id FROM links GROUP BY source_id HAVING count(*) <> {BATCH}) AS half)
"""


@pytest.fixture
def written(database_url: str) -> str:
    """A database that is large enough for a copy to take a while."""
    store = open_store(database_url)
    filler = "INSERT INTO sites (site, reclean_since) VALUES (:site, NULL)"
    with store.begin() as connection:
        connection.execute(sa.text(filler), [{"site": f"{number}-{'x' * 1500}"} for number in range(4000)])
    store.close()
    return database_url


@contextmanager
def writing(url: str) -> Iterator[None]:
    """Let another process write until the end: a source with its links in each transaction."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(BATCH)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "0\n"
        try:
            yield
            assert process.poll() is None, "it wrote to the end"
        finally:
            process.kill()


def run(url: str, *arguments: str, code: int = 0, **environment: str) -> str:
    command = [sys.executable, "-m", "crawler", "backup", *arguments]
    done = zygote.run(
        command, env={**os.environ, "NEWSDESK_DATABASE_URL": url, **environment}, capture_output=True, text=True
    )
    said = done.stdout + done.stderr
    assert done.returncode == code and "Traceback" not in said, said
    return said


def sources_in(url: str) -> int:
    store = open_store(url)
    try:
        with store.read() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM sources")).scalar_one())
    finally:
        store.close()


def restored(url: str, file: Path) -> Iterator[str]:
    """Yield the URL of a database that was made of a backup, as the documentation says."""
    if url.startswith("sqlite"):
        copy = file.with_name("restored.db")
        shutil.copy(file, copy)
        yield f"sqlite:///{copy}"
        return
    name = f"{sa.make_url(url).database}_restored"
    server = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        there = sa.make_url(url).set(database=name).render_as_string(hide_password=False)
        subprocess.run(["pg_restore", "--exit-on-error", "--no-owner", f"--dbname={there}", file], check=True)
        yield there
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def test_a_backup_in_the_middle_of_writes_is_of_one_moment(written: str, tmp_path: Path) -> None:
    file = tmp_path / "copy.backup"
    with writing(written):
        before = sources_in(written)
        said = run(written, str(file))
        after = sources_in(written)
    assert after > before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name or "copy.backup-" in path.name] == []
    for there in restored(written, file):
        store = open_store(there)
        with store.read() as connection:
            sources, links, orphans, halves = connection.execute(sa.text(CONSISTENT)).one()
        store.close()
        assert before <= sources <= after and links == sources * BATCH and (orphans, halves) == (0, 0)
        assert f"{sources} sources, 0 articles, {links} links" in said
        assert f"{file}: {file.stat().st_size / 1e6:.1f} MB" in said


def test_writes_between_two_steps_of_a_copy_are_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'newsdesk.db'}"
    open_store(url).close()
    monkeypatch.setattr(backup, "PAGES", 1)
    with writing(url):
        deadline = time.monotonic() + 60
        for turn in range(1000):
            before = sources_in(url)
            made = back_up(url, tmp_path / "copy.db", overwrite=True)
            after = sources_in(url)
            with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
                sources, links, orphans, halves = copy.execute(CONSISTENT).fetchone()
            assert links == sources * BATCH == made.counts["links"] and (orphans, halves) == (0, 0)
            assert before <= sources <= after
            if sources < after and turn >= 3:
                return
            assert time.monotonic() < deadline
    pytest.fail("nothing was written during a copy")


def test_a_file_is_overwritten_only_when_asked_and_only_by_a_whole_backup(tmp_path: Path) -> None:
    database, file = tmp_path / "newsdesk.db", tmp_path / "copy.db"
    url = f"sqlite:///{database}"
    file.write_text("mine")
    assert "does not exist; there is nothing to back up" in run(url, str(tmp_path / "new.db"), code=1)
    assert not database.exists()
    open_store(url).close()
    assert "exists; --force overwrites it" in run(url, str(file), code=2)
    assert file.read_text() == "mine"
    run(url, str(file), "--force")
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    whole = file.read_bytes()
    damage(database)
    assert "is damaged" in run(url, str(file), "--force", code=1) or "malformed" in run(
        url, str(file), "--force", code=1
    )
    assert file.read_bytes() == whole and sorted(tmp_path.glob(".*")) == []


def damage(database: Path) -> None:
    """Overwrite a page in the middle, as a failing disk does."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root, size = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = 'articles'"
        ).fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * 64)


def test_targets_that_cannot_be_are_refused(tmp_path: Path) -> None:
    database = tmp_path / "newsdesk.db"
    url = f"sqlite:///{database}"
    open_store(url).close()
    (tmp_path / "other.db").symlink_to(database)
    for target, said in [
        (database, "is the database itself"),
        (tmp_path / "newsdesk.db-wal", "is the database itself"),
        (tmp_path / "other.db", "is the database itself"),
        (tmp_path, "is a directory"),
        (tmp_path / "none" / "copy.db", "its directory does not exist"),
    ]:
        with pytest.raises(UsageError, match=said):
            back_up(url, target, overwrite=True)


def test_pg_dump_gets_the_password_where_nobody_reads_it(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(postgresql_url).close()
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\necho "$PGPASSWORD" > {tmp_path}/password\n'
                       'echo "pg_dump: error: no way" >&2\nexit 1\n')  # fmt: skip
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    url = sa.make_url(postgresql_url).set(password="hush hush").render_as_string(hide_password=False)
    with pytest.raises(FailureError, match="pg_dump failed: no way"):
        back_up(url, tmp_path / "copy.dump")
    assert (tmp_path / "password").read_text() == "hush hush\n"
    arguments = (tmp_path / "arguments").read_text()
    assert (
        "hush" not in arguments and "--no-password" in arguments and f"dbname={sa.make_url(url).database}" in arguments
    )
    assert not (tmp_path / "copy.dump").exists() and sorted(tmp_path.glob(".*")) == []


def test_without_pg_dump_the_package_is_named(postgresql_url: str, tmp_path: Path) -> None:
    open_store(postgresql_url).close()
    assert "postgresql-client" in run(postgresql_url, str(tmp_path / "copy.dump"), code=1, PATH=str(tmp_path))
    assert list(tmp_path.iterdir()) == []
