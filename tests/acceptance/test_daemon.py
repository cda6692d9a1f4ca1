"""`newsdesk run` as real processes: one daemon per database, and all that is due at once."""

from __future__ import annotations

import os
import signal
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.daemonlock import Holder, take_daemon_lock
from storage.errors import FailureError
from storage.store import open_store
from tests.acceptance.desk import Desk, change, daemon, until
from tests.acceptance.site import Answer, Site, article


@pytest.fixture
def desk(tmp_path: Path, database_url: str, site: Site) -> Desk:
    site.feed(["one", "two"])
    return Desk(tmp_path, database_url, site)


def test_a_second_daemon_says_who_has_the_database_and_a_killed_one_leaves_it(desk: Desk, site: Site) -> None:
    with daemon(desk) as first:
        until(lambda: len(site.paths()) == 2)
        said = desk.newsdesk("run", code=1)
        assert f"another newsdesk run has this database: on {socket.gethostname()}, PID {first.pid}, since 20" in said
        assert len(said.strip().splitlines()) == 1
        desk.crawl()
        assert first.poll() is None, "a one-off crawl goes on beside it"
        first.kill()
        first.wait(10)
        with daemon(desk) as second:
            assert second.stdout is not None
            begun = next(line for line in second.stdout if "PID " in line)
            assert f"PID {second.pid}" in begun, begun
            assert f"PID {second.pid}" in desk.newsdesk("run", code=1)
            second.send_signal(signal.SIGTERM)
            second.communicate(timeout=25)
        assert second.returncode == 0
    lock = take_daemon_lock(desk.database_url)
    assert not isinstance(lock, Holder), "a daemon that was stopped has given it back"
    lock.release()


def test_once_does_what_is_due_and_no_more(desk: Desk, site: Site) -> None:
    site.pages["/second.xml"] = Answer(
        body=f"<rss><channel><item><link>{site.base}/news/late</link></item></channel></rss>"
    )
    site.pages["/news/late"] = Answer(body=article("late"))
    with (desk.directory / "sources.toml").open("a") as file:
        file.write(f'every = "10s"\n[second]\nfeeds = ["{site.base}/second.xml"]\n')
    desk.newsdesk("run", "--once")
    assert sorted(site.paths()) == ["/news/late", "/news/one", "/news/two"]
    assert desk.rows("SELECT count(*) FROM articles") == [(3,)]
    assert desk.rows("SELECT kind, subject, state FROM crawls") == [("once", "all that is due", "finished")]
    change(desk, "UPDATE channels SET next_due = :later", later=datetime.now(UTC) + timedelta(hours=1))
    site.log.clear()
    desk.newsdesk("run", "--once")
    assert site.log == []
    change(desk, "UPDATE channels SET next_due = :now WHERE url LIKE '%second%'", now=datetime.now(UTC))
    desk.newsdesk("run", "--once")
    assert [seen.path for seen in site.log if seen.path != "/robots.txt"] == ["/second.xml"]
    site.log.clear()
    change(desk, "UPDATE channels SET next_due = :later", later=datetime.now(UTC) + timedelta(hours=1))
    change(desk, "UPDATE links SET recheck_at = :now WHERE url LIKE '%one'", now=datetime.now(UTC))
    desk.newsdesk("run", "--once")
    assert site.paths() == ["/news/one"] == [seen.path for seen in site.log if seen.path != "/robots.txt"]
    assert desk.rows("SELECT count(*) FROM links WHERE state <> 'done'") == [(0,)]


def test_once_reads_the_sitemaps_of_an_index_and_what_was_left_pending(desk: Desk, site: Site) -> None:
    index = f"<sitemapindex><sitemap><loc>{site.base}/child.xml</loc></sitemap></sitemapindex>"
    site.pages["/index.xml"] = Answer(body=index)
    site.pages["/child.xml"] = Answer(body=f"<urlset><url><loc>{site.base}/news/one</loc></url></urlset>")
    site.pages["/news/one"] = lambda n: Answer(503) if n == 0 else Answer(body=article("one"))
    (desk.directory / "sources.toml").write_text(f'[harbour]\nsitemaps = ["{site.base}/index.xml"]\n')
    desk.run("crawler", "run", "--once", NEWSDESK_PATIENCE="0")
    assert desk.rows("SELECT state FROM links") == [("pending",)]
    change(desk, "UPDATE links SET next_attempt_at = NULL")
    change(desk, "UPDATE hosts SET backoff_until = NULL")
    desk.newsdesk("run", "--once")
    assert desk.rows("SELECT state FROM links") == [("done",)]
    assert [seen.path for seen in site.log].count("/child.xml") == 1


