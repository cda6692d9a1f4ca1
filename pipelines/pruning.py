"""Take out of a page's tree, before extraction, what is never its article: comment forms and lists, boxes, banners."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick
from lxml.etree import strip_elements
from lxml.html import HtmlElement

from pipelines import forms
from pipelines.boxes import boxes
from pipelines.formwords import is_form_text
from pipelines.lines import size
from pipelines.naming import Says, named
from pipelines.phrases import phrases, stems
from pipelines.tree import length_of, text_of

_BOXES = {"div", "section", "aside", "ol", "ul", "form", "footer", "p", "span", "figcaption"}
_COMMENT_TAGS = {"div", "list", "section", "details", "ol", "ul"}
_APPENDED_TAGS = {"div", "section", "aside"}
_NEVER = (
    *(
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "aside",
        "footer",
        "menu",
        "dialog",
        "iframe",
        "object",
    ),
    *("embed", "audio", "video", "canvas", "map", "picture", "svg", "select", "datalist"),
)
"""What Trafilatura never looks into; without it, all that follows has a third less to look at."""
_HEADS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_TEXTS = _HEADS | {"p", "div", "span", "a", "b", "strong", "i", "em", "small", "label", "legend"}
_BLOCKS = {"div", "section", "aside", "form", "article", "li", "td", "footer", "fieldset", "ul", "ol"}
_PRUNED = Says.BOX | Says.APPENDED | Says.COMMENTS | Says.DISQUS | Says.CAPTION
_PRUNED_TAGS = _BOXES | _COMMENT_TAGS | _APPENDED_TAGS | {"td", "table", "blockquote", "small", "em", "cite", "dd"}
LONGEST_BOX = 900
LONGEST_TEXT = 300
_WORD = re.compile(r"\w")
_LABEL = re.compile(r"^\W*[^\W\d][^:：.!?]{1,30}[:：]\s*$")
"""What stands before the link to another article, as "Read also:"."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was taken out of a page before its text was looked for: the rule, and the text's beginning."""

    rule: str
    text: str


def prune(tree: HtmlElement) -> list[Dropped]:
    """Remove what is known by its id or class, or, a comment form, by its words, in place; return what went.

    A heading or note of a form ("Leave A Reply", "Your email address will not be published.") goes with the small box
    around it, alone where there is none.
    """
    strip_elements(tree, *_NEVER, with_tail=False)
    _unwrap_layout(tree)
    total = length_of(tree) or 1
    dropped: list[Dropped] = []
    for element, by_id, by_class in list(named(tree, _PRUNED, *_PRUNED_TAGS)):
        rule = _named_rule(element, by_id, by_class, total)
        if rule:
            _drop(element, rule, dropped)
    dropped += [Dropped("comment form", text[:LONGEST_TEXT]) for text in forms.take_out(tree)]
    words = set(_words().find_matches_as_strings(tree.text_content().lower()))
    for element, rule in list(boxes(tree, total, words & stems("newsletter"))):
        _drop(element, rule, dropped)
    for element in _form_texts(tree, words - stems("newsletter")):
        if element.getparent() is not None:
            _drop(_box(element, total), "comment form", dropped)
    for heading in [h for h in tree.iter("h2", "h3", "h4", "h5") if phrases("comments").search(_short_text(h))]:
        _drop_comments(heading, total, dropped)
    return dropped


def _unwrap_layout(tree: HtmlElement) -> None:
    """Make divs of tables that a page is laid out in: a cell holds its headline, or three paragraphs."""
    for table in list(tree.iter("table")):
        cells = [cell for cell in table.iter("td") if next(cell.iterancestors("table")) is table]
        if any(cell.find(".//h1") is not None or len(cell.findall("p")) >= 3 for cell in cells):
            for element in list(table.iter("td", "th", "tr", "tbody", "thead", "tfoot")):
                if next(element.iterancestors("table"), None) is table:
                    element.tag = "div"
            table.tag = "div"


def is_link_line(text: str, linked: str) -> bool:
    """Tell whether a paragraph is nothing but a link, mostly to another article.

    `linked` is the text of its first link. Brackets may stand around it, and a word or two with a colon before it
    ("Read also: …").
    """
    if not (linked and len(text) <= LONGEST_TEXT and linked in text and size(text) >= 15):
        return False
    before, _, after = text.partition(linked)
    return not _WORD.search(after) and (not _WORD.search(before) or _LABEL.match(before) is not None)


