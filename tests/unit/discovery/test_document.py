"""A document is read as what it is."""

from __future__ import annotations

import gzip
import json

import pytest

from crawler.discovery.document import read_document, sniff
from storage.types import ChannelKind, Found, Unreadable


def _gzip(body: bytes) -> bytes:
    """Compress without the time in the header: xdist wants the same test ids in each worker."""
    return gzip.compress(body, mtime=0)


URL = "https://x.org/list"
RSS = b"<?xml version='1.0'?><!-- made by <b>hand</b> --><rss><channel><item><link>https://x.org/a</link></item></channel></rss>"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://x.org/a"/></entry></feed>'
URLSET = b"<?xml version='1.0'?><urlset><url><loc>https://x.org/a</loc></url></urlset>"
INDEX = b"<sitemapindex><sitemap><loc>https://x.org/a</loc></sitemap></sitemapindex>"
JSON = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://x.org/a"}]}
).encode()
HTML = b'<!DOCTYPE html><html><body><h2><a href="/a">A headline of so many words</a></h2></body></html>'
TEXT = b"https://x.org/a\n"
FEED, SITEMAP, SECTION = ChannelKind


@pytest.mark.parametrize(
    ("body", "kind"),
    [(RSS, FEED), (ATOM, FEED), (JSON, FEED), (URLSET, SITEMAP), (INDEX, SITEMAP), (TEXT, SITEMAP), (HTML, SECTION),
     (_gzip(URLSET), SITEMAP), (_gzip(RSS), FEED), (b"\n\n" + RSS, FEED), (RSS.decode().encode("utf-16"), FEED)],
)  # fmt: skip
def test_the_kind_is_found_out(body: bytes, kind: ChannelKind) -> None:
    read = read_document(body, URL)
    assert isinstance(read, Found)
    assert (read.kind, [link.url for link in read.links], read.problem) == (kind, ["https://x.org/a"], None)
    assert sniff(body) is kind


def test_the_content_type_decides_only_when_the_bytes_do_not() -> None:
    assert read_document(RSS, URL, content_type="text/html").kind is FEED  # type: ignore[union-attr]
    assert sniff(b"<item><link>x</link></item>", "application/xml; charset=utf-8") is FEED
    assert sniff(b"<p>words</p>", "text/html") is SECTION


@pytest.mark.parametrize(
    ("body", "declared", "actual"),
    [(URLSET, FEED, SITEMAP), (RSS, SECTION, FEED), (URLSET, SECTION, SITEMAP), (ATOM, SITEMAP, FEED)],
)
def test_a_wrong_declaration_is_a_problem_not_a_loss(body: bytes, declared: ChannelKind, actual: ChannelKind) -> None:
    read = read_document(body, URL, declared)
    assert isinstance(read, Found)
    assert (read.kind, len(read.links)) == (actual, 1)
    assert read.problem == f"declared as a {declared.value}, it is a {actual.value}"


@pytest.mark.parametrize("kind", [FEED, SITEMAP])
def test_a_page_in_a_feeds_place_is_unreadable(kind: ChannelKind) -> None:
    read = read_document(HTML, URL, kind)
    assert isinstance(read, Unreadable)
    assert "HTML page" in read.reason


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", [None, *ChannelKind])
@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item " + b" ".join(b"a%d='1'" % n for n in range(50_000)) + b"><link>https://x.org/a</link></item></channel></rss>",
        b"<html><body><p " + b" ".join(b"a%d='1'" % n for n in range(50_000)) + b">x</p></body></html>",
        b"<rss><channel>" + b"<item/>" * 200_000 + b"</channel></rss>",
        b"<urlset>" + b"<url/>" * 200_000,
        b"<html><body>" + b"<p>" * 200_000,
        b"<rss>" + b"<item>" * 100_000,
        b"<rss><channel><item><title>" + b"<title>" * 100_000,
        b"<rss>" + b"<!--" * 200_000 + b"<item>",
        b'{"items": [' + b'{"a":' * 200_000,
        b"<rss><channel>" + b"<item><pubDate>25:61 of Foobar 2025</pubDate><link>/a</link></item>" * 2_000,
        b"<rss><channel><item><link>" + b"&amp;" * 500_000 + b"</link></item>",
        b"<!DOCTYPE x [" + b"<!ENTITY a 'b'>" * 100_000 + b"]><rss/>",
    ],
    ids=["attributes-rss", "attributes-html", "items", "urls", "elements", "open-items", "open-titles", "open-comments",
         "json-depth", "odd-dates", "ampersands", "entities"],
)  # fmt: skip
def test_hostile_documents_end_soon(body: bytes, kind: ChannelKind | None) -> None:
    assert isinstance(read_document(body, URL, kind), Found | Unreadable)
