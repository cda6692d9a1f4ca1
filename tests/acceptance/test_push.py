"""WebSub with real daemons, a real site and a real hub: subscribed, pushed, renewed, refused, and ended."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request

import pytest
import sqlalchemy as sa

from storage.schema import channels
from storage.store import open_store
from tests.acceptance.desk import Desk, change, daemon, until
from tests.acceptance.hub import Hub, call
from tests.acceptance.site import Answer, Site

ROW = "SELECT state, failures, last_error FROM push_subscriptions"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def publish(site: Site, hub: Hub, *names: str) -> str:
    """Serve a feed that names its hub; return its topic."""
    topic = f"{site.base}/feed.xml"
    site.feed(list(names))
    page = site.pages["/feed.xml"]
    assert isinstance(page, Answer) and isinstance(page.body, str)
    links = f"<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='hub' href='{hub.url}'/>"
    links += f"<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='self' href='{topic}'/>"
    body = page.body.replace("<title>T</title>", f"<title>T</title>{links}", 1)
    site.pages["/feed.xml"] = Answer(body=body, kind=page.kind)
    return topic


def pushed_desk(directory: Path, database_url: str, site: Site, hub: Hub, every: str = "6h") -> Desk:
    """Return a desk whose daemon has a callback address, and whose only feed has been polled once."""
    desk = Desk(directory, database_url, site)
    desk.environment["NEWSDESK_PUSH_PORT"] = port = str(free_port())
    desk.environment["NEWSDESK_PUSH_CALLBACK"] = f"http://127.0.0.1:{port}/push"
    (directory / "sources.toml").write_text(f'[harbour]\nfeeds = ["{site.base}/feed.xml"]\nevery = "{every}"\n')
    publish(site, hub, "one")
    desk.newsdesk("run", "--once")
    return desk


@pytest.fixture
def desk(tmp_path: Path, database_url: str, site: Site, hub: Hub) -> Desk:
    return pushed_desk(tmp_path, database_url, site, hub)


@pytest.fixture
def sqlite_desk(tmp_path: Path, site: Site, hub: Hub) -> Desk:
    return pushed_desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site, hub)


def long_ago(desk: Desk) -> None:
    """Let it seem that the feed was polled, with something new, an hour ago, and was pushed before."""
    change(desk, "UPDATE channels SET last_polled = :at, last_new = :at", at=datetime.now(UTC) - timedelta(hours=1))
    change(desk, "UPDATE push_subscriptions SET pushed_at = :at", at=datetime.now(UTC) - timedelta(hours=2))


def polls(site: Site) -> int:
    return len(site.paths("/feed.xml"))


def test_a_push_brings_what_is_new_at_once_also_after_a_kill(desk: Desk, site: Site, hub: Hub) -> None:
    topic = f"{site.base}/feed.xml"
    with daemon(desk):
        until(lambda: topic in hub.agreed)
        assert hub.modes() == ["subscribe"] and hub.forms[0]["hub.lease_seconds"] == "864000"
        assert desk.rows(ROW) == [("active", 0, None)]
        assert polls(site) == 1
        publish(site, hub, "one", "two")
        long_ago(desk)
        assert hub.push(topic, signature="sha256=" + "0" * 64) == 202, "a wrong signature is acknowledged"
        callback = hub.agreed[topic].callback
        assert hub.question(callback, "unsubscribe", topic, challenge="x")[0] == 404, "nobody asked for that"
        assert hub.question(callback, "subscribe", f"{topic}?other", challenge="x")[0] == 404
        unknown = callback[:-43] + "x" * 43
        assert hub.question(unknown, "subscribe", topic, challenge="x")[0] == 404
        assert call(Request(unknown, b"<rss/>"))[0] == 410
        time.sleep(1.5)
        assert polls(site) == 1 and desk.rows("SELECT pushes FROM push_subscriptions") == [(0,)], "it was ignored"
        for method in ("sha1", "sha512", "sha256"):
            assert hub.push(topic, method=method) == 202
        until(lambda: desk.rows("SELECT count(*) FROM articles") == [(2,)])
        assert polls(site) == 2, "a burst makes one poll"
        assert f"pushed by {hub.url.split('/')[2]}" in desk.newsdesk("schedule", "--format", "json")
    time.sleep(0.2)
    publish(site, hub, "one", "two", "three")
    with daemon(desk):
        until(lambda: _answers(hub, topic) == 202)
        long_ago(desk)
        assert hub.push(topic) == 202
        until(lambda: desk.rows("SELECT count(*) FROM articles") == [(3,)])
        assert hub.modes() == ["subscribe"], "the subscription outlived the kill"


def _answers(hub: Hub, topic: str) -> int:
    try:
        return hub.push(topic, signature="sha256=none")
    except OSError:
        return 0


def test_leases_are_renewed_and_ended(desk: Desk, site: Site, hub: Hub) -> None:
    topic = f"{site.base}/feed.xml"
    with daemon(desk):
        until(lambda: topic in hub.agreed)
        first = hub.agreed[topic]
        now = datetime.now(UTC)
        change(desk, "UPDATE push_subscriptions SET asked_at = :at", at=now - timedelta(days=8))
        change(desk, "UPDATE push_subscriptions SET lease_until = :at", at=now + timedelta(days=2))
        until(lambda: hub.modes() == ["subscribe", "subscribe"])
        until(lambda: desk.rows(ROW) == [("active", 0, None)])
        assert hub.agreed[topic] == first, "the same address and secret"
        source = (desk.directory / "sources.toml").read_text()
        (desk.directory / "sources.toml").write_text(source + "enabled = false\n")
        until(lambda: hub.modes()[2:] == ["unsubscribe"])
        until(lambda: desk.rows(ROW) == [])
        assert hub.agreed == {}


def test_a_moved_hub_is_left_and_a_refusal_is_kept(sqlite_desk: Desk, site: Site, hub: Hub) -> None:
    topic = f"{site.base}/feed.xml"
    with Hub() as second, daemon(sqlite_desk):
        until(lambda: topic in hub.agreed)
        second.refuses = True
        _hint(sqlite_desk, second.url, topic)
        until(lambda: hub.modes() == ["subscribe", "unsubscribe"])
        until(lambda: sqlite_desk.rows(ROW) == [("refused", 0, "refused: not from here")])
        assert second.modes() == ["subscribe"] and second.agreed == {}


def test_polling_goes_on_without_the_hub(tmp_path: Path, site: Site, hub: Hub) -> None:
    desk = pushed_desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site, hub, every="1m")
    hub.status = 500
    with daemon(desk):
        until(lambda: desk.rows(ROW) == [("asked", 1, "http-500: the hub is out of order")])
        publish(site, hub, "one", "two")
        change(desk, "UPDATE channels SET next_due = :at", at=datetime.now(UTC))
        until(lambda: desk.rows("SELECT count(*) FROM articles") == [(2,)])
        assert hub.modes() == ["subscribe"], "it is not asked again for a while"
        change(desk, "UPDATE push_subscriptions SET asked_at = :at", at=datetime.now(UTC) - timedelta(hours=1))
        hub.status = 202
        until(lambda: desk.rows(ROW) == [("active", 0, None)])
        callback = hub.forms[-1]["hub.callback"]
        assert call(Request(callback, b"=&" * 2_600_000))[0] == 413, "what is too large is read away"
        assert call(Request(callback, b"<rss/>", method="PUT"))[0] == 405
        assert call(Request(callback.rpartition("/")[0] + "/"))[0] == 404


def test_no_feed_makes_newsdesk_call_a_private_address(tmp_path: Path, site: Site) -> None:
    with Hub("127.0.0.2") as private:
        desk = pushed_desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site, private)
        desk.environment["NEWSDESK_ALLOW_NETWORKS"] = "127.0.0.1/32"
        with daemon(desk):
            until(lambda: "private-address" in str(desk.rows(ROW)))
            assert desk.rows("SELECT state, failures FROM push_subscriptions") == [("asked", 1)]
        assert private.forms == []


def test_what_a_start_looks_at(tmp_path: Path, site: Site, hub: Hub) -> None:
    desk = pushed_desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site, hub, every="auto")
    with daemon(desk):
        until(lambda: hub.agreed != {})
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", int(desk.environment["NEWSDESK_PUSH_PORT"])))
        busy.listen()
        last = desk.newsdesk("run", code=1).strip().splitlines()[-1]
        assert last.startswith("Error: ") and "Address already in use" in last and "push_port" in last
    now = datetime.now(UTC)
    change(desk, "UPDATE channels SET next_due = :at", at=now + timedelta(hours=6))
    change(desk, "UPDATE push_subscriptions SET pushes = 3, pushed_at = :at", at=now)
    assert "so polled less often" in desk.newsdesk("schedule", "--format", "json")
    before = polls(site)
    with daemon(desk):
        until(lambda: polls(site) > before)  # pushes may have come while no daemon ran
    desk.environment["NEWSDESK_PUSH_CALLBACK"] = ""
    with daemon(desk):
        until(lambda: desk.rows(ROW) == [("lapsed", 0, None)])


def _hint(desk: Desk, hub: str, topic: str) -> None:
    """Say what a document would have said of its hub."""
    store = open_store(desk.database_url)
    with store.begin() as connection:
        known = connection.execute(sa.select(channels.c.hints)).scalar() or {}
        connection.execute(sa.update(channels).values(hints=known | {"hub": hub, "topic": topic}))
    store.close()
