"""Read the authors from the byline that readers see, where the page names none in a machine's terms."""

from __future__ import annotations

from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from pipelines.authors import clean_authors


def byline(tree: HtmlElement, site: str) -> tuple[str, ...]:
    """Return the authors that Trafilatura sees on a page."""
    return clean_authors((extract_author(tree) or "").split(";"), site)
