"""Read a document that lists links, whatever it turns out to be."""

from __future__ import annotations

from dataclasses import replace

from crawler.discovery.charset import decode
from crawler.discovery.feeds import read_feed
from crawler.discovery.sections import read_section
from crawler.discovery.sitemaps import GZIP, read_sitemap
from storage.types import ChannelKind, Found, Unreadable

_READERS = {
    ChannelKind.FEED: read_feed,
    ChannelKind.SITEMAP: read_sitemap,
    ChannelKind.SECTION: read_section,
}


def sniff(body: bytes, content_type: str = "") -> ChannelKind:
    """Return what kind of document the bytes are; the content type is only asked when they do not tell."""
    if body.startswith(GZIP):
        return ChannelKind.SITEMAP
    start = decode(body[:4096]).lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("{", "[")):
        return ChannelKind.FEED
    for mark, kind in (
        ("<urlset", ChannelKind.SITEMAP),
        ("<sitemapindex", ChannelKind.SITEMAP),
        ("<rss", ChannelKind.FEED),
        ("<rdf:rdf", ChannelKind.FEED),
        ("<feed", ChannelKind.FEED),
        ("<html", ChannelKind.SECTION),
        ("<!doctype html", ChannelKind.SECTION),
    ):
        if mark in start:
            return kind
    if start.startswith(("http://", "https://")):
        return ChannelKind.SITEMAP
    return ChannelKind.FEED if "xml" in content_type and "html" not in content_type else ChannelKind.SECTION


def read_document(body: bytes, url: str, kind: ChannelKind | None = None, content_type: str = "") -> Found | Unreadable:
    """Return the links of a document. A declared `kind` that does not fit is read as what it is, with a `problem`."""
    if kind is None:
        return _READERS[sniff(body, content_type)](body, url)
    found = _READERS[kind](body, url)
    actual = sniff(body, content_type)
    if actual is kind or (isinstance(found, Found) and found.links):
        return found
    if actual is ChannelKind.SECTION:
        return found  # a front page in a feed's place is an error page, not a list to follow
    other = _READERS[actual](body, url)
    if isinstance(other, Found) and other.links:
        return replace(other, problem=other.problem or f"declared as a {kind.value}, it is a {actual.value}")
    return found
