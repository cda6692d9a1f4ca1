"""Whatever happens to a document on its way, discovery returns, and loses little."""

from __future__ import annotations

import gzip
import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery.document import read_document
from crawler.discovery.ordering import newest_first
from storage.types import ChannelKind, Found, FoundLink, Unreadable

URL = "https://news.example.org/list"
COUNT = 8
PAGES = [f"https://news.example.org/2025/11/{n + 10}/the-river-rises-for-day-{n}" for n in range(COUNT)]


def _rss() -> bytes:
    items = "".join(
        f"<item><title><![CDATA[Tag {n} – Fluß & Flut]]></title><link>{url}</link><description><![CDATA[<p>Text &nbsp;"
        f'<a href="{url}">it</a></p>]]></description><guid isPermaLink="false">id-{n}</guid>'
        f"<pubDate>Mon, {n + 10} Nov 2025 10:00:00 +0100</pubDate></item>\n"
        for n, url in enumerate(PAGES)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def _atom() -> bytes:
    entries = "".join(
        f'<entry><title type="html">Day {n} &amp;amp; after</title><link rel="alternate" href="{url}"/><id>tag:{n}</id>'
        f"<updated>2025-11-{n + 10}T10:00:00Z</updated></entry>\n"
        for n, url in enumerate(PAGES)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{entries}</feed>'.encode()


def _rdf() -> bytes:
    items = "".join(f'<item rdf:about="{url}"><title>Day</title><link>{url}</link></item>\n' for url in PAGES)
    return f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel/>{items}</rdf:RDF>'.encode()


def _json() -> bytes:
    items = [{"id": str(n), "url": url, "title": f"Tag {n} – Fluß"} for n, url in enumerate(PAGES)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}, ensure_ascii=False).encode()


def _urlset() -> bytes:
    inner = "".join(f"<url><loc>{url}</loc><lastmod>2025-11-{n + 10}</lastmod></url>\n" for n, url in enumerate(PAGES))
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'.encode()


def _section() -> bytes:
    inner = "".join(f'<h2><a href="{url}">The river rises for day {n}</a></h2>' for n, url in enumerate(PAGES))
    return f"<!doctype html><html><body><main>{inner}</main></body></html>".encode()


FEEDS = {"rss": _rss(), "atom": _atom(), "rdf": _rdf(), "json": _json()}
LISTS = FEEDS | {"urlset": _urlset()}
DOCUMENTS = LISTS | {
    "section": _section(),
    "gzip": gzip.compress(_urlset()),
    "utf-16": _rss().decode().encode("utf-16"),
}
KINDS = st.sampled_from([None, *ChannelKind])


def check(read: Found | Unreadable) -> None:
    """Hold what callers rely on, whatever was read."""
    if isinstance(read, Unreadable):
        assert read.reason
        return
    assert len({link.url for link in read.links}) == len(read.links)
    for link in read.links:
        assert urlsplit(link.url).scheme in ("http", "https")
        link.url.encode()
        (link.title or "").encode()
        assert all(at is None or at.utcoffset() is not None for at in (link.published, link.updated))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_whole_documents_give_all(name: str) -> None:
    read = read_document(DOCUMENTS[name], URL)
    assert isinstance(read, Found)
    assert [link.url for link in read.links] == PAGES
    assert read.problem is None


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=100, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), byte=st.binary(min_size=1, max_size=1))
def test_one_corrupted_byte_costs_one_item_at_most(name: str, place: float, byte: bytes) -> None:
    body = LISTS[name]
    at = int(place * len(body))
    kind = ChannelKind.FEED if name in FEEDS else ChannelKind.SITEMAP
    read = read_document(body[:at] + byte + body[at + 1 :], URL, kind)
    check(read)
    assert isinstance(read, Found)
    assert len({link.url for link in read.links} & set(PAGES)) >= COUNT - 1


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1))
def test_a_document_that_is_cut_off_gives_what_it_holds_and_nothing_else(name: str, place: float) -> None:
    body = LISTS[name]
    cut = body[: int(place * len(body))]
    read = read_document(cut, URL, ChannelKind.FEED if name in FEEDS else ChannelKind.SITEMAP)
    check(read)
    got = [link.url for link in read.links] if isinstance(read, Found) else []
    assert got == PAGES[: len(got)]
    ends = {"json": b"}", "urlset": b"</url>", "atom": b"</entry>"}.get(name, b"</item>")
    assert len(got) >= min(COUNT, cut.count(ends))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(DOCUMENTS)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=6)), max_size=6),
    kind=KINDS,
)
def test_mutated_documents_never_raise(
    name: str, cuts: list[tuple[float, int, bytes]], kind: ChannelKind | None
) -> None:
    body = DOCUMENTS[name]
    for place, length, put in cuts:
        at = int(place * len(body))
        body = body[:at] + put + body[at + length :]
    check(read_document(body, URL, kind))


MARKUP = st.lists(
    st.sampled_from(
        ["<", ">", "</", "/>", "<rss>", "<feed>", "<item>", "</item>", "<entry>", "<url>", "<loc>", "<link>", "</link>", "<link",
         ' href="', '"', "<a ", "<h2>", "<![CDATA[", "]]>", "<!--", "-->", "&", "&amp;", "&#0;", "&#xD800;", "\x00", "\ud7ff",
         "https://x.org/a", "javascript:x", "//", "{", "}", "[", '"items":', '"url":', ",", "\\ud800", "<!DOCTYPE", "encoding='idna'",
         "Mon, 10 Nov 2025", "+99:99", "<base href='http://['>", "<title>"]
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(parts=MARKUP, tail=st.binary(max_size=10), kind=KINDS)
def test_any_bytes_never_raise(parts: list[str], tail: bytes, kind: ChannelKind | None) -> None:
    check(read_document("".join(parts).encode() + tail, URL, kind))


LINKS = st.lists(
    st.builds(
        FoundLink,
        st.integers(0, 99).map(lambda n: f"https://x.org/sitemap-{n}.xml"),
        published=st.none() | st.datetimes(timezones=st.timezones()),
        updated=st.none() | st.datetimes(timezones=st.timezones()),
        kind=st.sampled_from(["article", "sitemap"]),
    )
)


@settings(max_examples=60, deadline=None)
@given(links=LINKS)
def test_order_loses_nothing_and_falls(links: list[FoundLink]) -> None:
    ordered = newest_first(links)
    assert sorted(map(repr, ordered)) == sorted(map(repr, links))
    dates = [link.updated or link.published for link in ordered]
    known = [at for at in dates if at is not None]
    assert dates[: len(known)] == known == sorted(known, reverse=True)
