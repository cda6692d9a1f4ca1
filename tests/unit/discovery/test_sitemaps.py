"""Sitemaps of every form, whole and broken."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from random import Random

import pytest

from crawler.discovery import sitemaps
from crawler.discovery.sitemaps import read_sitemap
from storage.types import ChannelKind, Found, Unreadable


def _gzip(body: bytes) -> bytes:
    """Compress without the time in the header: xdist wants the same test ids in each worker."""
    return gzip.compress(body, mtime=0)


URL = "https://x.org/sitemap.xml"
DEFAULT = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
MODULES = (
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(*locs: str, attributes: str = DEFAULT) -> bytes:
    inner = "".join(f"<url><loc>{loc}</loc></url>" for loc in locs)
    return f'<?xml version="1.0"?><urlset {attributes}>{inner}</urlset>'.encode()


def found(body: bytes, url: str = URL) -> Found:
    read = read_sitemap(body, url)
    assert isinstance(read, Found), read
    assert read.kind is ChannelKind.SITEMAP
    return read


def urls(body: bytes) -> list[str]:
    return [link.url for link in found(body).links]


TWO = ["https://x.org/b", "https://x.org/a"]


@pytest.mark.parametrize(
    "body",
    [
        urlset(*TWO),
        urlset(*TWO, attributes=""),
        urlset(*TWO, attributes='xmlns="https://wrong.example/ns"'),
        urlset(*TWO).replace(b"<url", b"<sm:url").replace(b"</url", b"</sm:url"),
        b"\xef\xbb\xbf\n" + urlset(*TWO),
        b"warning: something\n" + urlset(*TWO),
        urlset(*TWO).decode().encode("utf-16"),
        urlset("https://x.org/b", "/a"),
        urlset("<![CDATA[https://x.org/b]]>", "\n  https://x.org/a \n"),
        _gzip(urlset(*TWO)),
        _gzip(_gzip(urlset(*TWO))),
        b"https://x.org/b\r\nhttps://x.org/a\r\n",
        b"\xef\xbb\xbfhttps://x.org/b\nhttps://x.org/a",
        _gzip(b"https://x.org/b\nhttps://x.org/a\n"),
        urlset(*TWO, "https://x.org/b"),
    ],
)
def test_every_form_in_document_order(body: bytes) -> None:
    assert urls(body) == TWO


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "", "ftp://x.org/q", "http://", "https://[q/", "file:///q", "\x0b"]
)
def test_one_bad_entry_never_loses_the_others(bad: str) -> None:
    assert urls(urlset("https://x.org/b", bad, "https://x.org/a")) == TWO


def test_unescaped_ampersands() -> None:
    assert urls(urlset("https://x.org/?a=1&b=2")) == ["https://x.org/?a=1&b=2"]
    assert urls(urlset("https://x.org/?a=1&amp;b=2")) == ["https://x.org/?a=1&b=2"]


def test_an_index_lists_children_with_their_dates() -> None:
    body = (
        b"<sitemapindex><sitemap><loc>https://x.org/1.xml</loc><lastmod>2025-11-03T10:00:00+01:00</lastmod></sitemap>"
        b"<sitemap><loc>/2.xml.gz</loc></sitemap><sitemap><loc>https://x.org/sitemap.xml</loc></sitemap></sitemapindex>"
    )
    first, second = found(body).links  # and never itself
    assert (first.url, first.kind, first.updated) == (
        "https://x.org/1.xml",
        "sitemap",
        datetime(2025, 11, 3, 9, tzinfo=UTC),
    )
    assert (second.url, second.kind, second.updated) == ("https://x.org/2.xml.gz", "sitemap", None)


def test_a_sitemap_among_urls_is_a_child() -> None:
    links = found(urlset("https://x.org/sitemap-news.xml", "https://x.org/a")).links
    assert [link.kind for link in links] == ["sitemap", "article"]


NEWS = f"""<urlset {DEFAULT} {MODULES}><url><loc>https://x.org/a</loc><lastmod>2025-11-04</lastmod>
<news:news><news:publication><news:name>The Herald</news:name><news:language>pt-br</news:language></news:publication>
<news:publication_date>2025-11-03T10:00:00Z</news:publication_date><news:title>Rain &amp;amp; wind</news:title></news:news>
<image:image><image:loc>https://x.org/i.jpg</image:loc><image:title>Photo</image:title></image:image></url></urlset>"""


