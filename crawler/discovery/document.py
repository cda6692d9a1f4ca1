"""Read a document that lists links, whatever it turns out to be."""

from __future__ import annotations

from dataclasses import replace

from crawler.discovery.charset import decode
from crawler.discovery.feeds import read_feed
from crawler.discovery.json_feeds import is_json
from crawler.discovery.markup import root_of
from crawler.discovery.sections import read_section
from crawler.discovery.sitemaps import read_sitemap
from crawler.discovery.unpacking import unpack
from storage.types import ChannelKind, Found, Unreadable

_READERS = {
    ChannelKind.FEED: read_feed,
    ChannelKind.SITEMAP: read_sitemap,
    ChannelKind.SECTION: read_section,
}
_ROOTS = {
    "rss": ChannelKind.FEED,
    "rdf": ChannelKind.FEED,
    "feed": ChannelKind.FEED,
    "channel": ChannelKind.FEED,
    "opml": ChannelKind.FEED,
    "urlset": ChannelKind.SITEMAP,
    "sitemapindex": ChannelKind.SITEMAP,
    "html": ChannelKind.SECTION,
}
_START = 64 * 1024


def read_document(body: bytes, url: str, kind: ChannelKind | None = None, content_type: str = "") -> Found | Unreadable:
    """Return the links of a document. A declared `kind` that does not fit is read as what it is, with a `problem`.

    An HTML page in a feed's or sitemap's place is most often an error page, not a list to follow: it is unreadable.
    """
    actual = _kind_of(body)
    if kind is None:
        return _READERS[sniff(body, content_type)](body, url)
    if actual in (kind, None) or (actual is ChannelKind.SECTION and kind is not ChannelKind.SECTION):
        return _READERS[kind](body, url)
    assert actual is not None
    found = _READERS[actual](body, url)
    if isinstance(found, Unreadable):
        return found
    said = f"declared as a {kind.value}, it is a {actual.value}"
    return replace(found, problem=f"{said}; {found.problem}" if found.problem else said)


def sniff(body: bytes, content_type: str = "") -> ChannelKind:
    """Return what kind of document the bytes are; the content type is only asked when they do not tell."""
    return _kind_of(body) or _told(content_type)


def _kind_of(body: bytes) -> ChannelKind | None:
    """Return what kind of document the bytes are, None when they do not tell."""
    start = decode(unpack(body[:_START], _START)[0]).lstrip("\ufeff \t\r\n\x00")
    if is_json(start):
        return ChannelKind.FEED
    if start.startswith(("http://", "https://")):
        return ChannelKind.SITEMAP
    return _ROOTS.get(root_of(start))


def _told(content_type: str) -> ChannelKind:
    """Return the kind of a document of which only the content type is known."""
    told = content_type.lower()
    if "html" in told:
        return ChannelKind.SECTION
    return ChannelKind.FEED if "xml" in told or "json" in told else ChannelKind.SECTION
