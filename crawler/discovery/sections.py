"""Read section pages: the links that lead to articles, told from navigation."""

from __future__ import annotations

from dataclasses import replace

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from crawler.discovery.addresses import absolute
from crawler.discovery.anchors import targets
from crawler.discovery.charset import decode
from crawler.discovery.gathering import gather
from crawler.discovery.likeness import ENOUGH, likeness
from crawler.discovery.titles import plain_title
from crawler.discovery.unpacking import unpack
from pipelines.language import code_of
from pipelines.markup import MAX_BYTES, overgrown, oversize, without_scripts
from storage.types import ChannelKind, Found, FoundLink, Unreadable

MAX_LINKS = 1_000


def read_section(body: bytes, url: str) -> Found | Unreadable:
    """Return the links of a section page that lead to articles, in document order."""
    body, damage = unpack(body, MAX_BYTES)
    problem = oversize(body)
    if problem is not None:
        return Unreadable(f"{problem.reason}: {problem.detail}")
    text = without_scripts(decode(body).replace("\x00", ""))
    if not text.strip():
        return Unreadable(damage or "the document is empty")
    problem = overgrown(text)
    if problem is not None:
        return Unreadable(f"{problem.reason}: {problem.detail}")
    tree = _tree(text)
    if tree is None or next(tree.iter("a", "body"), None) is None:
        return Unreadable("this is no HTML page")
    return replace(_read(tree, url), problem=damage)


def _tree(text: str) -> HtmlElement | None:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _read(tree: HtmlElement, url: str) -> Found:
    found = targets(tree, _base(tree, url), url)
    return gather(
        ChannelKind.SECTION,
        (FoundLink(target.url, target.title) for target in found if likeness(target, url) >= ENOUGH),
        MAX_LINKS,
        title=plain_title(tree.findtext(".//title") or ""),
        language=code_of(tree.get("lang")),
    )


def _base(tree: HtmlElement, url: str) -> str:
    base = tree.find(".//base[@href]")
    return (absolute(url, base.get("href") or "") if base is not None else None) or url
