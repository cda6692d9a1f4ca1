"""One look at a page's tree for what speaks of the article: meta tags, titles, times, JSON-LD, the headline's place.

What costs more is looked for when it is asked for, and only once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipelines import jsonld
from pipelines.clean import clean_text

_SEEN = ("meta", "link", "title", "h1", "time", "script", "figure", "video", "iframe")
_SEVERAL = {"article:tag", "article:author", "author", "citation_author", "dc.creator", "parsely-author", "og:video"}
_ITEMPROP = etree.XPath("//@itemprop/..")
_PROPERTY = etree.XPath("//@property/..")
_TAGS = etree.XPath("descendant::a[contains(concat(' ', @rel, ' '), ' tag ')]")
_ASIDE = {"nav", "footer", "aside", "form"}
_BIG = 120
"""Characters; a paragraph of so many belongs to the text, and what follows it does not speak of the headline."""
AFTER, BEFORE, UP = 100, 40, 5
MOST_H1 = 8
LONGEST_NAMES = 200
"""Characters of names and classes; more are no names."""
_GAP = re.compile(r"\s+")


@dataclass
class Scan:
    """What one pass over a tree finds."""

    tree: HtmlElement
    meta: dict[str, str] = field(default_factory=dict)
    title: str = ""
    canonical: str | None = None
    h1: list[HtmlElement] = field(default_factory=list)
    times: list[HtmlElement] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def headings(self) -> list[str]:
        """The texts of the first h1 elements."""
        return [clean_text(element.text_content()) for element in self.h1]

    @cached_property
    def props(self) -> list[HtmlElement]:
        """Elements with microdata, or where there are none, those of the body with RDFa."""
        return list(_ITEMPROP(self.tree)) or [element for element in _PROPERTY(self.tree) if element.tag != "meta"]

    @property
    def tags(self) -> list[HtmlElement]:
        """Links to the article's tags."""
        return list(_TAGS(self.tree))

    def around(self, heading: HtmlElement | None) -> list[HtmlElement]:
        """Return the elements between a heading and the text, then those shortly before the heading."""
        if heading is None:
            return []
        return [*_after(heading), *_before(heading)]

    def start(self) -> list[HtmlElement]:
        """Return the first elements of the page's article, if it marks one."""
        body = next(self.tree.iter("article", "main"), None)
        return list(islice(body.iter(etree.Element), AFTER)) if body is not None else []


def scan(tree: HtmlElement) -> Scan:
    """Return what one pass finds."""
    found = Scan(tree)
    for element in tree.iter(*_SEEN):
        _LOOK[element.tag](found, element)
    return found


def _meta(found: Scan, element: HtmlElement) -> None:
    content = (element.get("content") or "").strip()
    names = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
    if not content or not names:
        return
    for name in names[:LONGEST_NAMES].lower().split()[:3]:
        if name in _SEVERAL and name in found.meta:
            if content not in found.meta[name].split(";"):
                found.meta[name] = f"{found.meta[name]};{content}"
        else:
            found.meta.setdefault(name, content)


def _link(found: Scan, element: HtmlElement) -> None:
    if found.canonical is None and "canonical" in (element.get("rel") or "").lower().split():
        found.canonical = (element.get("href") or "").strip() or None


def _title(found: Scan, element: HtmlElement) -> None:
    found.title = found.title or clean_text(element.text or "")


def _h1(found: Scan, element: HtmlElement) -> None:
    if len(found.h1) < MOST_H1:
        found.h1.append(element)


def _time(found: Scan, element: HtmlElement) -> None:
    found.counts["time"] = found.counts.get("time", 0) + 1
    if len(found.times) < 40:
        found.times.append(element)


def _script(found: Scan, element: HtmlElement) -> None:
    if "ld+json" in (element.get("type") or "").lower() and len(found.blocks) < 60:
        block = jsonld.read_block(element.text or "")
        if block is not None:
            found.blocks.append(block)


def _count(found: Scan, element: HtmlElement) -> None:
    found.counts[element.tag] = found.counts.get(element.tag, 0) + 1


_LOOK = {
    "meta": _meta, "link": _link, "title": _title, "h1": _h1, "time": _time, "script": _script,
    "figure": _count, "video": _count, "iframe": _count,
}  # fmt: skip


def _after(heading: HtmlElement) -> Iterator[HtmlElement]:
    left, paragraphs = AFTER, 0
    node = heading
    for _ in range(UP):
        for sibling in node.itersiblings():
            for element in _inside(sibling):
                yield element
                left -= 1
                paragraphs += len(element.text or "") > _BIG
                if left <= 0 or paragraphs > 1:  # the first may be the standfirst
                    return
        node = node.getparent()
        if node is None or node.tag in ("body", "html"):
            return


def _before(heading: HtmlElement) -> Iterator[HtmlElement]:
    left = BEFORE
    node = heading
    for _ in range(3):
        for sibling in node.itersiblings(preceding=True):
            for element in _inside(sibling):
                yield element
                left -= 1
                if left <= 0:
                    return
        node = node.getparent()
        if node is None or node.tag in ("body", "html"):
            return


def _inside(element: HtmlElement) -> Iterable[HtmlElement]:
    """Yield an element and what is in it, unless it is navigation."""
    if not isinstance(element.tag, str) or element.tag in _ASIDE:
        return ()
    found: Iterable[HtmlElement] = element.iter(etree.Element)
    return found


def text_of(element: HtmlElement, most: int = 200) -> str:
    """Return the text in an element on one line, cut off where it grows long."""
    parts: list[str] = []
    length = 0
    for piece in element.itertext():
        parts.append(piece)
        length += len(piece)
        if length > 4 * most:
            break
    return _GAP.sub(" ", " ".join(parts)).strip()[:most]


def absolute(url: str, link: str | None) -> str | None:
    """Return a link's absolute address, None when it is no http(s) address."""
    if not link or not link.strip() or len(link) > 2000:
        return None
    try:
        found = link.strip()
        found = found if found.startswith(("https://", "http://")) else urljoin(url, found)
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and parts.hostname else None
