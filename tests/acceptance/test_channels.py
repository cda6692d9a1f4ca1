"""What polls learn of channels: real commands against a real server whose feeds move, lie, overflow and die."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from tests.acceptance.site import Answer, Site
from tests.acceptance.test_crawl import Desk, desk, site, sqlite_desk

__all__ = ["desk", "site", "sqlite_desk"]

RSS = "application/rss+xml"


def row(desk: Desk, columns: str, url: str = "%") -> tuple[Any, ...]:
    ((*values,),) = desk.rows(f"SELECT {columns} FROM channels WHERE url LIKE '%{url}'")
    return tuple(values)


def hints_of(desk: Desk, url: str = "%") -> dict[str, Any]:
    (value,) = row(desk, "hints", url)
    known: Any = json.loads(value) if isinstance(value, str) else value
    return known or {}


def moment(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def rss(site: Site, names: list[str], head: str = "") -> str:
    items = "".join(f"<item><title>{name}</title><link>{site.base}/news/{name}</link></item>" for name in names)
    return f"<rss version='2.0' xmlns:atom='a'><channel><title>T</title>{head}{items}</channel></rss>"


def test_what_a_channel_asks_for_is_kept_and_heeded(desk: Desk, site: Site) -> None:
    site.feed(["one"])
    head = "<ttl>45</ttl><skipDays><day>Sunday</day></skipDays><atom:link rel='self' href='/own.xml'/>"
    headers = {"Cache-Control": "max-age=60", "Link": '<https://hub.example/>; rel="hub"'}
    site.pages["/feed.xml"] = Answer(body=rss(site, ["one"], head), headers=headers, kind=RSS)
    desk.crawl()
    hub = {"hub": "https://hub.example/", "topic": f"{site.base}/own.xml"}
    assert hints_of(desk) == {"ttl": 2700, "skip_days": [6], "fresh": 60} | hub
    due, polled, whole = map(moment, row(desk, "next_due, last_polled, last_whole"))
    assert timedelta(minutes=45) <= due - polled <= timedelta(days=1) and whole == polled
    site.pages["/feed.xml"] = Answer(body=rss(site, ["one"], head), headers={"Cache-Control": "max-age=3000"}, kind=RSS)
    desk.crawl()
    assert [seen.status for seen in site.log if seen.path == "/feed.xml"] == [200, 304]
    assert hints_of(desk) == {"ttl": 2700, "skip_days": [6], "fresh": 3000} | hub, "a 304 is the newer word"
    again, polled, before = map(moment, row(desk, "next_due, last_polled, last_whole"))
    assert again - polled >= timedelta(minutes=50) and before == whole
