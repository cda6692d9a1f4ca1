"""Read feeds: RSS 0.9x, 1.0 and 2.0, Atom and JSON Feed. A broken feed yields what can be read of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from crawler.discovery.addresses import base_of
from crawler.discovery.advice import advised
from crawler.discovery.charset import decode
from crawler.discovery.entries import child_text, read_damaged, read_entry
from crawler.discovery.gathering import gather
from crawler.discovery.json_feeds import is_json, read_json_feed
from crawler.discovery.markup import Parsed, local, mend, parse, parse_piece, pieces
from crawler.discovery.moments import Moments
from crawler.discovery.titles import plain_title
from crawler.discovery.unpacking import unpack
from pipelines.language import code_of
from storage.types import ChannelKind, Found, FoundLink, Unreadable

MAX_BYTES = 10 * 1024 * 1024
MAX_ITEMS = 2_000

_ROOTS = ("rss", "rdf", "feed", "channel")
_ITEMS = ("item", "entry")
_OTHERS = {
    "html": "this is an HTML page, not a feed",
    "urlset": "this is a sitemap, not a feed",
    "sitemapindex": "this is a sitemap index, not a feed",
    "opml": "this is an OPML list of feeds, not a feed",
}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_feed(body: bytes, url: str) -> Found | Unreadable:
    """Return the links of a feed in document order. Pure; bounded by MAX_BYTES and MAX_ITEMS."""
    plain, problem = unpack(body, MAX_BYTES)
    text = decode(plain).lstrip("\ufeff \t\r\n\x00")
    if not text:
        return Unreadable(problem or "the document is empty")
    if is_json(text):
        return read_json_feed(text, url, MAX_ITEMS)
    mended = mend(text)
    parsed = parse(mended)
    name = local(parsed.root) if parsed is not None else ""
    if name in _OTHERS:
        return Unreadable(_OTHERS[name])
    found = _from_tree(parsed, url, problem) if parsed is not None and parsed.whole and name in _ROOTS else None
    found = found or _from_pieces(mended, parsed, url, problem)
    if found is not None:
        return found
    if parsed is not None and name in _ROOTS:
        empty = Found(ChannelKind.FEED, problem=problem or "the feed has no items")
        return advised(empty, next(_heads(parsed.root), parsed.root), url)
    return Unreadable(f"no feed: the document begins with {text[:40]!r}")


def _from_tree(parsed: Parsed, url: str, problem: str | None) -> Found | None:
    """Return what a feed without errors lists, None when it lists nothing."""
    items = [element for element in parsed.root.iter() if local(element) in _ITEMS]
    if not items:
        return None
    moments = Moments()
    looked_at = items[: 2 * MAX_ITEMS]
    links = [link for item in looked_at if (link := read_entry(item, url, moments)) is not None]
    return _found(parsed.root, links, len(looked_at), len(items) - len(looked_at), problem, url)


def _from_pieces(text: str, parsed: Parsed | None, url: str, problem: str | None) -> Found | None:
    """Return what a damaged feed lists, each item read by itself; None when it lists nothing."""
    moments = Moments()
    url = base_of(parsed.root, url) if parsed is not None else url
    found = pieces(text, "|".join(_ITEMS))
    looked_at = list(islice(found, 2 * MAX_ITEMS))
    if not looked_at:
        return None
    links = [link for one in looked_at if (link := read_damaged(one, parse_piece(one), url, moments)) is not None]
    said = problem or "not well-formed; its items were read one by one"
    root = parsed.root if parsed is not None else None
    return _found(root, links, len(looked_at), sum(1 for _ in found), said, url)


def _found(
    root: etree._Element | None, links: list[FoundLink], items: int, unread: int, problem: str | None, url: str
) -> Found:
    if len(links) < items and problem is None:
        problem = f"{items - len(links)} of {items} items have no usable link"
    if root is None:
        return gather(ChannelKind.FEED, links, MAX_ITEMS, unread=unread, problem=problem)
    head = next(_heads(root), root)
    title = child_text(head, "title")
    found = gather(
        ChannelKind.FEED,
        links,
        MAX_ITEMS,
        unread=unread,
        title=plain_title(title) if title else None,
        language=code_of(child_text(head, "language") or head.get(_LANG) or root.get(_LANG)),
        problem=problem,
    )
    return advised(found, head, url)


def _heads(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if local(element) in ("channel", "feed"))
