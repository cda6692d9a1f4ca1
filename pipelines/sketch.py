"""What stands on a page, in one pass before its tree is used up: paragraphs, headings, links that stand alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.lines import size
from pipelines.naming import Says, of_class, of_id
from pipelines.pruning import is_link_line
from pipelines.reading_order import lines_after
from pipelines.tree import length_of, text_of

PARAGRAPH = 80
LONGEST_HEADING = 200
LONGEST_LINE = 5_000
"""Characters; what is longer is a container, not a paragraph."""
FEW = 250
"""Characters in paragraphs, below which a page is one that writes its text without them."""
_HOLDERS = XPath(
    f".//*[self::div or self::td or self::section or self::article or self::main or self::span or self::font]"
    f"[text()[string-length(normalize-space(.)) >= {PARAGRAPH}]]"
)
_BESIDE = {"aside", "footer", "nav", "form", "figure", "header", "button", "noscript"}
_ENDS = ("h1", "h2", "h3", "h4", "ul", "ol", "table")


Paragraphs = list[tuple[str, tuple[str, ...]]]
"""Texts, and the kinds of the two containers that each stands in."""


@dataclass(slots=True)
class Sketch:
    """What stands on a page.

    `paragraphs` are those of prose, with the kinds of the two containers that they stand in: those of one article
    stand alike. `headings` come with the text of the paragraph that stands right below. `links` are the texts of
    paragraphs that are links alone. `linked_headings` is the number of headings that are links, in the main text.
    """

    paragraphs: Paragraphs = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    linked_headings: int = 0


def sketch(tree: HtmlElement) -> Sketch:
    """Return what stands on a page."""
    found = Sketch()
    beside = besides()
    for element in tree.iter("p", "h2", "h3", "h4", "h5", "li"):
        if element.tag == "p":
            _paragraph(element, found, beside)
        elif element.tag == "li":
            if not beside(element.getparent()):
                _item(element, found)
        else:
            _heading(element, found, beside)
    if sum(size(text) for text, _ in found.paragraphs) < FEW:
        for element in holders(tree):
            text = text_of(element)
            if is_prose(element, text) and not beside(element):
                found.paragraphs.append((text, ("", "")))
    return found


def holders(tree: HtmlElement) -> list[HtmlElement]:
    """Return the elements with long texts of their own that are no paragraphs: divs, cells, lines between brs."""
    found: list[HtmlElement] = _HOLDERS(tree)
    return found


def besides() -> Callable[[HtmlElement], bool]:
    """Return a test of one tree's elements: do they stand in what is beside the text, a footer or a teaser?"""
    known: dict[HtmlElement, bool] = {}

    def is_beside(element: HtmlElement | None) -> bool:
        if element is None or element.tag in ("body", "html"):
            return False
        if element not in known:
            name, of = element.get("id"), element.get("class")
            noise = (of_id(name) if name else 0) | (of_class(of) if of else 0)
            known[element] = element.tag in _BESIDE or bool(noise & Says.NOISE) or is_beside(element.getparent())
        return known[element]

    return is_beside


def is_prose(paragraph: HtmlElement, text: str) -> bool:
    """Tell whether a paragraph is not links for the greater part."""
    return sum(len(text_of(link)) for link in paragraph.iter("a")) < 0.4 * len(text)


def _paragraph(element: HtmlElement, found: Sketch, beside: Callable[[HtmlElement], bool]) -> None:
    text = text_of(element)
    links = element.findall(".//a[@href]") if len(element) else []
    if links and is_link_line(text, text_of(links[0])):
        found.links.add(text)
    elif size(text) >= PARAGRAPH and (not links or is_prose(element, text)) and not beside(element.getparent()):
        above = element.iterancestors()
        found.paragraphs.append((text, tuple(f"{e.tag} {e.get('class')}" for e, _ in zip(above, "12", strict=False))))


def _item(element: HtmlElement, found: Sketch) -> None:
    link = element.find(".//a[@href]")
    if link is None or link.get("href").startswith("#"):
        return  # what leads to a part of the page is its table of contents
    text = text_of(element)
    if is_link_line(text, text_of(link)):
        found.links.add(text)


def _heading(element: HtmlElement, found: Sketch, beside: Callable[[HtmlElement], bool]) -> None:
    text = text_of(element)
    linked = element.tag != "h5" and (element.find(".//a") is not None or element.getparent().tag == "a")
    if linked and not any(True for _ in element.iterancestors("aside", "footer", "nav")):
        found.linked_headings += 1
    following = _following(element) if text and len(text) <= LONGEST_HEADING else ""
    if following:
        found.headings.append((text, following))


def _following(heading: HtmlElement) -> str:
    """Return the text of the paragraph below a heading, in the same container or, where that ends, the next."""
    for sibling in heading.itersiblings():
        if sibling.tag in ("p", "div", "blockquote") and (length := length_of(sibling)):
            return text_of(sibling) if length <= LONGEST_LINE else ""
        if sibling.tag in _ENDS:
            return ""
    if heading.find(".//a") is not None or heading.getparent().tag == "a":
        return ""
    line = next(lines_after(heading), None)
    return line.text if line is not None and not line.heading and size(line.text) >= PARAGRAPH else ""
