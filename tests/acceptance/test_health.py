"""`newsdesk health` and the daemon's watch as real processes: a template change, a wall, a feed that is gone, and who is told."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.columns import UtcDateTime
from storage.store import open_store
from tests.acceptance.desk import Desk, change, daemon, until
from tests.acceptance.site import Answer, Site
from tests.integration.test_health_states import Hook

EMPTY = "<!doctype html><html><head><title>Loading</title></head><body><div id='app'></div><script>boot()</script></body></html>"


def health(desk: Desk, code: int, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(desk.newsdesk("health", "--all", "--format", "json", *options, code=code))
    return found


def days_pass(desk: Desk, days: int) -> None:
    """Make all that has happened so far have happened so many days earlier."""
    store = open_store(desk.database_url)
    columns = ("attempts.at", "sources.first_seen", "channels.first_seen", "channels.last_polled", "channels.last_new",
               "articles.first_seen", "links.first_seen")  # fmt: skip
    with store.begin() as connection:
        for table, column in (name.split(".") for name in columns):
            key = sa.column("id")
            time = sa.column(column, UtcDateTime)
            own = sa.table(table, key, time)
            for row in connection.execute(sa.select(key, time).where(time.is_not(None))).all():
                earlier = row[1] - timedelta(days=days)
                connection.execute(sa.update(own).where(key == row[0]).values({column: earlier}))
    store.close()


def test_a_template_change_is_noticed_within_a_days_articles(desk: Desk, site: Site) -> None:
    names = [f"story{number}" for number in range(44)]
    site.feed(names[:34])
    desk.crawl()
    days_pass(desk, 5)
    assert "it is healthy" in desk.newsdesk("health", code=1), "though nothing has been polled since"
    site.feed(names)
    for name in names[34:]:
        site.pages[f"/news/{name}"] = Answer(body=EMPTY)
    change(desk, "UPDATE channels SET next_due = :now", now=datetime.now(UTC))
    desk.crawl()
    (row,) = health(desk, 1)
    assert row["state"] == "drifting"
    assert row["reason"] == f"0 of 10 pages (0 %) gave an article, usually 100 %, since {datetime.now(UTC):%Y-%m-%d}"
    assert row["yield"] == 0.773 and row["reasons"] == {"empty": 10}
    table = desk.newsdesk("health", code=1)
    assert "drifting" in table and "1 of 1 source need a look" in table and "no daemon" in table


def test_a_feed_that_refuses_is_blocked_one_that_is_gone_fails_and_both_recover(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one"])
    with Site("127.0.0.2") as other:
        other.feed(["two"])
        with (sqlite_desk.directory / "sources.toml").open("a") as file:
            file.write(f'[wall]\nfeeds = ["{other.base}/feed.xml"]\n')
        sqlite_desk.crawl()
        assert {row["source"]: row["state"] for row in health(sqlite_desk, 0)} == {
            "harbour": "healthy",
            "wall": "healthy",
        }
        kept = site.pages.pop("/feed.xml"), other.pages.pop("/feed.xml")
        other.pages["/feed.xml"] = Answer(403)
        for _ in range(3):
            sqlite_desk.crawl()
        found = health(sqlite_desk, 1)
        assert [(row["source"], row["state"]) for row in found] == [("wall", "blocked"), ("harbour", "failing")]
        assert found[0]["reason"] == f"{other.base}/feed.xml refused 3 times in a row: http-403"
        assert [row["source"] for row in health(sqlite_desk, 1, "harbour")] == ["harbour"]
        site.pages["/feed.xml"], other.pages["/feed.xml"] = kept
        sqlite_desk.crawl()
        health(sqlite_desk, 0)
    history = json.loads(sqlite_desk.newsdesk("health", "--changes", "--format", "json"))
    assert sorted((row["source"], row["before"], row["after"]) for row in history) == [
        ("harbour", "failing", "healthy"), ("harbour", "healthy", "failing"),
        ("wall", "blocked", "healthy"), ("wall", "healthy", "blocked"),
    ]  # fmt: skip


def test_a_daemon_tells_a_webhook_and_a_command_of_a_change_once(desk: Desk, site: Site) -> None:
    site.feed(["one"])
    with Hook(500, 200) as hook:
        desk.environment |= {
            "NEWSDESK_HEALTH_MINUTES": "0.05",
            "NEWSDESK_HEALTH_WEBHOOK": hook.url,
            "NEWSDESK_HEALTH_COMMAND": f"sh -c 'cat >> {desk.directory}/told'",
        }
        with daemon(desk) as process:
            until(lambda: _states(desk) == ["healthy"])
            assert "newsdesk runs on" in desk.newsdesk("health")
            change(desk, "UPDATE channels SET failures = 3, last_error = 'http-403'")
            until(lambda: _states(desk) == ["blocked"] and hook.got)
            change(desk, "UPDATE deliveries SET next_try_at = :now WHERE delivered_at IS NULL", now=datetime.now(UTC))
            until(lambda: desk.rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL") == [(0,)])
            process.send_signal(signal.SIGTERM)
            log, _ = process.communicate(timeout=25)
    assert hook.got[0][0]["webhook-id"] == hook.got[1][0]["webhook-id"]
    (told,) = json.loads(hook.got[1][1])["data"]["changes"]
    assert (told["source"], told["before"], told["after"]) == ("harbour", "healthy", "blocked")
    assert json.loads((desk.directory / "told").read_text())["data"]["changes"] == [told]
    assert log.count("harbour is blocked (was healthy)") == 1, log
    assert log.count("it answered 500") == 1, log


def _states(desk: Desk) -> list[object]:
    return [row[0] for row in desk.rows("SELECT state FROM source_health")]


def test_wrong_use_is_told(sqlite_desk: Desk, site: Site) -> None:
    assert "crawl first" in sqlite_desk.newsdesk("health", code=1)
    site.feed(["one"])
    sqlite_desk.crawl()
    assert "did you mean harbour?" in sqlite_desk.newsdesk("health", "harbor", code=2)


def test_newsdesk_that_is_not_at_work_is_an_alarm_itself(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one"])
    sqlite_desk.crawl()
    assert "all" not in sqlite_desk.newsdesk("health")
    days_pass(sqlite_desk, 2)
    assert "no channel has been polled for 2 d, and no daemon is running" in sqlite_desk.newsdesk("health", code=1)
