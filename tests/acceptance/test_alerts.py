"""`newsdesk watch` as real processes: told once through kill -9, by daemons and by one-off crawls; each story once."""

from __future__ import annotations

import json
import random
import signal
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.delivery.webhook import key_of, sign
from tests.acceptance.desk import Desk, change, daemon, until
from tests.acceptance.site import Answer, Site, article
from tests.integration.test_health_states import Hook

SECRET = "whsec_c2VjcmV0"
KILLS = 3


@pytest.fixture
def desk(tmp_path: Path, database_url: str, site: Site) -> Desk:
    site.feed(["before"])
    desk = Desk(tmp_path, database_url, site)
    desk.environment["NEWSDESK_WEBHOOK_SECRET"] = SECRET
    desk.crawl()
    return desk


@pytest.fixture
def sqlite_desk(tmp_path: Path, site: Site) -> Desk:
    site.feed(["before"])
    desk = Desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site)
    desk.crawl()
    return desk


def told(hook: Hook) -> dict[str, set[str]]:
    """Return the ids of the messages that told each headline."""
    found = defaultdict(set)
    for headers, body in hook.got:
        for one in json.loads(body)["data"]["articles"]:
            found[one["headline"]].add(headers["webhook-id"])
    return dict(found)


def headlines(hook: Hook) -> list[list[str]]:
    return [[one["headline"] for one in json.loads(body)["data"]["articles"]] for _, body in hook.got]


def due(desk: Desk) -> None:
    """Let the times pass that channels and messages wait for."""
    change(desk, "UPDATE channels SET next_due = :now", now=datetime.now(UTC))
    if desk.rows("SELECT id FROM deliveries WHERE delivered_at IS NULL"):
        change(desk, "UPDATE deliveries SET next_try_at = :now WHERE delivered_at IS NULL", now=datetime.now(UTC))


def named(*names: str) -> list[str]:
    return [f"Harbour wall {name} to be repaired" for name in names]


@pytest.mark.timeout(200)
def test_a_daemon_that_is_killed_again_and_again_tells_each_article_once(desk: Desk, site: Site) -> None:
    chance, names = random.Random(3), ["before"]
    site.slow = 0.1
    with Hook(200) as hook:
        desk.newsdesk("watch", "add", "walls", "harbour", "--webhook", hook.url, "--per", "article")
        for turn in range(KILLS):
            names += [f"n{turn}x{number}" for number in range(8)]
            site.feed(names)
            due(desk)
            asked, got = len(site.paths()), len(hook.got)
            with daemon(desk):
                until(lambda asked=asked, got=got: len(site.paths()) > asked + 3 or len(hook.got) > got)  # type: ignore[misc]
                time.sleep(chance.random() * 6)
        due(desk)
        with daemon(desk) as process:
            until(lambda: len(told(hook)) == len(names) - 1)
            until(lambda: desk.rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL") == [(0,)])
            process.send_signal(signal.SIGTERM)
            log, _ = process.communicate(timeout=25)
    assert "Traceback" not in log, log
    assert told(hook).keys() == set(named(*names[1:])), "all but what was there before"
    assert [ids for ids in told(hook).values() if len(ids) > 1] == []
    [(matches,)] = desk.rows("SELECT count(*) FROM saved_matches WHERE state = 'told'")
    assert matches == len(names) - 1
    for headers, body in hook.got:
        id_, at = headers["webhook-id"], int(headers["webhook-timestamp"])
        assert headers["webhook-signature"] == sign(key_of(SECRET), id_, at, body)


def test_one_off_crawls_tell_and_a_reprint_is_told_once(desk: Desk, site: Site) -> None:
    with Hook(500, 200) as hook, Site("127.0.0.2") as other:
        desk.newsdesk("watch", "add", "walls", "harbour", "--webhook", hook.url)
        desk.newsdesk("watch", "add", "trains", "train", "--webhook", hook.url)
        site.feed(["before", "one"])
        desk.crawl()
        assert headlines(hook) == [named("one")]
        listed = desk.newsdesk("watch", "list", "--format", "json")
        assert [(one["name"], one["undelivered"], one["last_error"]) for one in json.loads(listed)] == [
            ("trains", 0, None), ("walls", 1, "it answered 500"),
        ]  # fmt: skip
        other.feed(["two"])
        other.pages["/news/two"] = Answer(body=article("one"))
        with (desk.directory / "sources.toml").open("a") as file:
            file.write(f'[second]\nfeeds = ["{other.base}/feed.xml"]\n')
        due(desk)
        desk.crawl()
        assert headlines(hook) == [named("one"), named("one")], "the same message once more, and no other"
        assert len(told(hook)[named("one")[0]]) == 1
    shown = json.loads(desk.newsdesk("watch", "show", "walls", "--format", "json"))
    assert [(one["source"], one["state"]) for one in shown] == [("second", "known"), ("harbour", "told")]


def test_a_correction_is_told_with_changes(sqlite_desk: Desk, site: Site) -> None:
    out = sqlite_desk.directory / "told"
    command = f"sh -c 'cat >> {out}; echo >> {out}'"
    sqlite_desk.newsdesk("watch", "add", "walls", "harbour", "--command", command, "--changes", "--since", "7d")
    site.pages["/news/before"] = Answer(body=article("before", extra="Correction: the council met on Monday."))
    site.feed(["before"], "<atom:updated xmlns:atom='a'>2026-01-01T12:00:00Z</atom:updated>")
    sqlite_desk.newsdesk("watch", "check")
    sqlite_desk.crawl()
    messages = [json.loads(one)["data"]["articles"] for one in out.read_text().splitlines()]
    assert [[(one["revision"], one["changed"]) for one in message] for message in messages] == [
        [(1, False)],
        [(2, True)],
    ]
