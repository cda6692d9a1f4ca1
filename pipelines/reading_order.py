"""Walk the texts of a page backwards and forwards from an element, in the lines that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from lxml.html import HtmlElement

_BREAKS = {
    *(
        "p",
        "div",
        "section",
        "article",
        "aside",
        "main",
        "header",
        "footer",
        "nav",
        "form",
        "fieldset",
        "legend",
        "body",
    ),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "td", "th", "tbody", "thead", "br", "hr", "blockquote", "pre"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "address", "details", "summary"),
}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "legend")
Node = tuple[HtmlElement, bool]
"""A text of the tree: an element, and whether it is the text after it, not the text at its beginning."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a reader sees as one line: its text, where it stands in the tree, and whether it is marked as a heading."""

    text: str
    nodes: tuple[Node, ...]
    heading: bool

    @property
    def block(self) -> HtmlElement:
        """The block that the line stands in."""
        element, is_tail = self.nodes[0]
        holder = element.getparent() if is_tail else element
        while holder.tag not in _BREAKS and holder.getparent() is not None:
            holder = holder.getparent()
        return holder


def lines_before(element: HtmlElement) -> Iterator[Line]:
    """Yield the lines above an element, the nearest first."""
    return _lines(_before(element), backwards=True)


def lines_after(element: HtmlElement) -> Iterator[Line]:
    """Yield the lines below an element, the nearest first."""
    return _lines(_after(element), backwards=False)


def lines_in(element: HtmlElement) -> Iterator[Line]:
    """Yield the lines in an element, from the first on."""
    return _lines(_forwards(element), backwards=False)


def blank(nodes: Iterable[Node]) -> None:
    """Take texts out of the tree; the elements stay."""
    for element, is_tail in nodes:
        if is_tail:
            element.tail = None
        else:
            element.text = None


def text_at(node: Node) -> str:
    """Return the text of a node."""
    element, is_tail = node
    return (element.tail if is_tail else element.text) or ""


def _lines(nodes: Iterable[Node | None], backwards: bool) -> Iterator[Line]:
    found: list[Node] = []
    for node in chain(nodes, (None,)):
        if node is not None:
            found.append(node)
        elif found:
            line = found[::-1] if backwards else found
            text = " ".join("".join(map(text_at, line)).split())
            if text:
                yield Line(text, tuple(line), any(map(_is_heading, line)))
            found = []


def _is_heading(node: Node) -> bool:
    element, is_tail = node
    holder = element.getparent() if is_tail else element
    return holder is not None and (holder.tag in HEADINGS or next(holder.iterancestors(*HEADINGS), None) is not None)


def _before(element: HtmlElement) -> Iterator[Node | None]:
    while element is not None and element.tag != "body":
        for sibling in element.itersiblings(preceding=True):
            yield sibling, True
            yield from _backwards(sibling)
        parent = element.getparent()
        if parent is None:
            return
        yield parent, False
        if parent.tag in _BREAKS:
            yield None
        element = parent


def _backwards(element: HtmlElement) -> Iterator[Node | None]:
    is_break = element.tag in _BREAKS
    if is_break:
        yield None
    for child in reversed(element):
        yield child, True
        yield from _backwards(child)
    yield element, False
    if is_break:
        yield None


def _after(element: HtmlElement) -> Iterator[Node | None]:
    while element is not None and element.tag != "body":
        yield element, True
        for sibling in element.itersiblings():
            yield from _forwards(sibling)
            yield sibling, True
        element = element.getparent()
        if element is not None and element.tag in _BREAKS:
            yield None


def _forwards(element: HtmlElement) -> Iterator[Node | None]:
    is_break = element.tag in _BREAKS
    if is_break:
        yield None
    yield element, False
    for child in element:
        yield from _forwards(child)
        yield child, True
    if is_break:
        yield None
