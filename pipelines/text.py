"""The article's text of a page: which path gives it, and what was taken out on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipelines import boilerplate, rescue
from pipelines.body import main_text
from pipelines.lines import lines_of, marks_of, size
from pipelines.pruning import Dropped, prune
from pipelines.sketch import Sketch, sketch
from pipelines.subheads import with_subheads
from pipelines.tree import parse
from storage.types import Removed

ENOUGH = 600
"""Characters; a shorter text is looked for again, by Trafilatura's whole cascade, where the page has more."""
SHARE = 0.5
"""Of the page's prose, that a short text must hold to be all that there is."""


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of an article, the path that gave them, and what was taken out, of the page and of the lines.

    `marks` says of lines that are not plain paragraphs what they are (head | item | quote | row), if it was asked for.
    """

    lines: list[str]
    path: str
    dropped: list[Dropped]
    removed: tuple[Removed, ...]
    linked_headings: int
    marks: dict[str, str] = field(default_factory=dict)


def read_text(
    markup: str, tree: HtmlElement, headline: str, authors: tuple[str, ...] = (), marked: bool = False
) -> Text:
    """Return the text of a page; `tree` is its markup, parsed, and is used up."""
    dropped = prune(tree)
    found = sketch(tree)
    body = main_text(tree)
    lines, path = lines_of(body), "main container"
    if rescue.missed(found, lines):
        more = rescue.fuller(_pruned(markup), found, lines)
        lines, path = (more, "paragraphs") if more is not lines else (lines, path)
    if _is_doubtful(found, lines):
        other = _cascade(markup)
        more = lines_of(other) if other is not None else []
        lines, path, body = (more, "cascade", other) if _length(more) > _length(lines) else (lines, path, body)
    lines = with_subheads(found.headings, lines)
    kept, removed = boilerplate.filter_lines(
        lines, boilerplate.Known(headline, authors, found.links, {text for text, _ in found.headings})
    )
    marks = {**marks_of(body), **{text: "head" for text, _ in found.headings}} if marked else {}
    return Text(kept, path, dropped, removed, found.linked_headings, marks)


def _length(lines: list[str]) -> int:
    return sum(map(size, lines))


def _pruned(markup: str) -> HtmlElement:
    tree = parse(markup)
    prune(tree)
    return tree


def _is_doubtful(found: Sketch, lines: list[str]) -> bool:
    """Tell whether a short text leaves much of the page's prose out."""
    total = _length(lines)
    if total >= ENOUGH:
        return False
    return not total or total < SHARE * sum(size(text) for text, _ in found.paragraphs)


def _cascade(markup: str) -> Any:
    """Return the body that Trafilatura's whole cascade finds: readability, jusText, its search of last resort."""
    document: Any = bare_extraction(_pruned(markup), include_comments=False, with_metadata=False)
    return document.body if document is not None else None