@pytest.mark.parametrize("body", [NEWS, NEWS.replace(MODULES, "")], ids=["declared", "undeclared prefixes"])
def test_news_and_images(body: str) -> None:
    read = found(body.encode())
    (link,) = read.links
    assert (link.url, link.title) == ("https://x.org/a", "Rain & wind")
    assert link.published == datetime(2025, 11, 3, 10, tzinfo=UTC)
    assert link.updated == datetime(2025, 11, 4, tzinfo=UTC)
    assert (read.language, read.title) == ("pt", "The Herald")


def test_an_image_before_the_page_is_not_the_page() -> None:
    body = urlset().replace(
        b"</urlset>",
        b"<url><image:image><image:loc>https://x.org/i.jpg</image:loc></image:image><loc>https://x.org/a</loc></url></urlset>",
    )
    assert urls(body) == ["https://x.org/a"]


def test_lastmod_is_no_publication_date() -> None:
    body = urlset().replace(
        b"</urlset>", b"<url><loc>https://x.org/a</loc><lastmod>2025-11-04</lastmod></url></urlset>"
    )
    assert found(body).links[0].published is None


def test_a_feed_as_sitemap() -> None:
    rss = b"<rss><channel><item><link>https://x.org/a</link></item></channel></rss>"
    assert urls(rss) == urls(_gzip(rss)) == ["https://x.org/a"]


def random_urls() -> list[str]:
    random = Random(7)
    return [f"https://x.org/{random.randrange(10**12)}-{n}" for n in range(3000)]


def test_gzip_that_is_cut_off_gives_what_it_holds() -> None:
    many = random_urls()
    packed = _gzip(urlset(*many))
    for damaged in (packed[: len(packed) // 2], packed[:-8]):
        read = found(damaged)
        assert len(read.links) > 1000
        assert [link.url for link in read.links] == many[: len(read.links)]
        assert "gzip" in (read.problem or "")


def test_gzip_that_is_broken_gives_no_nonsense() -> None:
    packed = _gzip(urlset(*random_urls()))
    read = read_sitemap(packed[:20000] + b"\0" * 30 + packed[20030:], URL)
    assert isinstance(read, Unreadable)
    assert "broken gzip data" in read.reason


def test_gzip_of_several_members() -> None:
    body = urlset(*TWO)
    assert urls(_gzip(body[:60]) + _gzip(body[60:])) == TWO


def test_a_bomb_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 1_000_000)
    body = _gzip(_gzip(urlset(*TWO) + b" " * 50_000_000))
    assert found(body).problem == "cut after 1000000 bytes"
    assert urls(body) == TWO


def test_entries_beyond_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_URLS", 50)
    many = [f"https://x.org/{n}" for n in range(60)]
    for body in (urlset(*many), urlset(*many).replace(b"<urlset", b"<urlset><br", 1), "\n".join(many).encode()):
        read = found(body)
        assert ([link.url for link in read.links], read.truncated) == (many[:50], 10)


def test_a_sitemap_that_is_cut_off_gives_no_half_address() -> None:
    body = urlset("https://x.org/first", "https://x.org/second")
    assert urls(body[: body.index(b"second") + 3]) == ["https://x.org/first"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<!doctype html><html><body>404</body></html>", "this is an HTML page, not a sitemap"),
        (b"<foo><bar/></foo>", "no sitemap"),
        (b"Not found", "neither XML nor a list of URLs"),
        (b"\x1f\x8b\x08broken", "gzip"),
    ],
)
def test_what_is_no_sitemap_says_why(body: bytes, reason: str) -> None:
    read = read_sitemap(body, URL)
    assert isinstance(read, Unreadable)
    assert reason in read.reason


def test_an_empty_sitemap_is_one() -> None:
    assert found(urlset()).links == ()
