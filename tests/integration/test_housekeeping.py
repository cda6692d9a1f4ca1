"""The database is kept in shape beside those who use it; what is new is counted once."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawler import keeping
from crawler.keeping import Keep, chores
from crawler.sources import Source
from storage import housekeeping
from storage.crawls import record_attempt
from storage.errors import FailureError
from storage.frontier import ensure_link, record_links
from storage.hosts import back_off_host
from storage.housekeeping import tidy
from storage.measures import Place, Tally, measure, newest
from storage.schema import articles, attempts, channels, sites, sketches, sources
from storage.store import Store, open_store
from storage.types import Attempt, Outcome
from tests.integration.storage.fixtures import NOW, feed, link, put, stamp
from tests.integration.storage.telling import tell, text

DAY = timedelta(days=1)


def fill(store: Store, rows: int = 1500) -> None:
    with store.begin() as connection:
        values = [
            {"name": f"s{n}", "title": "x" * 500, "declared": True, "enabled": True, "first_seen": NOW}
            for n in range(rows)
        ]
        connection.execute(sa.insert(sources), values)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "newsdesk.db"


def test_a_large_log_is_cut_but_never_waits_for_a_reader(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{file}"
    store = open_store(url)
    fill(store)
    small = tidy(url)
    assert small.wal[0] == small.wal[1] > 0 and not small.was_read, "a small one is left alone"
    monkeypatch.setattr(housekeeping, "LARGE_WAL", 10_000)
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sources").fetchone()
        with store.begin() as connection:
            connection.execute(sa.update(sources).values(title="y"))
        began = time.monotonic()
        held = tidy(url)
        assert held.was_read and held.wal[1] > 10_000
        assert time.monotonic() - began < housekeeping.WAIT_SECONDS + 10, "not as long as it reads"
    done = tidy(url)
    assert not done.was_read and done.wal[1] == 0 < done.wal[0]
    with store.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'sources'")).scalar()
        assert connection.execute(sa.select(sources.c.title).distinct()).scalars().all() == ["y"]
    store.close()


def test_vacuum_gives_space_back(file: Path) -> None:
    store = open_store(f"sqlite:///{file}")
    fill(store, 5000)
    with store.begin() as connection:
        connection.execute(sa.delete(sources))
    done = tidy(f"sqlite:///{file}", vacuum=True)
    assert done.vacuumed is not None and done.vacuumed[1] < done.vacuumed[0] / 2 and done.wal[1] == 0
    store.close()


def test_a_server_is_asked_for_what_is_stale_alone(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    with store.begin() as connection:
        connection.execute(sa.text("ALTER TABLE sources SET (autovacuum_enabled = off)"))
    assert tidy(postgresql_url).analysed == ()
    fill(store)
    deadline = time.monotonic() + 30
    while not (found := tidy(postgresql_url).analysed):
        assert time.monotonic() < deadline, "the server does not count the changes"
        time.sleep(0.2)
    assert found == ("sources",)
    assert tidy(postgresql_url).analysed == ()
    assert len(tidy(postgresql_url, vacuum=True).analysed) > 20
    store.close()


def test_a_database_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "newsdesk.db").write_bytes(b"no database at all " * 100)
    with pytest.raises(FailureError, match=r"newsdesk\.db cannot be used: file is not a database"):
        tidy(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    with pytest.raises(FailureError, match="cannot be used"):
        tidy("postgresql://nobody@127.0.0.1:1/none")


def test_what_is_new_is_counted_once(store: Store) -> None:
    with store.begin() as connection:
        channel = feed(connection)
        put(connection, "old", published=stamp(NOW - DAY))
        record_attempt(connection, None, Attempt("u", Outcome.STORED, bytes=5), NOW)
    with store.read() as connection:
        begun = newest(connection)
        assert measure(connection, begun, NOW).tallies == ()
    with store.begin() as connection:
        record_links(connection, channel.id, channel.source_id, [link("one"), link("two")], NOW, budget=9)
        one = ensure_link(connection, link("one"), channel.source_id, NOW)
        for _ in range(2):
            record_attempt(connection, None, Attempt("u", Outcome.POLLED, bytes=70, new=1), NOW, channel_id=channel.id)
        record_attempt(connection, None, Attempt("u", Outcome.DROPPED, reason="empty", bytes=9), NOW, link_id=one.id)
        put(connection, "new", "Another text.", published=stamp(NOW - timedelta(minutes=3)))
        put(connection, "ahead", "A third text.", published=stamp(NOW + DAY))
        back_off_host(connection, "a.example", NOW + DAY, "http-503", NOW)
        connection.execute(sa.update(channels).values(next_due=NOW - DAY, enabled=True))
    with store.read() as connection:
        found = measure(connection, begun, NOW)
        assert sorted(found.tallies, key=lambda one: one.outcome) == [
            Tally(False, "dropped", "empty", 1, 9, 0),
            Tally(True, "polled", None, 2, 140, 2),
        ]
        assert sorted(found.delays) == [0.0, 180.0], "what is dated ahead was stored at once"
        assert (found.pending, found.resting, found.due) == (2, 1, 1)
        again = measure(connection, found.place, NOW)
        assert (again.tallies, again.delays) == ((), ()) and again.place == found.place != Place(0, 0)


def test_the_chores_are_what_was_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "ATTEMPTS_AT_ONCE", 1)
    keep = Keep(attempts=90 * DAY, sketches=45 * DAY)
    with store.begin() as connection:
        tell(connection, "paper", "old", text(1), now=NOW - 60 * DAY)
        tell(connection, "paper", "new", text(2), now=NOW)
        for days in (100, 99, 1):
            record_attempt(connection, None, Attempt("u", Outcome.STORED), NOW - days * DAY)

    def work(sources: list[Source], keep: Keep) -> list[str]:
        said = []
        with store.read() as connection:
            found = chores(connection, keep, sources, NOW)
        for chore in found:
            total = done = -1
            while total < 0 or chore.goes_on(done):
                with store.begin() as connection:
                    done = chore.batch(connection)
                total = max(total, 0) + done
            said += [chore.said(total)] if total else []
        return said

    assert work([], keep) == [
        "forgot 2 attempts of the log",
        "forgot the sketches of 1 text compared no more",
        f"forgot {_lines(1)} lines of paper.example seen once",
    ]
    assert work([Source("paper", "Paper", keep=61 * DAY)], keep) == []
    assert work([Source("paper", "Paper", keep=timedelta.max)], Keep(90 * DAY, 45 * DAY, 30 * DAY)) == []
    assert work([Source("paper", "Paper", keep=30 * DAY)], keep) == ["deleted 1 article of paper after 30 d"]
    with store.read() as connection:
        for table, left in ((articles, 1), (attempts, 1), (sketches, 1), (sites, 1)):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == left, table.name


def _lines(seed: int) -> int:
    return len(text(seed).split("\n\n"))
