"""Find boxes in and below a text by their form: newsletters, biographies; small, and never prose alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines.bylines import AUTHOR_PAGE
from pipelines.lines import size
from pipelines.reading_order import lines_after, lines_before
from pipelines.stems import stems_of
from pipelines.tree import length_of, text_of

LONGEST = 350
LONGEST_PARAGRAPH = 160
LONGEST_BUTTON = 40
PROSE = 120
TEXT = 80
NEAR = 20
"""Lines above a box in which its text would end."""
SHARE = 0.3
"""Of the page's text: a box is never more."""
_BLOCKS = {"div", "section", "aside", "form", "fieldset", "footer", "ul", "ol", "li", "td", "table", "center", "header"}
_ASKED = ("", "text", "email")
_AUTHOR_STEMS = tuple(stems_of(AUTHOR_PAGE.pattern))
"""One of them stands in every address of an author's page, and is looked for in a tenth of the time."""
Found = Iterator[tuple[HtmlElement, str]]


def boxes(tree: HtmlElement, total: int, words: Collection[str]) -> Found:
    """Yield boxes of a page with the rule that each is known by.

    `total` is the length of the page's text, `words` are those for a newsletter that stand in it.
    """
    yield from _newsletter_fields(tree, total, words)
    if words:
        yield from _newsletter_words(tree, total, words)
    yield from _biographies(tree, total)


def small_box(element: HtmlElement, total: int, words: Collection[str] | None = None) -> HtmlElement:
    """Return the largest block around an element that is short, and holds no headline.

    With `words`, it holds no long paragraph in which none of them stands either.
    """
    box = element
    while (parent := box.getparent()) is not None and parent.tag in _BLOCKS:
        length = length_of(parent)
        if length > LONGEST or length > SHARE * total or parent.find(".//h1") is not None:
            break
        if words is not None and any(_is_other(paragraph, words) for paragraph in parent.iter("p")):
            break
        box = parent
    return box


def _is_other(paragraph: HtmlElement, words: Collection[str]) -> bool:
    text = text_of(paragraph).lower()
    return len(text) > LONGEST_PARAGRAPH and not any(map(text.__contains__, words))


def _newsletter_fields(tree: HtmlElement, total: int, words: Collection[str]) -> Found:
    """Yield the boxes that ask for an address and nothing else."""
    for field in filter(_asks_for_mail, tree.iter("input")):
        box = small_box(field, total, words)
        kinds = {(other.get("type") or "").lower() for other in box.iter("input")}
        if box is not field and "password" not in kinds and box.find(".//textarea") is None:
            yield box, "newsletter"


def _asks_for_mail(field: HtmlElement) -> bool:
    kind = (field.get("type") or "").lower()
    return kind == "email" or (kind in _ASKED and "mail" in f"{field.get('name')}{field.get('placeholder')}".lower())


def _newsletter_words(tree: HtmlElement, total: int, words: Collection[str]) -> Found:
    """Yield the boxes that speak of a newsletter and hold a link or button that stands alone."""
    for element in tree.iter("p", "div", "span", "strong", "h2", "h3", "h4", "h5"):
        text = element.text
        if text and len(text) < LONGEST and any(map(text.lower().__contains__, words)):
            box = small_box(element, total, words)
            if box.tag in _BLOCKS and any(map(_is_button, box.iter("a", "button"))):
                yield box, "newsletter"


def _is_button(link: HtmlElement) -> bool:
    text = text_of(link)
    return 0 < len(text) <= LONGEST_BUTTON and (link.tag == "button" or text_of(link.getparent()) == text)


def _biographies(tree: HtmlElement, total: int) -> Found:
    """Yield the boxes below a text with a link to its author's page and a few words."""
    for link in filter(_leads_to_author, tree.iter("a")):
        box = small_box(link, total)
        text = text_of(box)
        told = size(text) - len(text_of(link))
        if box.tag in _BLOCKS and told >= LONGEST_BUTTON and _is_below(box):
            yield box, "biography"


def _leads_to_author(link: HtmlElement) -> bool:
    address = (link.get("href") or "").lower()
    return any(map(address.__contains__, _AUTHOR_STEMS)) and AUTHOR_PAGE.search(address) is not None


def _is_below(box: HtmlElement) -> bool:
    """Tell whether prose stands above a box, and none right below."""
    above, below = islice(lines_before(box), NEAR), islice(lines_after(box), 4)
    return any(size(line.text) >= TEXT for line in above) and not any(size(line.text) >= PROSE for line in below)
