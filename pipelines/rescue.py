"""Find the text that extraction missed: an article split over several containers of which it took only one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipelines.lines import size
from pipelines.reading_order import Node, lines_in, text_at
from pipelines.sketch import FEW, PARAGRAPH, Paragraphs, Sketch, besides, holders, is_prose
from pipelines.tree import text_of

MISSED = 0.4
HELD = 0.8


def missed(found: Sketch, lines: list[str]) -> bool:
    """Tell whether lines miss much of the prose that stands on the page in the same kinds of containers."""
    paragraphs, taken = _alike(found.paragraphs, lines)
    total = sum(size(text) for text, _ in paragraphs)
    lost = sum(size(text) for text, _ in paragraphs if text not in taken)
    return lost >= MISSED * total and lost >= 3 * PARAGRAPH


def _alike(paragraphs: Paragraphs, lines: list[str]) -> tuple[Paragraphs, str]:
    taken = "\n".join(lines)
    places = {place for text, place in paragraphs if text in taken}
    return [(text, place) for text, place in paragraphs if not places or place in places], taken


def fuller(tree: HtmlElement, found: Sketch, lines: list[str]) -> list[str]:
    """Return the lines of the container with nearly all of the page's prose, if it has more than `lines`, else those.

    `tree` is the pruned page, whole.
    """
    paragraphs, taken = _alike(found.paragraphs, lines)
    container = _container(tree, {text for text, _ in paragraphs})
    more = _lines(container) if container is not None else []
    inside = "\n".join(more)
    kept = sum(len(line) for line in lines if line in inside)
    return more if kept >= 0.5 * len(taken) and len(inside) > len(taken) else lines


def _container(tree: HtmlElement, texts: set[str]) -> HtmlElement | None:
    """Return the deepest element with nearly all of the prose, unless it is a page of several articles."""
    held: Counter[HtmlElement] = Counter()
    for paragraph in (*tree.iter("p"), *holders(tree)):
        text = text_of(paragraph)
        for above in _around(paragraph) if text in texts else ():
            held[above] += len(text)
    total = max(held.values(), default=0)
    large = [element for element, size in held.items() if size >= HELD * total]
    if not large:
        return None
    deepest = max(large, key=lambda element: sum(1 for _ in element.iterancestors()))
    several = len(deepest.findall(".//h1")) > 1 or len(deepest.findall(".//article")) > 1
    return None if several or deepest.tag in ("body", "html") else deepest


def _around(paragraph: HtmlElement) -> Iterator[HtmlElement]:
    """Yield what holds a paragraph; what holds lines without paragraphs may be all that there is."""
    if paragraph.tag != "p":
        yield paragraph
    yield from paragraph.iterancestors()


def _lines(container: HtmlElement) -> list[str]:
    if sum(size(text_of(paragraph)) for paragraph in container.iter("p")) < FEW:
        return [line.text for line in lines_in(container) if not all(map(_is_linked, line.nodes))]
    lines: list[str] = []
    beside = besides()
    for element in container.iter("p", "h2", "h3", "h4", "li"):
        if (element.tag == "li" and element.find(".//p") is not None) or beside(element) or _heads_links(element):
            continue
        text = text_of(element)
        if text and (element.tag == "p" or is_prose(element, text)):
            lines.append(text)
    return lines


def _heads_links(heading: HtmlElement) -> bool:
    """Tell whether an element is a heading right above links."""
    after = heading.getnext() if heading.tag != "p" else None
    return after is not None and after.tag in ("ul", "ol", "div") and not is_prose(after, text_of(after))


def _is_linked(node: Node) -> bool:
    """Tell whether a text is white space or stands in a link."""
    element, is_tail = node
    holder = element.getparent() if is_tail else element
    return not text_at(node).strip() or holder.tag == "a" or next(holder.iterancestors("a"), None) is not None
