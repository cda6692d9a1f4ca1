"""What polls teach of a channel is kept in its row and times the next poll, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.rates import Rhythm, from_json
from tests.acceptance.desk import Desk
from tests.acceptance.site import Site


def rhythm_of(desk: Desk) -> Rhythm | None:
    ((value,),) = desk.rows("SELECT rhythm FROM channels")
    known: Any = json.loads(value) if isinstance(value, str) else value
    return from_json(known)


def dated(hours: float) -> str:
    return f"<pubDate>{datetime.now(UTC) - timedelta(hours=hours):%a, %d %b %Y %H:%M:%S} +0000</pubDate>"


def wait_of(desk: Desk) -> timedelta:
    ((due, polled),) = desk.rows("SELECT next_due, last_polled FROM channels")
    return _moment(due) - _moment(polled)


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


def test_polls_teach_a_rhythm(desk: Desk, site: Site) -> None:
    site.feed(["one", "two", "three"], dated(24))
    desk.crawl()
    first = rhythm_of(desk)
    assert first is not None and (first.polls, first.window) == (1, 3)
    assert 2 < first.entries < 4
    assert wait_of(desk) == timedelta(minutes=10), "one poll teaches no rhythm: something was new just now"
    site.feed(["one", "two", "three", "four"], dated(24))
    desk.crawl()
    second = rhythm_of(desk)
    assert second is not None and (second.polls, second.window) == (2, 4)
    assert second.entries > first.entries + 0.8
    desk.crawl()
    third = rhythm_of(desk)
    assert third is not None and (third.polls, third.window) == (3, 4)
    assert third.entries < second.entries
    assert timedelta(minutes=10) < wait_of(desk) <= timedelta(days=1), "the rhythm decides"


def test_a_larger_budget_polls_sooner(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one", "two", "three"], dated(48))
    waits = []
    for _ in range(2):
        sqlite_desk.crawl()
    for budget in ("4", "40"):
        sqlite_desk.crawl(NEWSDESK_POLLS_A_DAY=budget)
        waits.append(wait_of(sqlite_desk))
    assert waits[0] > 3 * waits[1]


def test_a_declared_interval_learns_no_rhythm(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one"])
    (sqlite_desk.directory / "sources.toml").write_text(f'[harbour]\nfeeds = ["{site.base}/feed.xml"]\nevery = "20m"\n')
    sqlite_desk.crawl()
    assert rhythm_of(sqlite_desk) is None
    assert wait_of(sqlite_desk) == timedelta(minutes=20)
