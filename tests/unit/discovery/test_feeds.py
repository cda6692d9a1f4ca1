"""Feeds of every format, whole and broken."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from crawler.discovery.feeds import MAX_ITEMS, read_feed
from storage.types import ChannelKind, Found, Unreadable


def _gzip(body: bytes) -> bytes:
    """Compress without the time in the header: xdist wants the same test ids in each worker."""
    return gzip.compress(body, mtime=0)


URL = "https://news.example.org/feed"
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def rss(*items: str, head: str = "") -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel>{head}{inner}</channel></rss>'.encode()


def atom(*entries: str, attributes: str = "") -> bytes:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{inner}</feed>'.encode()


def found(body: bytes, url: str = URL) -> Found:
    read = read_feed(body, url)
    assert isinstance(read, Found), read
    assert read.kind is ChannelKind.FEED
    return read


def urls(body: bytes, url: str = URL) -> list[str]:
    return [link.url for link in found(body, url).links]


ITEM = "<title>River rises</title><link>https://news.example.org/a</link>"


@pytest.mark.parametrize(
    "body",
    [
        rss(ITEM),
        f"<rss version='0.91'><channel><item>{ITEM}</item></channel></rss>".encode(),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            f'<channel><title>T</title></channel><item rdf:about="x">{ITEM}</item></rdf:RDF>'
        ).encode(),
        atom('<title>River rises</title><link href="https://news.example.org/a"/>'),
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>River rises</a:title>'
        b'<a:link href="https://news.example.org/a"/></a:entry></a:feed>',
        json.dumps({"version": "https://jsonfeed.org/version/1", "items": [
            {"id": "1", "url": "https://news.example.org/a", "title": "River rises"}]}).encode(),
        _gzip(rss(ITEM)),
    ],
    ids=["rss2", "rss091", "rdf", "atom", "atom-prefixed", "json", "gzip"],
)  # fmt: skip
def test_every_format(body: bytes) -> None:
    (link,) = found(body).links
    assert (link.url, link.title, link.kind) == ("https://news.example.org/a", "River rises", "article")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rss("<link>https://x.org/a</link><guid>https://x.org/b</guid>"), ["https://x.org/a"]),
        (rss("<guid>https://x.org/b</guid>"), ["https://x.org/b"]),
        (rss('<guid isPermaLink="false">https://x.org/b</guid>'), []),
        (rss("<guid>tag:1</guid>"), []),
        (rss("<title>no link</title>"), []),
        (rss("<link></link><title>empty link</title>"), []),
        (rss("<link>https://f.org/1</link><feedburner:origLink>https://x.org/a</feedburner:origLink>"),
         ["https://x.org/a"]),
        (rss('<atom:link rel="self" href="https://x.org/f"/><link>https://x.org/a</link>'), ["https://x.org/a"]),
        (rss("<media:content><media:title>t</media:title></media:content><link>https://x.org/a</link>"),
         ["https://x.org/a"]),
        (rss("<link/>https://x.org/a<title>t</title>"), ["https://x.org/a"]),
        (rss("<link><![CDATA[ https://x.org/a?b=1&c=2 ]]></link>"), ["https://x.org/a?b=1&c=2"]),
        (rss("<link>https://x.org/a?b=1&amp;c=2</link>"), ["https://x.org/a?b=1&c=2"]),
        (rss("<link>https://x.org/a?b=1&c=2</link>"), ["https://x.org/a?b=1&c=2"]),
        (rss("<link>https://x.org/a?b=1&amp;amp;c=2</link>"), ["https://x.org/a?b=1&c=2"]),
        (rss("<link>\n  https://x.org/a b\n</link>"), ["https://x.org/a%20b"]),
        (rss("<link>www.x.org/a</link>"), ["https://www.x.org/a"]),
        (rss("<link>/a</link>", "<link>//y.org/b</link>", "<link>c</link>"),
         ["https://news.example.org/a", "https://y.org/b", "https://news.example.org/c"]),
        (atom('<link rel="enclosure" href="https://x.org/s.mp3"/><link rel="replies" href="https://x.org/r"/>'
              '<link rel="alternate" href="https://x.org/a"/>'), ["https://x.org/a"]),
        (atom('<link rel="alternate" type="application/json" href="https://x.org/j"/>'
              '<link rel="alternate" type="text/html" href="https://x.org/a"/>'), ["https://x.org/a"]),
        (atom('<link rel="self" href="https://x.org/s"/><id>https://x.org/a</id>'), ["https://x.org/a"]),
        (atom('<link href="a"/>', attributes='xml:base="https://b.org/x/"'), ["https://b.org/x/a"]),
        (atom('<link xml:base="y/" href="a"/>', attributes='xml:base="https://b.org/x/"'), ["https://b.org/x/y/a"]),
    ],
)  # fmt: skip
def test_choice_of_link(body: bytes, expected: list[str]) -> None:
    assert urls(body) == expected


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://x.org/a", "http://", "https://[x/a"]
)
def test_only_http_links_and_the_others_stay(bad: str) -> None:
    body = rss(f"<link>{bad}</link>", "<link>https://x.org/a</link>")
    assert urls(body) == ["https://x.org/a"]
    assert found(body).problem == "1 of 2 items have no usable link"


def test_duplicates_are_merged_in_document_order() -> None:
    body = rss(
        "<link>https://x.org/b</link>", "<link>https://x.org/a</link>", "<link>https://x.org/b</link><title>T</title>"
    )
    assert urls(body) == ["https://x.org/b", "https://x.org/a"]
    assert found(body).links[0].title == "T"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("A&nbsp;B", "A B"),
        ("A &amp; B", "A & B"),
        ("AT&T wins", "AT&T wins"),
        ("AT&amp;amp;T", "AT&T"),
        ("5 &lt; 6 and 7 &gt; 6", "5 < 6 and 7 > 6"),
        ("<![CDATA[<b>Bold</b> claim]]>", "Bold claim"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("Raw <i>italic</i> words", "Raw italic words"),
        ("&lt;img src=x onerror=alert(1)&gt;Storm", "Storm"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Storm", "Storm"),
        ("&amp;lt;img src=x onerror=alert(1)&amp;gt;Storm", "Storm"),
        ("Bell&#7; rings&#x0;", "Bell rings"),
        ("The mayor&#8217;s &#146;no&#146;", "The mayor’s ’no’"),
        ("  two\n lines ", "two lines"),
        ("&unknown; stays", "&unknown; stays"),
        ("", None),
    ],
)
def test_titles_become_plain_text(raw: str, expected: str | None) -> None:
    (link,) = found(rss(f"<title>{raw}</title><link>https://x.org/a</link>")).links
    assert link.title == expected


def test_titles_of_modules_are_not_the_items() -> None:
    body = rss("<media:title>Photo</media:title><title>Story</title><link>https://x.org/a</link>")
    assert found(body).links[0].title == "Story"
    undeclared = b"<rss><channel><item><media:title>P</media:title><title>S</title><link>https://x.org/a</link></item></channel></rss>"
    assert found(undeclared).links[0].title == "S"


def test_dates_are_utc_and_kept_apart() -> None:
    entry = '<link href="https://x.org/a"/><published>2025-11-03T10:00:00+01:00</published><updated>2025-11-04T10:00:00Z</updated>'
    (link,) = found(atom(entry)).links
    assert link.published == datetime(2025, 11, 3, 9, tzinfo=UTC)
    assert link.updated == datetime(2025, 11, 4, 10, tzinfo=UTC)


def test_an_entry_that_only_tells_its_update_was_published_then() -> None:
    (link,) = found(atom('<link href="https://x.org/a"/><updated>2025-11-04T10:00:00Z</updated>')).links
    assert link.published == link.updated == datetime(2025, 11, 4, 10, tzinfo=UTC)


def test_dates_far_ahead_or_unreadable_are_none() -> None:
    ahead = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    body = rss(*(f"<link>https://x.org/{n}</link><pubDate>{raw}</pubDate>" for n, raw in enumerate((ahead, "soon"))))
    assert [link.published for link in found(body).links] == [None, None]


def test_what_the_feed_says_of_itself() -> None:
    head = "<title>The &lt;b&gt;Herald&lt;/b&gt;</title><image><title>Logo</title></image><language>en-GB</language><ttl>15</ttl>"
    read = found(rss(ITEM, head=head))
    assert (read.title, read.language, read.ttl_seconds, read.problem) == ("The Herald", "en", 900, None)
    period = "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    assert found(rss(ITEM, head=period)).ttl_seconds == 1800
    assert found(rss(ITEM, head=period.replace("2", "1"))).ttl_seconds is None, "WordPress says so in every feed"
    assert found(rss(ITEM, head="<sy:updatePeriod>daily</sy:updatePeriod>")).ttl_seconds == 86400
    assert found(rss(ITEM, head="<ttl>soon</ttl>")).ttl_seconds is None
    assert found(atom('<link href="https://x.org/a"/>', attributes='xml:lang="de"')).language == "de"


WHOLE = rss("<title>Grüße</title><link>https://x.org/a</link>", "<title>Zwei</title><link>https://x.org/b</link>")


@pytest.mark.parametrize(
    "body",
    [
        b"junk before\n" + WHOLE,
        b"\n\n  " + WHOLE,
        b"\xef\xbb\xbf" + WHOLE,
        WHOLE.decode().encode("utf-16"),
        WHOLE.decode().encode("utf-16-le"),
        WHOLE.replace(b'version="1.0"', b'version="1.0" encoding="iso-8859-1"', 1).decode().encode("latin-1"),
        WHOLE.replace(b'version="1.0"', b'version="1.0" encoding="utf-16"', 1),
        WHOLE.replace(b'version="1.0"', b'version="1.0" encoding="no-such"', 1),
        WHOLE.replace(b'version="1.0"', b'version="1.0" encoding="undefined"', 1).decode().encode("latin-1"),
        WHOLE.replace(b'version="1.0"', b'version="1.0" encoding="iso-8859-1"', 1),
        WHOLE.decode().encode("cp1252"),
        WHOLE.replace(b'<?xml version="1.0"?>', b""),
        WHOLE.replace(b'<?xml version="1.0"?>', b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e "x">]>'),
        WHOLE.removesuffix(b"</item></channel></rss>"),
        WHOLE.replace(b"<channel>", b"<channel>\x00\x0b\xff"),
        WHOLE.replace(b"<channel>", b"<channel><description>broken <br> & <p></description>"),
        WHOLE.replace(b"<rss", b"<rzz"),
    ],
)
def test_damage_never_loses_the_feed(body: bytes) -> None:
    assert [(link.url, link.title) for link in found(body).links] == [
        ("https://x.org/a", "Grüße"),
        ("https://x.org/b", "Zwei"),
    ]


def test_one_broken_item_costs_itself_alone() -> None:
    body = rss(*(f"<title>{n}</title><link>https://x.org/{n}</link>" for n in range(5)))
    broken = body.replace(b"<title>2</title>", b"<title><![CDATA[2</title>")
    assert {f"https://x.org/{n}" for n in (0, 1, 3, 4)} <= set(urls(broken))
    assert "not well-formed" in (found(broken).problem or "")


def test_an_address_that_is_cut_off_is_not_a_link() -> None:
    body = rss("<link>https://x.org/first</link>", "<link>https://x.org/second</link>")
    assert urls(body[: body.index(b"second") + 3]) == ["https://x.org/first"]


def test_broken_json_gives_its_whole_items() -> None:
    items = [
        {"id": str(n), "url": f"https://x.org/{n}", "authors": [{"name": "A", "url": "https://x.org/author"}]}
        for n in range(4)
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    assert urls(body.replace(b'"id": "1",', b'"id": "1" oops ')) == [f"https://x.org/{n}" for n in (0, 2, 3)]
    assert urls(body[:-60])[:3] == [f"https://x.org/{n}" for n in range(3)]


def test_json_feed_fields() -> None:
    feed = {"title": "T", "language": "fr-FR", "items": [
        {"id": "https://x.org/a", "title": "<b>A</b>", "date_published": "2025-11-03T10:00:00Z"},
        {"id": "2", "external_url": "https://y.org/b"}, {"id": "3", "url": "javascript:x"}, "no item"]}  # fmt: skip
    read = found(json.dumps(feed).encode())
    assert [(link.url, link.title) for link in read.links] == [("https://x.org/a", "A"), ("https://y.org/b", None)]
    assert (read.title, read.language) == ("T", "fr")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<!doctype html><html><body><a href='/x'>x</a></body></html>", "this is an HTML page, not a feed"),
        (b'<urlset><url><loc>https://x.org/a</loc></url></urlset>', "this is a sitemap, not a feed"),
        (b"<opml><body/></opml>", "OPML"),
        (b'{"error": 404}', "no JSON Feed"),
        (b'{"broken', "not valid JSON"),
        (b"{broken", "no feed"),
        (b"Not found", "no feed"),
        (b"\x1f\x8bbroken", "gzip"),
    ],
)  # fmt: skip
def test_what_is_no_feed_says_why(body: bytes, reason: str) -> None:
    read = read_feed(body, URL)
    assert isinstance(read, Unreadable)
    assert reason in read.reason
    assert "\n" not in read.reason


def test_an_empty_feed_is_a_feed() -> None:
    read = found(rss(head="<title>New</title>"))
    assert (read.links, read.problem) == ((), "the feed has no items")


def test_items_beyond_the_limit_are_counted() -> None:
    body = rss(*(f"<link>https://x.org/{n}</link>" for n in range(MAX_ITEMS + 30)))
    read = found(body)
    assert (len(read.links), read.truncated) == (MAX_ITEMS, 30)
    broken = found(body.replace(b"<channel>", b"<channel><br>"))
    assert (len(broken.links), broken.truncated) == (MAX_ITEMS, 30)
