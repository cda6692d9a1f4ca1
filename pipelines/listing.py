"""Tell a front or section page, a list of links, from an article. When in doubt it is an article."""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml.html import HtmlElement

FEW_HEADINGS = 6
LONG_LINE = 180
LISTS = {"CollectionPage", "SearchResultsPage"}


def is_listing(tree: HtmlElement, url: str, body: str, kinds: frozenset[str]) -> bool:
    """Tell whether a page that nowhere says to be an article is a list of links."""
    headings = _linked_headings(tree)
    if headings < FEW_HEADINGS:
        return False
    if urlsplit(url).path in ("", "/") or kinds & LISTS:
        return True
    prose = sum(1 for line in body.split("\n") if len(line) >= LONG_LINE)
    return prose * 3 < headings


def _linked_headings(tree: HtmlElement) -> int:
    """Return the number of headings that are links, outside of what stands beside the main text."""
    found = 0
    for heading in tree.iter("h2", "h3", "h4"):
        linked = heading.find(".//a") is not None or heading.getparent().tag == "a"
        beside = any(True for _ in heading.iterancestors("aside", "footer", "nav"))
        found += linked and not beside
    return found