def _named_rule(element: HtmlElement, by_id: int, by_class: int, total: int) -> str:
    """Return the rule by which an element goes for its id or class; the empty text if it stays."""
    says, tag = by_id | by_class, element.tag
    if says & Says.BOX and tag in _BOXES and _removable(element, total):
        return "box"
    if says & Says.CAPTION and 0 < length_of(element) < LONGEST_TEXT:
        return "caption"
    if tag in _COMMENT_TAGS and (says & Says.COMMENTS or (by_id & Says.DISQUS and tag not in ("ol", "ul"))):
        return "comments"
    appended = says & Says.APPENDED and tag in _APPENDED_TAGS
    if appended and (says & Says.SURELY_APPENDED or element.find(".//h1") is None):
        return "further article"
    return ""


def _form_texts(tree: HtmlElement, words: set[str]) -> list[HtmlElement]:
    """Return the elements whose text is the heading or the note of a comment form, outer ones last."""
    found: dict[HtmlElement, None] = {}
    for holder in _holders(tree, words) if words else ():
        element = holder
        while element is not None and element.tag in _TEXTS and element not in found:
            text = _short_text(element)
            if not text:
                break
            if is_form_text(text):
                found[element] = None
            element = element.getparent()
    return list(found)


def _holders(tree: HtmlElement, words: set[str]) -> Iterator[HtmlElement]:
    """Yield the elements with a short text of their own in which one of the words stands."""
    for element in tree.iter(*_TEXTS, "br", "input", "textarea"):
        text = element.text
        if text and 4 < len(text) < 2 * LONGEST_TEXT:
            lower = text.lower()
            for word in words:
                if word in lower:
                    yield element
                    break
        tail = element.tail
        if tail and 4 < len(tail) < 2 * LONGEST_TEXT and any(map(tail.lower().__contains__, words)):
            yield element.getparent()


@cache
def _words() -> AhoCorasick:
    """Return a search for the words that a page's forms and newsletters are looked for by."""
    words = stems("comment form") | stems("form note")
    least = {word for word in words if not any(other in word for other in words - {word})}
    return AhoCorasick(sorted(least | stems("newsletter")))


def _short_text(element: HtmlElement) -> str:
    """Return the text of an element that may be a form's, an empty one for those that cannot."""
    if len(element) > 6 or len(element.text or "") > 2 * LONGEST_TEXT:
        return ""
    text = text_of(element)
    return text if len(text) < LONGEST_TEXT else ""


def _removable(element: HtmlElement, total: int) -> bool:
    if element.getparent() is None or element.find(".//h1") is not None:
        return False
    if any("comment" not in f"{e.get('id')}{e.get('class')}" for e in element.iter("article")):
        return False
    length = length_of(element)
    return bool(length < 400 or length < 0.5 * total)


def _box(element: HtmlElement, total: int) -> HtmlElement:
    """Return the largest element around a form's text that holds nothing but the form."""
    box = element
    while (parent := box.getparent()) is not None and parent.tag in _BLOCKS:
        length = length_of(parent)
        if length > LONGEST_BOX or length > 0.3 * total or parent.find(".//h1") is not None:
            break
        has_inputs = next(parent.iter("textarea", "input", "form"), None) is not None
        if not has_inputs and length > length_of(box) + 40:
            break
        if any(length_of(p) > 160 and not is_form_text(_short_text(p)) for p in parent.iter("p")):
            break
        box = parent
    return box


def _drop_comments(heading: HtmlElement, total: int, dropped: list[Dropped]) -> None:
    """Drop a heading above readers' comments with what follows it, if that is less than what it follows."""
    parent = heading.getparent()
    if parent is None:
        return
    following = [sibling for sibling in heading.itersiblings() if isinstance(sibling.tag, str)]
    before = sum(length_of(s) for s in heading.itersiblings(preceding=True) if isinstance(s.tag, str))
    after = sum(map(length_of, following))
    if before < 40 and _removable(parent, total):
        _drop(parent, "comments", dropped)
    elif before > after:
        for element in (heading, *following):
            _drop(element, "comments", dropped)


def _drop(element: HtmlElement, rule: str, dropped: list[Dropped]) -> None:
    if element.getparent() is not None:
        dropped.append(Dropped(rule, text_of(element)[:LONGEST_TEXT]))
        element.drop_tree()
