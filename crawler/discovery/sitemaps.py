"""Read sitemaps: url sets, indexes, news sitemaps, plain text, gzip; one bad entry never loses the others."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree

from crawler.discovery.addresses import absolute
from crawler.discovery.charset import decode
from crawler.discovery.feeds import read_feed
from crawler.discovery.gathering import gather
from crawler.discovery.markup import is_whole, local, mend, parse_piece, pieces, prefix_of, text_of
from crawler.discovery.moments import Moments
from crawler.discovery.titles import plain_title
from crawler.discovery.unpacking import unpack
from pipelines.language import code_of
from storage.types import ChannelKind, Found, FoundLink, Unreadable

MAX_BYTES = 50 * 1024 * 1024
MAX_URLS = 50_000

_NAMES = ("url", "sitemap")
_OPENING = re.compile(r"<(?:\w{1,20}:)?(?:url|sitemap)(?=[\s>/])", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,30}:)?([\w.-]{1,40})")
_CHILD = re.compile(r"sitemap[^/?]*\.xml(?:\.gz)?$|\.xml\.gz$", re.IGNORECASE)
_NEWS = ("publication_date", "title", "language", "name")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a sitemap: its link, and what its news block says of the publication."""

    link: FoundLink
    language: str | None
    publication: str | None


def read_sitemap(body: bytes, url: str) -> Found | Unreadable:
    """Return the links of a sitemap in document order; its child sitemaps have kind "sitemap"."""
    plain, problem = unpack(body, MAX_BYTES)
    text = decode(plain).lstrip("\ufeff \t\r\n\x00")
    if not text:
        return Unreadable(problem or "the document is empty")
    if "<" not in text[:2000]:
        return _read_text(text, url, problem)
    text = mend(text)
    found = _ROOT.match(text)
    root = found.group(1).lower() if found else ""
    if root in ("rss", "feed", "rdf"):
        return _as_sitemap(read_feed(plain, url), problem)
    if root == "html":
        return Unreadable("this is an HTML page, not a sitemap")
    return _read_xml(text, url, root, problem)


def _as_sitemap(found: Found | Unreadable, problem: str | None) -> Found | Unreadable:
    if isinstance(found, Unreadable):
        return found
    return replace(found, kind=ChannelKind.SITEMAP, problem=problem or found.problem)


def _read_xml(text: str, url: str, root: str, problem: str | None) -> Found | Unreadable:
    total = sum(1 for _ in _OPENING.finditer(text))
    if total == 0:
        known = root in ("urlset", "sitemapindex")
        said = problem or "the sitemap is empty"
        return Found(ChannelKind.SITEMAP, problem=said) if known else Unreadable(f"no sitemap: its root is <{root}>")
    moments = Moments()
    entries, whole = _from_stream(text, url, moments)
    if not whole:
        entries = _from_pieces(text, url, moments)
        problem = problem or "not well-formed; its entries were read one by one"
    return _found(entries, url, total, problem)


def _from_stream(text: str, url: str, moments: Moments) -> tuple[list[_Entry], bool]:
    """Return the entries, without keeping the tree, and whether the parser met no error."""
    entries: list[_Entry] = []
    source = io.BytesIO(text.encode("utf-8", "replace"))
    events = etree.iterparse(source, recover=True, resolve_entities=False, no_network=True, encoding="utf-8")
    seen = 0
    try:
        for _, element in events:
            if local(element) not in _NAMES:
                continue
            entry = _entry(element, url, moments)
            entries.extend([entry] if entry is not None else [])
            seen += 1
            _forget(element)
            if seen >= MAX_URLS:
                break
    except etree.XMLSyntaxError:
        return [], False
    return entries, is_whole(events.error_log)


def _forget(element: etree._Element) -> None:
    """Free an entry that was read, and those before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _from_pieces(text: str, url: str, moments: Moments) -> list[_Entry]:
    """Return the entries of a damaged sitemap, each read by itself."""
    elements = (parse_piece(piece) for piece in islice(pieces(text, "|".join(_NAMES)), MAX_URLS))
    read = (_entry(element, url, moments) for element in elements if element is not None)
    return [entry for entry in read if entry is not None]


def _found(entries: list[_Entry], url: str, total: int, problem: str | None) -> Found:
    looked_at = min(total, MAX_URLS)
    if len(entries) < looked_at and problem is None:
        problem = f"{looked_at - len(entries)} of {looked_at} entries have no usable link"
    return gather(
        ChannelKind.SITEMAP,
        (entry.link for entry in entries if entry.link.url != url),
        MAX_URLS,
        unread=total - looked_at,
        title=next((entry.publication for entry in entries if entry.publication), None),
        language=next((entry.language for entry in entries if entry.language), None),
        problem=problem,
    )


def _entry(element: etree._Element, base: str, moments: Moments) -> _Entry | None:
    """Return an entry; None when it has no loc that is an http(s) URL."""
    told: dict[str, str] = {}
    for name, text in _fields(element):
        told.setdefault(name, text)
    url = absolute(base, told.get("loc", ""))
    if url is None:
        return None
    title, published = plain_title(told.get("title", "")), moments.read(told.get("publication_date"))
    kind = "sitemap" if local(element) == "sitemap" or _CHILD.search(url) else "article"
    link = FoundLink(url, title, published, moments.read(told.get("lastmod")), kind)
    return _Entry(link, code_of(told.get("language")), plain_title(told.get("name", "")))


def _fields(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield an entry's own fields and its news block's; images and videos have a loc and title of their own."""
    for child in element:
        name = local(child)
        if name in ("loc", "lastmod") and prefix_of(child) not in ("image", "video"):
            yield name, text_of(child)
        elif name == "news":
            yield from ((local(part), text_of(part)) for part in child.iter() if local(part) in _NEWS)


def _read_text(text: str, base: str, problem: str | None) -> Found | Unreadable:
    """Read a plain-text sitemap: a URL a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    urls = [
        url for line in lines[:MAX_URLS] if line.startswith(("http://", "https://")) and (url := absolute(base, line))
    ]
    if not urls:
        return Unreadable(problem or "neither XML nor a list of URLs")
    missing = min(len(lines), MAX_URLS) - len(urls)
    problem = problem or (f"{missing} of {len(lines)} lines are no URL" if missing else None)
    links = (FoundLink(url, kind="sitemap" if _CHILD.search(url) else "article") for url in urls)
    return gather(ChannelKind.SITEMAP, links, MAX_URLS, unread=max(0, len(lines) - MAX_URLS), problem=problem)
