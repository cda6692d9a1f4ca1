"""Trafilatura's main extraction, run on a tree that is parsed once and used up: no copies, names judged once.

The steps, their order and what they ask are those of `trafilatura.core` and `trafilatura.main_extractor` with
`fast=True, include_comments=False` and without its search for text outside of the container; a test holds the results
against `trafilatura.bare_extraction`. What this cannot read goes the whole way, in `pipelines.cascade`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml.etree import Element, XPath, strip_elements, strip_tags
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import (
    _handle_forms,
    convert_tags,
    link_density_test,
    link_density_test_tables,
    process_node,
    recover_math,
)
from trafilatura.main_extractor import NOT_AT_THE_END, REBUILT_BLOCKS, handle_textelem
from trafilatura.settings import (
    CUT_EMPTY_ELEMS,
    INLINE_FORMATTABLE,
    MANUALLY_CLEANED,
    MANUALLY_STRIPPED,
    TAG_CATALOG,
    Extractor,
)
from trafilatura.utils import text_chars_test, trim
from trafilatura.xml import delete_element

from pipelines.naming import Says, by_first, named, of_class, of_id
from pipelines.tree import length_of

_OPTIONS = Extractor(fast=True, comments=False, output_format="python")
_CLEANED = tuple(tag for tag in MANUALLY_CLEANED if tag != "form")
_TAGS = {*TAG_CATALOG, "table", "td", "th", "tr"}
_BLOCKS = {"div", "item", "list", "p", "section", "span"}
_FRAMES = ("article", "div", "main", "section")
_BY_ATTRIBUTES = XPath(
    ".//*[@style or @role or @aria-hidden or @data-component or @data-lp-replacement-content]"
    "[(self::div or self::item or self::list or self::p or self::section or self::span) and"
    " (@data-lp-replacement-content or contains(translate(@role, 'N', 'n'), 'nav')"
    " or contains(@data-component, 'MostPopularStories'))"
    " or (@style and (contains(@style, 'display:none') or contains(@style, 'display: none')"
    " or (not(@id) and contains(@style, 'hidden')))) or @aria-hidden='true']",
    smart_strings=False,
)
_EMPTY = XPath(f".//*[not(node()) and ({' or '.join(f'self::{tag}' for tag in sorted(CUT_EMPTY_ELEMS))})]")
_LENGTH = XPath("string-length(.)")
_COUNT = XPath("count(.//*)")
_PARAGRAPHS = XPath("//p//text()", smart_strings=False)
_LEAST = _OPTIONS.min_extracted_size * 3


def main_text(tree: HtmlElement, orphans: bool = False) -> Any:
    """Return the body element that Trafilatura builds of a page's main container, empty when it finds none.

    Headings whose list of links is taken out go along, unless `orphans` are to stay, as Trafilatura has it. The tree
    is used up.
    """
    _clean(tree)
    return _extract(convert_tags(tree, _OPTIONS, None), orphans)


def _clean(tree: HtmlElement) -> None:
    recover_math(tree)
    for element in tree.iter("figure", "table"):
        nested = element.tag == "figure" and element.find(".//table") is not None
        if nested or (element.tag == "table" and element.get("role") in ("presentation", "none")):
            element.tag = "div"
    strip_tags(tree, MANUALLY_STRIPPED)
    strip_elements(tree, *_CLEANED, with_tail=False)
    _handle_forms(tree)
    for element in _EMPTY(tree):
        delete_element(element)


def _extract(tree: HtmlElement, orphans: bool) -> Any:
    body, tags = Element("body"), set(_TAGS)
    for frame in _frames(tree):
        _prune_frame(frame, orphans)
        if len(frame) == 0:
            continue
        if len("".join(_PARAGRAPHS(frame))) < _LEAST:
            tags.add("div")
        if _fill(body, frame, tags):
            break
    return body


def _frames(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield what may hold the text, the surest name first; each is looked for after the last was tried."""
    for wanted in (Says.ARTICLE_TEXT, 0, Says.STORY, Says.CONTENT, Says.MAIN):
        for element in tree.iter(*_FRAMES):
            if element is not tree and _is_frame(element, wanted):
                yield element
                break


def _is_frame(element: HtmlElement, wanted: int) -> bool:
    if not wanted:
        return bool(element.tag == "article")
    name, role = element.get("id"), element.get("role")
    if name and of_id(name) & wanted:
        return True
    name = element.get("class")
    if name and of_class(name) & wanted:
        return True
    if wanted == Says.ARTICLE_TEXT:
        return bool(element.get("itemprop") == "articleBody")
    if wanted == Says.MAIN:
        return bool(element.tag == "main" or (role and role.startswith("main")))
    return bool(wanted == Says.STORY and role == "article")


_DISCARDED = Says.DISCARD | Says.DISCARD_ANY | Says.COOKIE | Says.REPLY


