"""Read feeds: RSS 0.9x, 1.0 and 2.0, Atom and JSON Feed. A broken feed yields what can be read of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from crawler.discovery.charset import decode
from crawler.discovery.markup import base_of, join, local, mend, parse
from crawler.discovery.moments import moment, utcnow
from pipelines.clean import clean_text
from pipelines.language import code_of
from storage.types import ChannelKind, Found, FoundLink, Unreadable

MAX_BYTES = 10 * 1024 * 1024
MAX_ITEMS = 2_000

_PUBLISHED = ("pubdate", "published", "date", "issued", "created", "publicationdate")
_UPDATED = ("updated", "modified", "lastmod", "datemodified")
_NO_PAGE = {
    "self",
    "enclosure",
    "replies",
    "edit",
    "hub",
    "next",
    "prev",
    "previous",
    "first",
    "last",
    "via",
    "related",
}
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_TITLE = re.compile(r"(<title\b[^<>]{0,200}>)(.{0,2000}?)(</title\s*>)", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"<(item|entry)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)


def read_feed(body: bytes, url: str) -> Found | Unreadable:
    """Return the links of a feed in document order. Pure; bounded by MAX_BYTES and MAX_ITEMS."""
    problem = f"cut after {MAX_BYTES} bytes" if len(body) > MAX_BYTES else None
    text = decode(body[:MAX_BYTES])
    stripped = text.lstrip("\ufeff \t\r\n")
    if not stripped:
        return Unreadable("the document is empty")
    if stripped.startswith(("{", "[")):
        return _read_json(stripped, url)
    return _read_xml(stripped, url, problem)


def _read_xml(text: str, url: str, problem: str | None) -> Found | Unreadable:
    now = utcnow()
    root = parse(mend(_TITLE.sub(_escaped_title, text)))
    name = local(root) if root is not None else ""
    if root is not None and name in ("rss", "rdf", "feed", "channel"):
        found = _from_tree(root, url, now, problem)
        if found.links or not _ITEM.search(text):
            return found
    rescued = _rescue(text, url, now)
    if rescued:
        return _found(rescued, problem or "not well-formed; its items were read one by one")
    parsed = _feedparser(text, url, now)
    if parsed:
        return _found(parsed, problem or "not well-formed; read leniently")
    if name == "html" or text[:2000].lower().lstrip().startswith(("<!doctype html", "<html")):
        return Unreadable("this is an HTML page, not a feed")
    if name in ("urlset", "sitemapindex"):
        return Unreadable("this is a sitemap, not a feed")
    if name in ("rss", "rdf", "feed", "channel"):
        return Found(ChannelKind.FEED, problem="the feed has no items")
    return Unreadable(f"no feed: the document begins with {text[:40]!r}")


def _escaped_title(found: re.Match[str]) -> str:
    """Escape markup that stands raw in a title, where it would swallow the rest of the item."""
    opening, inner, closing = found.groups()
    if "<" not in inner or "<![CDATA[" in inner:
        return found.group(0)
    return f"{opening}{inner.replace('<', '&lt;')}{closing}"


def _from_tree(root: etree._Element, url: str, now: datetime, problem: str | None) -> Found:
    head = next((child for child in root.iter() if local(child) in ("channel", "feed")), root)
    items = [element for element in root.iter() if local(element) in ("item", "entry")]
    links = [link for link in (_link(item, url, now) for item in items) if link is not None]
    missing = len(items) - len(links)
    said = problem or (f"{missing} of {len(items)} items have no usable link" if missing else None)
    return _found(
        links,
        said,
        title=_child_text(head, ("title",)),
        language=code_of(_child_text(head, ("language",)) or root.get("{http://www.w3.org/XML/1998/namespace}lang")),
        ttl=_ttl(head),
    )


def _found(
    links: Sequence[FoundLink],
    problem: str | None,
    *,
    title: str | None = None,
    language: str | None = None,
    ttl: int | None = None,
) -> Found:
    distinct = merge(links)
    return Found(
        ChannelKind.FEED,
        tuple(distinct[:MAX_ITEMS]),
        title=title,
        language=language,
        ttl_seconds=ttl,
        truncated=max(0, len(distinct) - MAX_ITEMS),
        problem=problem,
    )


def merge(links: Iterable[FoundLink]) -> list[FoundLink]:
    """Return the links, each URL once, where it stood first."""
    return list({link.url: link for link in reversed(list(links))}.values())[::-1]


def _link(item: etree._Element, base: str, now: datetime) -> FoundLink | None:
    url = _item_url(item, base_of(item, base))
    if url is None:
        return None
    dates = {
        local(child): (child.text or "").strip() for child in reversed(item) if local(child) in (*_PUBLISHED, *_UPDATED)
    }
    published = _first_moment(dates, _PUBLISHED, now)
    updated = _first_moment(dates, _UPDATED, now)
    return FoundLink(url, _child_text(item, ("title",)), published or updated, updated)


def _first_moment(dates: dict[str, str], names: tuple[str, ...], now: datetime) -> datetime | None:
    return next((at for name in names if (at := moment(dates.get(name), now)) is not None), None)


def _item_url(item: etree._Element, base: str) -> str | None:
    """Return the page of an item: the original behind a feed service, its alternate link, its permanent guid."""
    plain: list[str] = []
    guid = None
    for child in item:
        name = local(child)
        text = "".join(child.itertext()).strip() if name in ("link", "guid", "id", "origlink") else ""
        if name == "origlink" and text:
            plain.insert(0, text)
        elif name == "link":
            href, rel = child.get("href"), (child.get("rel") or "alternate").lower()
            if href and rel not in _NO_PAGE:
                plain.insert(0, href) if rel == "alternate" and not plain else plain.append(href)
            elif text:
                plain.append(text)
        elif name in ("guid", "id") and text.startswith(("http://", "https://")):
            guid = text if child.get("isPermaLink", "true").lower() != "false" else guid
    about = item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    candidates = [*plain, *([guid] if guid else []), *([about] if about else [])]
    return next((url for link in candidates if (url := join(base, link)) is not None), None)


def _child_text(element: etree._Element, names: tuple[str, ...]) -> str | None:
    for child in element:
        if local(child) in names and (child.prefix or "") not in ("media", "itunes"):
            text = clean_text("".join(child.itertext()))
            if text:
                return text
    return None


def _ttl(head: etree._Element) -> int | None:
    """Return the seconds between updates that the feed declares (ttl in minutes, or the syndication module)."""
    ttl = _child_text(head, ("ttl",))
    if ttl and ttl.isdigit():
        return min(int(ttl[:7]) * 60, 31536000) or None
    period = _PERIODS.get((_child_text(head, ("updateperiod",)) or "").lower())
    often = _child_text(head, ("updatefrequency",)) or "1"
    return period // max(1, int(often[:4])) if period and often.isdigit() else None


def _rescue(text: str, url: str, now: datetime) -> list[FoundLink]:
    """Read each item by itself: what breaks one does not reach the next."""
    names = 'xmlns:dc="dc" xmlns:content="c" xmlns:media="m" xmlns:atom="a" xmlns:feedburner="f" xmlns:rdf="r"'
    links: list[FoundLink] = []
    for number, found in enumerate(_ITEM.finditer(text)):
        if number > MAX_ITEMS:
            break
        root = parse(mend(f"<item {names}>{found.group(2)}</item>"))
        link = _link(root, url, now) if root is not None else None
        if link is not None:
            links.append(link)
    return links


def _feedparser(text: str, url: str, now: datetime) -> list[FoundLink]:
    """Read with feedparser, the most lenient of all (and the slowest: a last resort)."""
    if not re.search(r"<(?:\w+:)?(?:item|entry)\b", text, re.IGNORECASE):
        return []
    import feedparser

    try:
        entries = feedparser.parse(
            text.encode("utf-8", "replace"), sanitize_html=False, resolve_relative_uris=False
        ).entries
    except Exception:
        return []
    links = []
    for entry in entries[:MAX_ITEMS]:
        address = join(url, entry.get("feedburner_origlink") or entry.get("link") or entry.get("id") or "")
        if address is not None:
            published, updated = moment(entry.get("published"), now), moment(entry.get("updated"), now)
            links.append(FoundLink(address, clean_text(entry.get("title", "")) or None, published or updated, updated))
    return links


def _read_json(text: str, url: str) -> Found | Unreadable:
    """Read a JSON Feed (1.0, 1.1)."""
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        items = list(_json_items(text))
        if not items:
            return Unreadable(f"not valid JSON: {error}")
        return _found(_json_links(items, url), "not valid JSON; its items were read one by one")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Unreadable("this JSON is no JSON Feed: it has no items")
    links = _json_links(feed["items"], url)
    missing = len(feed["items"]) - len(links)
    return _found(
        links,
        f"{missing} of {len(feed['items'])} items have no usable link" if missing else None,
        title=clean_text(str(feed.get("title") or "")) or None,
        language=code_of(str(feed.get("language") or "")),
    )


def _json_items(text: str) -> Iterable[Any]:
    """Yield the objects in the items array of cut or broken JSON."""
    decoder = json.JSONDecoder(strict=False)
    start = text.find('"items"')
    at = text.find("{", start) if start >= 0 else -1
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        yield value
        at = text.find("{", end)


def _json_links(items: list[Any], base: str) -> list[FoundLink]:
    now = utcnow()
    links = []
    for item in items:
        if not isinstance(item, dict):
            continue
        told = _text(item.get("url")) or _text(item.get("external_url")) or _text(item.get("id"))
        url = join(base, told) if told else None
        if url is None or not told.startswith(("http", "/", ".")):
            continue
        published = moment(_text(item.get("date_published")), now)
        updated = moment(_text(item.get("date_modified")), now)
        links.append(FoundLink(url, clean_text(_text(item.get("title"))) or None, published or updated, updated))
    return links


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
