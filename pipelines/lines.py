"""From Trafilatura's body tree to lines of text: one for a paragraph, heading, list item or table row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

BLOCKS = {"p", "head", "list", "item", "quote", "table", "row", "div", "ab", "body", "section", "article", "lb"}
MOST_CELLS = 50
SENTENCE = re.compile(r"[.!?。！？…।۔؟][\"'”’»」』)\]]*$")
"""How a line of prose ends."""
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"\w+")


def lines_of(body: Any) -> list[str]:
    """Return the lines of a body, none of them empty."""
    lines: list[str] = []
    words: list[str] = []
    for piece in _pieces(body):
        if piece is not None:
            words.append(piece)
        elif words:
            lines.append(" ".join("".join(words).split()))
            words = []
    lines.append(" ".join("".join(words).split()))
    return [line for line in lines if line]


def marks_of(body: Any) -> dict[str, str]:
    """Return what the lines of a body are that are not plain paragraphs: head, item, quote or row."""
    marks: dict[str, str] = {}
    for element in body.iter("head", "item", "quote", "row"):
        for line in lines_of(element):
            marks[line] = str(element.tag)
    return marks


def _pieces(element: Any) -> Iterator[str | None]:
    """Yield texts, and None where a line ends."""
    block = element.tag in BLOCKS
    if block:
        yield None
    if element.tag == "row":
        cells = (" ".join("".join(cell.itertext()).split()) for cell in list(element)[:MOST_CELLS])
        yield " · ".join(cell for cell in cells if cell)
    else:
        yield element.text or ""
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""
    if block:
        yield None


def size(text: str) -> int:
    """Return the length of a text in characters; in scripts without spaces each says as much as two or three."""
    return len(text) + 2 * _unspaced(text)


def _unspaced(text: str) -> int:
    """Return the number of characters of scripts without spaces; in UTF-8 they take three bytes each."""
    return len(_UNSPACED.findall(text)) if len(text.encode("utf-8", "replace")) > 1.3 * len(text) else 0


def count_words(text: str) -> int:
    """Return the number of words; of scripts without spaces between words, one for two characters."""
    unspaced = _unspaced(text)
    rest = _UNSPACED.sub(" ", text) if unspaced else text
    return len(_WORD.findall(rest)) + (unspaced + 1) // 2
