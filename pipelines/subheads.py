"""Put back the subheadings that extraction lost, between the paragraphs where the page has them."""

from __future__ import annotations


def with_subheads(headings: list[tuple[str, str]], lines: list[str]) -> list[str]:
    """Return the lines with each heading that stands on the page right before a paragraph of theirs.

    `headings` are pairs: the text of a heading, and of the paragraph below it.
    """
    places = {line: place for place, line in enumerate(lines)}
    found: dict[int, str] = {}
    for text, following in headings:
        place = places.get(following, 0)
        if place > 0 and text not in places:
            found.setdefault(place, text)
    return [part for place, line in enumerate(lines) for part in ([found[place], line] if place in found else [line])]
