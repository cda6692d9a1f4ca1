"""One item of an XML feed to a link: which of its addresses is the page, its title, its dates."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from crawler.discovery.addresses import absolute, base_of
from crawler.discovery.markup import local, prefix_of, text_of
from crawler.discovery.moments import Moments
from crawler.discovery.titles import plain_title
from storage.types import FoundLink

_PUBLISHED = ("pubdate", "published", "date", "issued", "created", "publicationdate")
_UPDATED = ("updated", "modified", "lastmod", "datemodified")
_FOREIGN = {"media", "itunes", "image", "video", "g", "podcast"}
"""Prefixes of the modules whose title, link or date is not the item's."""
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
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_RAW = re.compile(
    r"<(?:link|guid)\b[^<>]{0,200}>\s{0,99}(?:<!\[CDATA\[)?\s{0,99}(https?://[^\s<>\]\"]{1,4000}?)\s{0,99}(?:\]\]>)?\s{0,99}</"
    r"|<(?:\w{1,20}:)?link\b(?![^<>]{0,400}rel\s{0,9}=\s{0,9}[\"'](?!alternate))[^<>]{0,400}\shref\s{0,9}=\s{0,9}[\"'](https?://[^\s<>\"']{1,4000})[\"']",
    re.IGNORECASE,
)


def read_entry(item: etree._Element, base: str, moments: Moments) -> FoundLink | None:
    """Return the link of an item or entry, None when it has no page.

    An item that only tells when it was updated (Atom must tell that, and no more) is taken as published then.
    """
    url = _page(item, base)
    if url is None:
        return None
    published, updated = _moment(item, _PUBLISHED, moments), _moment(item, _UPDATED, moments)
    return FoundLink(url, _title(item), published or updated, updated)


def read_damaged(piece: str, item: etree._Element | None, base: str, moments: Moments) -> FoundLink | None:
    """Return the link of an item whose markup is broken: from its tree, or else from its bare text."""
    link = read_entry(item, base, moments) if item is not None else None
    if link is not None:
        return link
    found = _RAW.search(piece)
    url = absolute(base, found.group(1) or found.group(2)) if found else None
    if url is None:
        return None
    return FoundLink(url, _title(item) if item is not None else None)


def child_text(element: etree._Element, name: str) -> str | None:
    """Return the text of a child with this name, of the element's own vocabulary rather than of a module's."""
    found = [child for child in element if local(child) == name and prefix_of(child) not in _FOREIGN]
    found.sort(key=lambda child: prefix_of(child) != prefix_of(element))
    return next((text for child in found if (text := text_of(child))), None)


def _title(item: etree._Element) -> str | None:
    text = child_text(item, "title")
    return plain_title(text) if text else None


def _moment(item: etree._Element, names: tuple[str, ...], moments: Moments) -> datetime | None:
    for name in names:
        for child in item:
            if local(child) == name and prefix_of(child) not in _FOREIGN:
                at = moments.read(text_of(child))
                if at is not None:
                    return at
    return None


def _page(item: etree._Element, base: str) -> str | None:
    """Return the first address that is an http(s) URL, in the order of trust."""
    ranked: list[tuple[int, str]] = []
    for child in item:
        name = local(child)
        if name == "origlink":
            ranked.append((0, text_of(child)))
        elif name == "link" and prefix_of(child) not in _FOREIGN:
            ranked.extend(_link(child, base))
        elif name in ("guid", "id"):
            ranked.extend(_permalink(child))
    ranked.append((6, item.get(_ABOUT) or ""))
    ranked.sort(key=lambda one: one[0])
    own = base_of(item, base)
    return next((url for _, link in ranked if (url := absolute(own, link)) is not None), None)


def _link(element: etree._Element, base: str) -> list[tuple[int, str]]:
    """Return an item's link with its rank: pages before other alternates, those before links of unknown sort."""
    href = element.get("href")
    if href is None:
        text = text_of(element) or _behind(element)
        own = absolute(base_of(element, base), text) if text else None
        return [(1, own)] if own else []
    rel = (element.get("rel") or "alternate").strip().lower()
    if rel in _NO_PAGE:
        return []
    page = (element.get("type") or "text/html").lower().startswith(("text/html", "application/xhtml"))
    rank = 4 if rel != "alternate" else 3 if not page else 2 if prefix_of(element) else 1
    own = absolute(base_of(element, base), href)
    return [(rank, own)] if own else []


def _behind(element: etree._Element) -> str:
    """Return the URL that stands behind `<link/>`, as HTML serialisers leave it."""
    tail = (element.tail or "").strip()
    return tail if tail.startswith(("http://", "https://")) else ""


def _permalink(element: etree._Element) -> list[tuple[int, str]]:
    text = text_of(element)
    denied = (element.get("isPermaLink") or element.get("ispermalink") or "true").strip().lower() == "false"
    return [(5, text)] if text.startswith(("http://", "https://")) and not denied else []
