"""Put back the subheadings that extraction lost, between the paragraphs where the page has them."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipelines.pruning import text_of

LONGEST = 200


def with_subheads(tree: HtmlElement, lines: list[str]) -> list[str]:
    """Return the lines with each heading that stands on the page right before a paragraph of theirs."""
    places = {line: place for place, line in enumerate(lines)}
    found: dict[int, str] = {}
    for heading in tree.iter("h2", "h3", "h4", "h5"):
        text = text_of(heading)
        if not text or len(text) > LONGEST or text in places:
            continue
        following = _following(heading)
        place = places.get(following, 0) if following else 0
        if place > 0:
            found.setdefault(place, text)
    return [part for place, line in enumerate(lines) for part in ([found[place], line] if place in found else [line])]


def _following(heading: HtmlElement) -> str | None:
    """Return the text of the paragraph that stands beside a heading, below it."""
    for sibling in heading.itersiblings():
        if not isinstance(sibling.tag, str):
            continue
        text = text_of(sibling) if sibling.tag in ("p", "div", "blockquote") else ""
        if text:
            return text
        if sibling.tag in ("h1", "h2", "h3", "h4", "ul", "ol", "table"):
            return None
    return None
