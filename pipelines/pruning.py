"""Take out of a page's tree, before extraction, what is never its article: comment forms and lists, boxes, banners."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipelines.phrases import phrases

_NAMES = re.compile(
    r"^(?:respond|comment-?form|disqus[-_].*|fb[-_]comments|coral(?:[-_].*)?|comment-respond|comments?-area|comments?-list"
    r"|commentlist|comments?-section|(?:article|post|reader|user)-?comments|viafoura.*|openweb.*|spot-im.*|hyvor-talk.*"
    r"|comments|newsletter(?:-?(?:box|signup|form|widget|inline))?|inline-?newsletter|cookie-?(?:banner|notice|consent)"
    r"|author-?(?:bio|box|info)|about-?(?:the-)?author|related-?(?:posts|articles|stories|content|links|news)"
    r"|(?:image|photo|media|picture|wp)-?caption(?:-?text)?|caption-?text|(?:photo|image)-?credits?"
    r"|social-?(?:share|sharing|links|buttons|media)|share-?(?:bar|buttons|tools|links))$",
    re.IGNORECASE,
)
_BOXES = ("div", "section", "aside", "ol", "ul", "form", "footer", "p", "span", "figcaption")
_TEXTS = (
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "strong",
    "b",
    "label",
    "small",
    "span",
    "div",
    "legend",
    "a",
    "em",
    "i",
)
_BLOCKS = {"div", "section", "aside", "form", "article", "li", "td", "footer", "fieldset", "ul", "ol"}
LONGEST_BOX = 900
LONGEST_TEXT = 300
_GOES_ON = re.compile(r"[\"”»’']|,? (?:is|was|and|but|said|says)\b")
"""What follows a form's note only where somebody writes about it."""
_SPACE = re.compile(r"\s+")


def text_of(element: HtmlElement) -> str:
    """Return the text of an element in one line."""
    return _SPACE.sub(" ", "".join(element.itertext())).strip()


def prune(tree: HtmlElement) -> None:
    """Remove what is known by its id or class, or, a comment form, by its words, in place.

    A heading or note of a form ("Leave A Reply", "Your email address will not be published.") goes with the small box
    around it, alone where there is none.
    """
    total = len(text_of(tree)) or 1
    for element in list(tree.iter(*_BOXES)):
        if _is_named(element) and _removable(element, total):
            _drop(element)
    for element in [e for e in tree.iter(*_TEXTS) if e.getparent() is not None and is_form_text(_short_text(e))]:
        _drop(_box(element, total))
    for heading in [h for h in tree.iter("h2", "h3", "h4", "h5") if phrases("comments").search(_short_text(h))]:
        _drop_comments(heading, total)


def link_paragraphs(tree: HtmlElement) -> set[str]:
    """Return the texts of paragraphs that are nothing but a link: ways to other articles, mostly."""
    found: set[str] = set()
    for paragraph in tree.iter("p"):
        link = paragraph.find(".//a[@href]")
        if link is None:
            continue
        text, linked = text_of(paragraph), text_of(link)
        if 15 <= len(text) <= LONGEST_TEXT and len(linked) >= len(text) - 2:
            found.add(text)
    return found


def _short_text(element: HtmlElement) -> str:
    """Return the text of an element that may be a form's, an empty one for those that cannot."""
    if len(element) > 6 or len(element.text or "") > LONGEST_TEXT:
        return ""
    text = text_of(element)
    return text if len(text) < LONGEST_TEXT else ""


def is_form_text(text: str) -> bool:
    """Tell whether a short text is the heading of a comment form, or the note in it."""
    return len(text) > 4 and bool(phrases("comment form").search(text) or is_form_note(text))


def is_form_note(text: str) -> bool:
    """Tell whether a short text begins with what is written beside the fields of a comment form."""
    found = phrases("form note").search(text) if len(text) < 260 and text[:1] not in "\"“„«‘'" else None
    return found is not None and found.start() < 40 and not _GOES_ON.match(text, found.end())


def _is_named(element: HtmlElement) -> bool:
    names = f"{element.get('id') or ''} {element.get('class') or ''}".replace("_", "-").split()
    return any(_NAMES.match(name) for name in names)


def _removable(element: HtmlElement, total: int) -> bool:
    if element.getparent() is None or element.find(".//h1") is not None:
        return False
    if any("comment" not in f"{e.get('id')}{e.get('class')}" for e in element.iter("article")):
        return False
    length = len(text_of(element))
    return length < 400 or length < 0.5 * total


def _box(element: HtmlElement, total: int) -> HtmlElement:
    """Return the largest element around a form's text that holds nothing but the form."""
    box = element
    while (parent := box.getparent()) is not None and parent.tag in _BLOCKS:
        text = text_of(parent)
        if len(text) > LONGEST_BOX or len(text) > 0.3 * total or parent.find(".//h1") is not None:
            break
        has_inputs = next(parent.iter("textarea", "input", "form"), None) is not None
        if not has_inputs and len(text) > len(text_of(box)) + 40:
            break
        if any(len(text_of(p)) > 160 and not is_form_text(_short_text(p)) for p in parent.iter("p")):
            break
        box = parent
    return box


def _drop_comments(heading: HtmlElement, total: int) -> None:
    """Drop a heading above readers' comments with what follows it, if that is less than what it follows."""
    parent = heading.getparent()
    if parent is None:
        return
    following = [sibling for sibling in heading.itersiblings() if isinstance(sibling.tag, str)]
    before = sum(len(text_of(s)) for s in heading.itersiblings(preceding=True) if isinstance(s.tag, str))
    after = sum(map(len, map(text_of, following)))
    if before < 40 and _removable(parent, total):
        _drop(parent)
    elif before > after:
        for element in (heading, *following):
            _drop(element)


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