def _prune_frame(frame: HtmlElement, orphans: bool) -> None:
    found: dict[HtmlElement, None] = dict.fromkeys(_BY_ATTRIBUTES(frame))
    others: list[HtmlElement] = []
    for element, by_id, by_class in named(frame, _DISCARDED | Says.CAPTION | Says.TEASER):
        if _is_discarded(element, by_id, by_class):
            found[element] = None
        elif (by_id | by_class) & (Says.CAPTION | Says.TEASER) and element.tag in _BLOCKS:
            others.append(element)
    outer = [element for element in found if not any(above in found for above in element.iterancestors())]
    length = _LENGTH(frame)
    if length - sum(map(_LENGTH, outer)) > length / 7:
        others += outer
    for element in others:
        delete_element(element)
    below = {} if orphans else {head: head.getnext() for head in frame.iter("head")}
    _prune_links(frame)
    for head in [head for head, after in below.items() if after is not None and after.getparent() is None]:
        _drop_orphan(head)


def _is_discarded(element: HtmlElement, by_id: int, by_class: int) -> bool:
    says, block = by_id | by_class, element.tag in _BLOCKS
    if says & Says.DISCARD_ANY or (block and says & Says.DISCARD):
        return True
    if not says & (Says.COOKIE | Says.REPLY):
        return False
    first = by_first(element, by_id, by_class)
    return bool(first & Says.REPLY or (block and first & Says.COOKIE))


def _prune_links(frame: HtmlElement) -> None:
    if next(frame.iter("ref"), None) is not None:
        for _ in range(2):
            before = _COUNT(frame)
            _prune_dense(frame, "div", backtracking=True)
            _prune_dense(frame, "list")
            _prune_dense(frame, "p")
            if _COUNT(frame) == before:
                break
        for table in [table for table in frame.iter("table") if link_density_test_tables(table)]:
            delete_element(table, keep_tail=False)
    strip_tags(frame, "span", "ref")


def _prune_dense(frame: HtmlElement, tag: str, backtracking: bool = False) -> None:
    """Take out blocks that are links for the most part: `delete_by_link_density`, where there are links at all."""
    linked = {above for ref in frame.iter("ref") for above in ref.iterancestors(tag)}
    for element in [element for element in frame.iter(tag) if element in linked and _is_dense(element, backtracking)]:
        parent = element.getparent()
        if tag != "p" or parent is None or parent.tag not in ("item", "td", "th"):
            delete_element(element)


def _is_dense(element: HtmlElement, backtracking: bool) -> bool:
    if not _may_be_dense(element):
        return False
    dense, short = link_density_test(element)
    return dense or (backtracking and short and len(element) >= 3 and len(trim(element.text_content())) < 100)


def _may_be_dense(element: HtmlElement) -> bool:
    """Tell whether a block is short, or has many links, or one long one: all others pass the test, which is slow."""
    links = element.findall(".//ref")
    short = length_of(element) < (80 if element.tag == "p" else 320)
    return short or len(links) > 4 or (len(links) == 1 and length_of(links[0]) > 80)


def _drop_orphan(head: HtmlElement) -> None:
    """Take out a heading below which a list of links was taken out, unless other text follows it."""
    after = head.getnext()
    if (after is None or after.tag == "head") and not text_chars_test(head.tail):
        delete_element(head)


def _fill(body: Any, frame: HtmlElement, tags: set[str]) -> bool:
    """Move a frame's text into the body; tell whether it was a text."""
    elements = list(frame.iterdescendants())
    inside = {element.tag for element in elements}
    if inside == {"lb"} or (frame.tag == "div" and "div" in tags and inside <= INLINE_FORMATTABLE | {"lb"}):
        elements = [frame]
    start, lead = len(body), None
    if elements != [frame] and text_chars_test(frame.text):
        lead = _paragraph(frame.text)
    for element in elements:
        if element.getroottree().getroot() is body:
            continue
        _take(body, element, tags)
    while len(body) > 0 and body[-1].tag in NOT_AT_THE_END:
        delete_element(body[-1], keep_tail=False)
    if len(body) <= 1:
        return False
    if lead is not None:
        body.insert(start, lead)
    return True


def _take(body: Any, element: HtmlElement, tags: set[str]) -> None:
    tag, tail = element.tag, element.tail
    if tag == "done":
        return
    taken = handle_textelem(element, tags, _OPTIONS)
    if taken is not None:
        body.append(taken)
        if element.getroottree().getroot() is not body:
            element.tag = "done"
    if tag in REBUILT_BLOCKS and text_chars_test(tail) and (taken is None or taken.tail is None):
        paragraph = _paragraph(tail)
        if paragraph is not None:
            body.append(paragraph)


def _paragraph(text: str | None) -> Any:
    paragraph = Element("p")
    paragraph.text = text
    return process_node(paragraph, _OPTIONS)
