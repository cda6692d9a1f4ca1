"""Tell how a page was read: the path that gave the text, and what was left out by which rule."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.extract import read, result_of
from pipelines.markup import decode, without_scripts
from pipelines.pruning import Dropped
from pipelines.tree import parse, text_of
from storage.types import Article, Drop, Page, Removed

_LINES = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote", "figcaption", "dd", "dt", "pre")
SHORTEST = 25
"""Characters; what is shorter outside of the text is a menu's, mostly, and is not told."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a page was read.

    `path` is what gave the text: main container | paragraphs | cascade | json-ld, None where nothing was read.
    `dropped` was taken out of the page before its text was looked for, `removed` are lines taken out of the text, and
    `outside` are lines of the page that were never part of it. `marks` says which lines are headings, list items,
    quotes or table rows.
    """

    result: Article | Drop
    path: str | None
    dropped: tuple[Dropped, ...]
    removed: tuple[Removed, ...]
    outside: tuple[str, ...]
    marks: dict[str, str]


def explain(page: Page) -> Explanation:
    """Return what extraction makes of a page, and why."""
    reading = read(page, marked=True)
    if isinstance(reading, Drop):
        return Explanation(reading, None, (), (), (), {})
    text = reading.text
    known = "\n".join((reading.body, *(part.text for part in text.removed), *(part.text for part in text.dropped)))
    outside = tuple(line for line in _lines_of(page) if line not in known)
    return Explanation(result_of(reading), text.path, tuple(text.dropped), text.removed, outside, text.marks)


def _lines_of(page: Page) -> list[str]:
    """Return the lines of a page that hold no other line, each once."""
    tree = parse(without_scripts(decode(page).replace("\x00", "")))
    found: dict[str, None] = {}
    for element in tree.iter(*_LINES):
        text = text_of(element)
        if len(text) >= SHORTEST and next(element.iterdescendants(*_LINES), None) is None:
            found[text] = None
    return list(found)
