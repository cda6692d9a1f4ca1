"""What channels and their answers say of polling: read from documents and headers, remembered, forgotten."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.discovery.advice import next_page
from crawler.discovery.feeds import read_feed
from crawler.freshness import fresh_seconds, hub_of
from crawler.hints import ChannelHints, hints_from, hints_json, said_by_document, said_by_headers
from storage.types import Found

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DATE = "Mon, 02 Mar 2026 12:00:00 GMT"
URL = "https://herald.example/feed.xml"
ITEM = "<item><link>https://herald.example/a</link></item>"


def read(head: str) -> Found:
    found = read_feed(f"<rss version='2.0' xmlns:atom='a'><channel>{head}{ITEM}</channel></rss>".encode(), URL)
    assert isinstance(found, Found)
    return found


@pytest.mark.parametrize(
    ("control", "expires", "age", "date", "fresh"),
    [
        (None, None, None, None, 0),
        ("max-age=600", None, None, None, 600),
        ("public, Max-Age=600, must-revalidate", None, None, None, 600),
        ('max-age="600"', None, None, None, 600),
        ("max-age=600", None, "200", None, 400),
        ("max-age=600", None, "900", None, 0),
        ("max-age=600, max-age=5", None, None, None, 600),
        ("s-maxage=600", None, None, None, 0),
        ("no-cache, max-age=600", None, None, None, 0),
        ("max-age=600, no-store", None, None, None, 0),
        ("max-age=60", "Mon, 02 Mar 2026 13:00:00 GMT", None, DATE, 60),
        (None, "Mon, 02 Mar 2026 13:00:00 GMT", None, DATE, 3600),
        ("private", "Mon, 02 Mar 2026 13:00:00 GMT", "60", None, 3540),
        (None, "Mon, 02 Mar 2026 12:30:00 GMT", None, "Mon, 02 Mar 2026 12:20:00 GMT", 600),
        (None, "Mon, 02 Mar 2026 11:00:00 GMT", None, DATE, 0),
        (None, "0", None, DATE, 0),
        (None, "-1", None, None, 0),
        ("max-age=soon", "Mon, 02 Mar 2026 13:00:00 GMT", None, DATE, 0),
        ("max-age=-5", None, None, None, 0),
        ("max-age=99999999999999999", None, None, None, 31_536_000),
    ],
)
def test_how_long_an_answer_is_fresh(
    control: str | None, expires: str | None, age: str | None, date: str | None, fresh: int
) -> None:
    assert fresh_seconds(control, expires, age, date, NOW) == fresh


@pytest.mark.parametrize(
    ("headers", "hub", "topic"),
    [
        ([], None, None),
        (['<https://hub.example/>; rel="hub", </feed.xml>; rel=self'], "https://hub.example/", URL),
        (['</f>; rel="self"; title="a, b; c"', "<https://hub.example/>; REL=hub"], "https://hub.example/",
         "https://herald.example/f"),
        (['<https://a.example/>; rel="hub"', '<https://b.example/>; rel="hub"'], "https://a.example/", None),
        (['<https://hub.example/>; rel="preload hub"'], "https://hub.example/", None),
        (['<javascript:x>; rel="hub"', "nonsense", "<https://x.example/>; rel=preload"], None, None),
    ],
)  # fmt: skip
def test_hubs_in_link_headers(headers: list[str], hub: str | None, topic: str | None) -> None:
    assert hub_of(headers, URL) == (hub, topic)


def test_hours_and_days_to_skip() -> None:
    head = "<skipHours><hour>0</hour><hour>24</hour><hour> 7 </hour><hour>25</hour><hour>x</hour></skipHours>"
    found = read(head + "<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>")
    assert (found.skip_hours, found.skip_days) == ((0, 7), (5, 6))


def test_what_would_skip_everything_is_ignored() -> None:
    days = "".join(f"<day>{day}</day>" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    found = read(f"<skipHours>{hours}</skipHours><skipDays>{days}<day>Saturday</day><day>Sunday</day></skipDays>")
    assert (found.skip_hours, found.skip_days) == ((), ())


def test_hub_topic_and_older_entries_of_feeds() -> None:
    links = "<atom:link rel='self' href='/feed.xml'/><atom:link rel='hub' href='https://hub.example/'/>"
    found = read(links + "<atom:link rel='next' href='?page=2'/><atom:link rel='prev-archive' href='/old'/>")
    assert (found.hub, found.topic, found.older) == ("https://hub.example/", URL, f"{URL}?page=2")
    assert read("<atom:link rel='prev-archive' href='/old'/>").older == "https://herald.example/old"
    assert read("<generator>https://wordpress.org/?v=6.4</generator>").older == f"{URL}?paged=2"
    assert read("<generator>Something else</generator>").older is None
    empty = read_feed(
        b"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='hub' href='https://hub.example/'/></feed>", URL
    )
    assert isinstance(empty, Found) and empty.hub == "https://hub.example/", "a feed without entries has a hub too"


def test_hub_and_older_entries_of_a_json_feed() -> None:
    feed = {"items": [{"url": "https://herald.example/a"}], "feed_url": URL, "next_url": "/p2", "hubs": [
        "x", {"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": "https://hub.example/"}]}  # fmt: skip
    found = read_feed(json.dumps(feed).encode(), URL)
    assert isinstance(found, Found)
    assert (found.hub, found.topic, found.older) == ("https://hub.example/", URL, "https://herald.example/p2")


def test_pages_are_counted_on() -> None:
    assert next_page(f"{URL}?paged=2&cat=a%20b") == f"{URL}?paged=3&cat=a+b"
    assert next_page(f"{URL}?paged=x#top") == f"{URL}?paged=2"


def test_a_row_keeps_hints_and_leaves_out_what_is_empty() -> None:
    hints = ChannelHints(ttl=600, skip_hours=(1, 2), hub="https://hub.example/")
    assert hints_json(hints) == {"ttl": 600, "skip_hours": (1, 2), "hub": "https://hub.example/"}
    assert hints_from(json.loads(json.dumps(hints_json(hints)))) == hints
    assert hints_json(ChannelHints()) == {} and hints_from(None) == ChannelHints()
    assert hints_from({"ttl": 5, "of a later version": 1}) == ChannelHints(ttl=5)


def test_the_header_wins_and_a_newer_document_forgets() -> None:
    found = read("<ttl>10</ttl><atom:link rel='self' href='/own'/><atom:link rel='hub' href='https://own.example/'/>")
    told = said_by_document(ChannelHints(ttl=5, skip_hours=(1,)), found)
    assert (told.ttl, told.skip_hours, told.hub) == (600, (), "https://own.example/")
    kept = said_by_headers(told, None, None, None)
    assert (kept.hub, kept.topic, kept.fresh) == ("https://own.example/", "https://herald.example/own", None)
    header = said_by_headers(told, 60, "https://other.example/", None)
    assert (header.hub, header.topic, header.fresh) == ("https://other.example/", "https://herald.example/own", 60)
    without = said_by_document(kept, read("<atom:link rel='self' href='/own'/>"))
    assert said_by_headers(without, 0, None, None) == ChannelHints(fresh=0), "no hub, no topic"
