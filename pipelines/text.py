"""The article's text of a page: which path gives it, and what was taken out on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipelines import boilerplate, rescue
from pipelines.body import main_text
from pipelines.lines import lines_of
from pipelines.pruning import Dropped, prune
from pipelines.sketch import sketch
from pipelines.subheads import with_subheads
from pipelines.tree import parse
from storage.types import Removed

ENOUGH = 600
"""Characters; a shorter text goes through Trafilatura's whole cascade."""
IN_PARAGRAPHS = 0.45
"""The share of a text that stands in long paragraphs, below which it goes there as well."""
LONG = 80


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of an article, the path that gave them, and what was taken out, of the page and of the lines."""

    lines: list[str]
    path: str
    dropped: list[Dropped]
    removed: tuple[Removed, ...]
    linked_headings: int


def read_text(markup: str, tree: HtmlElement, headline: str) -> Text:
    """Return the text of a page; `tree` is its markup, parsed, and is used up."""
    dropped = prune(tree)
    found = sketch(tree)
    body = main_text(tree)
    lines, path = lines_of(body), "main container"
    if not _is_sure(body, lines):
        lines, path = _cascade(markup), "cascade"
    if rescue.missed(found, lines):
        whole = parse(markup)
        prune(whole)
        more = rescue.fuller(whole, found, lines)
        lines, path = (more, "paragraphs") if more is not lines else (lines, path)
    lines = with_subheads(found.headings, lines)
    kept, removed = boilerplate.filter_lines(lines, headline, found.links)
    return Text(kept, path, dropped, removed, found.linked_headings)


def _is_sure(body: Any, lines: list[str]) -> bool:
    """Tell whether a text is so much of an article that no other is looked for: long, in paragraphs, not in tables."""
    total = sum(map(len, lines))
    if total < ENOUGH:
        return False
    prose = sum(len(text) for p in body.iter("p") if len(text := "".join(p.itertext())) >= LONG)
    return prose >= IN_PARAGRAPHS * total and len(body.findall(".//table")) <= len(body.findall(".//p"))


def _cascade(markup: str) -> list[str]:
    """Return the lines that Trafilatura's whole cascade finds: readability, jusText, its search of last resort."""
    tree = parse(markup)
    prune(tree)
    document: Any = bare_extraction(tree, include_comments=False, with_metadata=False)
    return lines_of(document.body) if document is not None else []
