"""Tell a front or section page, a list of links, from an article. When in doubt it is an article."""

from __future__ import annotations

from urllib.parse import urlsplit

FEW_HEADINGS = 6
LONG_LINE = 180
LISTS = {"CollectionPage", "SearchResultsPage"}


def is_listing(headings: int, url: str, body: str, kinds: frozenset[str]) -> bool:
    """Tell whether a page that nowhere says to be an article is a list of links; `headings` of it are links."""
    if headings < FEW_HEADINGS:
        return False
    if urlsplit(url).path in ("", "/") or kinds & LISTS:
        return True
    prose = sum(1 for line in body.split("\n") if len(line) >= LONG_LINE)
    return prose * 3 < headings
