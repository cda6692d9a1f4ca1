"""Take out what is not the article: comment forms in the tree before extraction, service lines in the text after it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from lxml.html import HtmlElement

from pipelines.phrases import phrases

_FORMS = re.compile(
    r"^(?:respond|commentform|comment-form|disqus_thread|disqus-comments|fb-comments|fb_comments|coral[_-].*|coral|"
    r"comment-respond|comments-area|comments-list|commentlist|comment-list|comments-section|article-comments|post-comments|"
    r"reader-comments|viafoura.*|openweb.*|spot-im.*|hyvor-talk.*|comments|newsletter(?:-box|-signup|-form)?|cookie-(?:banner|notice|consent))$",
    re.IGNORECASE,
)
_BLOCKS = {"div", "section", "aside", "form", "article", "li", "td", "footer", "fieldset", "ul", "ol"}
_TEXT_TAGS = (
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
_LONGEST_BOX = 900
_SPACE = re.compile(r"\s+")
_BYLINE = re.compile(r"^(?:by|von|par|por|di|door|av|af|text|story)\b[:\s]", re.IGNORECASE)
_DATELINE = re.compile(
    r"^(?:(?:updated|published|posted|stand|mis à jour|publié|publicado|actualizado|aktualisiert)\b.{0,20})?"
    r"[\w.,:/ –-]{0,30}\b(?:19|20)\d{2}\b[\w.,:|/ ()–-]{0,30}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")


def prune(tree: HtmlElement) -> None:
    """Remove comment forms, comment lists, newsletter boxes and cookie banners from the tree, in place.

    Known by their ids and classes, or by their words: a heading or note of a form ("Leave A Reply", "Your email
    address will not be published.") goes with the small box around it, alone where there is none.
    """
    total = len(_text(tree)) or 1
    for element in list(tree.iter("div", "section", "aside", "ol", "ul", "form", "footer")):
        names = [element.get("id") or "", *(element.get("class") or "").split()]
        if any(_FORMS.match(name) for name in names) and _removable(element, total):
            _drop(element)
    texts = [e for e in tree.iter(*_TEXT_TAGS) if e.getparent() is not None and _is_form_text(e)]
    for element in texts:
        _drop(_box(element, total))


def _text(element: HtmlElement) -> str:
    return _SPACE.sub(" ", "".join(element.itertext())).strip()


def _is_form_text(element: HtmlElement) -> bool:
    if len(element) > 6 or len(element.text or "") > 300:
        return False
    text = _text(element)
    return 4 < len(text) < 300 and bool(
        phrases("comment form").search(text) or (len(text) < 260 and _mostly_private(text))
    )


def _mostly_private(text: str) -> bool:
    found = phrases("form note").search(text)
    return found is not None and found.start() < 40


def _removable(element: HtmlElement, total: int) -> bool:
    holds_article = element.find(".//h1") is not None or element.find(".//article") is not None
    words = len(_text(element))
    return element.getparent() is not None and not holds_article and (words < 400 or words < 0.5 * total)


def _box(element: HtmlElement, total: int) -> HtmlElement:
    """Return the largest element around a form's text that holds nothing but the form."""
    box = element
    while (parent := box.getparent()) is not None and parent.tag in _BLOCKS:
        text = _text(parent)
        if len(text) > _LONGEST_BOX or len(text) > 0.3 * total or parent.find(".//h1") is not None:
            break
        own = len(_text(box))
        has_inputs = any(True for _ in parent.iter("textarea", "input", "form"))
        if not has_inputs and len(text) > own + 40:
            break
        if any(len(_text(p)) > 160 and not _is_form_text(p) for p in parent.iter("p")):
            break
        box = parent
    return box


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def filter_lines(lines: list[str], headline: str) -> list[str]:
    """Return the lines of a body without service lines, a repeated headline, bylines at the top and tails."""
    kept = [line for line in lines if not is_service(line)]
    kept = _cut_top(kept, headline)
    kept = _cut_tail(kept)
    return kept if kept else lines


def is_service(line: str) -> bool:
    """Tell whether a line is a form's, a newsletter's, a sharing bar's or an advertisement's."""
    if len(line) > 300:
        return False
    return bool(
        phrases("comment form").search(line)
        or _mostly_private(line)
        or phrases("service").search(line)
        or phrases("whole line").search(line)
    )


def _cut_top(lines: list[str], headline: str) -> list[str]:
    kept: list[str] = []
    for place, line in enumerate(lines):
        if place < 6 and len(kept) < 3 and _is_top_matter(line, headline):
            continue
        kept.append(line)
    return kept


def _is_top_matter(line: str, headline: str) -> bool:
    if headline and len(line) < 2 * len(headline) + 20:
        a, b = line.casefold(), headline.casefold()
        if a == b or (
            len(b) > 15
            and SequenceMatcher(None, a, b).quick_ratio() > 0.9
            and SequenceMatcher(None, a, b).ratio() > 0.9
        ):
            return True
    if len(line) > 90 or _SENTENCE.search(line):
        return False
    return bool(_BYLINE.match(line) or _DATELINE.match(line))


def _cut_tail(lines: list[str]) -> list[str]:
    """Cut a tail ("Related", "More from …") off when most of the text is above it and no prose follows."""
    total = sum(len(line) for line in lines)
    above = 0
    for place, line in enumerate(lines):
        if above > 0.6 * total and len(line) < 80 and phrases("tail").search(line):
            prose = [rest for rest in lines[place + 1 :] if len(rest) > 90 and _SENTENCE.search(rest)]
            if len(prose) < 2 and sum(map(len, prose)) < 300:
                return lines[:place]
        above += len(line)
    return lines
