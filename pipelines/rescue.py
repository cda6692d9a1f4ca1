"""Find the text that extraction missed: an article split over several containers of which it took only one."""

from __future__ import annotations

import re
from collections import Counter

from lxml.html import HtmlElement

from pipelines.pruning import text_of

PARAGRAPH = 80
MISSED = 0.4
HELD = 0.8
_NOISE = re.compile(
    r"related|comment|promo|newsletter|recirc|teaser|sidebar|footer|recommend|caption|popular|outbrain|taboola|\bbio\b",
    re.I,
)
_BESIDE = {"aside", "footer", "nav", "form", "figure", "header", "button", "noscript"}


def fuller(tree: HtmlElement, lines: list[str]) -> list[str]:
    """Return the lines, or those of the page's main container when they miss much of its paragraphs."""
    paragraphs = [(p, text) for p in tree.iter("p") if len(text := text_of(p)) >= PARAGRAPH and _is_prose(p, text)]
    taken = "\n".join(lines)
    places = {_place(p) for p, text in paragraphs if text in taken}
    paragraphs = [(p, text) for p, text in paragraphs if not places or _place(p) in places]
    total = sum(len(text) for _, text in paragraphs)
    missed = sum(len(text) for _, text in paragraphs if text not in taken)
    if not total or missed < MISSED * total or missed < 3 * PARAGRAPH:
        return lines
    container = _container(paragraphs, total)
    found = _lines(container) if container is not None else []
    inside = "\n".join(found)
    kept = sum(len(line) for line in lines if line in inside)
    return found if kept >= 0.5 * len(taken) and len(inside) > len(taken) else lines


def _place(paragraph: HtmlElement) -> tuple[str, ...]:
    """Return what kinds of containers a paragraph stands in: those of one article stand alike."""
    above = list(paragraph.iterancestors())[:2]
    return tuple(f"{element.tag} {element.get('class')}" for element in above)


def _is_prose(paragraph: HtmlElement, text: str) -> bool:
    linked = sum(len(text_of(link)) for link in paragraph.iter("a"))
    return linked < 0.4 * len(text) and not _is_beside(paragraph)


def _is_beside(element: HtmlElement) -> bool:
    for above in element.iterancestors():
        if above.tag in _BESIDE or (above.tag != "body" and _NOISE.search(f"{above.get('class')} {above.get('id')}")):
            return True
    return False


def _container(paragraphs: list[tuple[HtmlElement, str]], total: int) -> HtmlElement | None:
    """Return the deepest element with nearly all of the prose, unless it is a page of several articles."""
    held: Counter[HtmlElement] = Counter()
    for paragraph, text in paragraphs:
        for above in paragraph.iterancestors():
            held[above] += len(text)
    large = [element for element, size in held.items() if size >= HELD * total]
    if not large:
        return None
    deepest = max(large, key=lambda element: sum(1 for _ in element.iterancestors()))
    several = len(deepest.findall(".//h1")) > 1 or len(deepest.findall(".//article")) > 1
    return None if several or deepest.tag in ("body", "html") else deepest


def _lines(container: HtmlElement) -> list[str]:
    lines: list[str] = []
    for element in container.iter("p", "h2", "h3", "h4", "li"):
        if (element.tag == "li" and element.find(".//p") is not None) or _is_beside(element):
            continue
        text = text_of(element)
        linked = sum(len(text_of(link)) for link in element.iter("a"))
        if text and (element.tag != "li" or linked < 0.5 * len(text)):
            lines.append(text)
    return lines