def test_a_channel_that_another_crawl_has_polled_meanwhile_is_not_asked_again(desk: Desk, site: Site) -> None:
    def polled_by_another(_: int) -> Answer:
        change(desk, "UPDATE channels SET last_polled = :now WHERE url LIKE '%second%'", now=datetime.now(UTC))
        return Answer(body="<rss><channel><title>T</title></channel></rss>")

    site.pages["/feed.xml"] = polled_by_another
    with Site("127.0.0.2") as other, (desk.directory / "sources.toml").open("a") as file:
        file.write(f'[second]\nfeeds = ["{other.base}/second.xml"]\n')
        file.flush()
        other.pages["/second.xml"] = Answer(body="<rss><channel><title>T</title></channel></rss>")
        desk.newsdesk("run", "--once")
        now = datetime.now(UTC)
        change(desk, "UPDATE channels SET next_due = :at", at=now - timedelta(hours=1))
        change(desk, "UPDATE channels SET next_due = :at WHERE url LIKE '%feed%'", at=now - timedelta(hours=2))
        site.log.clear()
        other.log.clear()
        out = desk.run("crawler", "run", "--once", NEWSDESK_HOSTS="1")
        assert [seen.path for seen in site.log if seen.path != "/robots.txt"] == ["/feed.xml"], out
        assert other.paths("/second") == []


def test_once_goes_with_no_other_argument(desk: Desk) -> None:
    assert "leave out the other arguments" in desk.run(
        "scrapy", "crawl", "news", "-a", "once=1", "-a", "source=harbour", code=2
    )


def test_the_lock_is_one_per_database_and_free_after_release(database_url: str, tmp_path: Path) -> None:
    lock = take_daemon_lock(database_url)
    assert not isinstance(lock, Holder) and lock.is_held()
    other = take_daemon_lock(database_url)
    assert isinstance(other, Holder) and (other.host, other.pid) == (socket.gethostname(), os.getpid())
    assert other.since is not None and f"PID {os.getpid()}, since {other.since:%Y-%m-%d}" in str(other)
    elsewhere = take_daemon_lock(f"sqlite:///{tmp_path / 'other.db'}")
    assert not isinstance(elsewhere, Holder)
    elsewhere.release()
    lock.release()
    again = take_daemon_lock(database_url)
    assert not isinstance(again, Holder)
    again.release()


def test_another_name_of_the_file_is_the_same_database(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "newsdesk.db")
    lock = take_daemon_lock(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    assert not isinstance(lock, Holder)
    assert isinstance(take_daemon_lock(f"sqlite:///{tmp_path / 'link.db'}"), Holder)
    lock.release()


def test_a_lock_whose_connection_broke_is_taken_again_or_known_to_be_lost(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = take_daemon_lock(postgresql_url)
    assert not isinstance(lock, Holder)
    break_connections(postgresql_url)
    assert lock.is_held()
    assert isinstance(take_daemon_lock(postgresql_url), Holder), "it was taken again"
    break_connections(postgresql_url)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(socket, "gethostname", lambda: "elsewhere")
        other = take_daemon_lock(postgresql_url)
    assert not isinstance(other, Holder)
    assert not lock.is_held()
    other.release()
    until(lock.is_held, 5)
    lock.release()


def break_connections(url: str) -> None:
    """End the connections that hold the lock, as a restart of the server does, and wait until they are gone."""
    there = sa.text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE :name"
    )
    store = open_store(url)
    with store.begin() as connection:
        assert list(connection.execute(there, {"name": "newsdesk run %"}).scalars()) == [True]
    store.close()


def test_a_lock_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FailureError, match="cannot be opened: No such file"):
        take_daemon_lock(f"sqlite:///{tmp_path / 'nowhere' / 'newsdesk.db'}")
    with pytest.raises(FailureError, match="cannot be used"):
        take_daemon_lock("postgresql://nobody@127.0.0.1:1/none")
