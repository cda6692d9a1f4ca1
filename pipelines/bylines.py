"""Read the authors from the byline that readers see, where the page names none in a machine's terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.authors import clean_authors, is_person, looks_like_name
from pipelines.bywords import any_of
from pipelines.roles import without_role
from pipelines.scan import LONGEST_NAMES, text_of

LONGEST = 120
MOST, MOST_SEEN = 40, 4
_ELSEWHERE = ("nav", "footer", "aside", "form")
_APART = (*_ELSEWHERE, "figure", "figcaption")
_CREDITS = XPath("//body//*[contains(@class, 'yline') or contains(@class, 'uthor') or contains(@id, 'yline')]")
_MARKED = re.compile(
    r"(?:^|[\s_-])(?:article|post|entry|story|news|meta|c|o|m)?[_-]*(?:authors?|bylines?|by-line|writers?|autor(?:en|es|zy)?|auteurs?|autore"
    r"|contributors?|journalists?|redakteur|reporter)(?![a-z])|(?:author|byline)(?:s?[-_]*(?:name|link|list)|Name)",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"caption|credit|copyright|photo|image|picture|gallery|media", re.IGNORECASE)
"""Classes of what stands beside a picture: whoever is named there took it."""
_NOT_NAMES = re.compile(
    r"bio\b|with-|has-|header|avatar|image|img|photo|social|follow|about|title|role|job|email|date|time|related|comment|box|description|card|more|widget",
    re.IGNORECASE,
)
_BY = re.compile(rf"^{any_of('byline')}(?:\s*[:：]\s*|\s+|(?<=[:：\u3000-\u9fff]))(?=\S)", re.IGNORECASE)
_HELPER = re.compile(
    rf"\b{any_of('helper')}\b.{{0,24}}\b(?:by|from|of|von|par|por|de|di|da|av|af|door)$", re.IGNORECASE
)
_EASTERN = re.compile(
    r"(?:作者|記者|记者|撰文)\s*[:：/／]?\s*([\u4e00-\u9fff·]{2,4})(?![\u4e00-\u9fff])|(?<![가-힣])([가-힣]{2,4})\s?(?:기자|특파원)(?![가-힣])"
)
"""Bylines that need not begin a text: 作者：王小明, 김철수 기자."""
AUTHOR_PAGE = re.compile(
    r"/(?:authors?|staff|contributors?|by|profiles?|journalists?|columnists?|reporters?|writers?|autor(?:en|es|a|zy)?|auteurs?|autori"
    r"|redakteure?|medarbejder|skribent|journaliste|firmas|sobre-autor|users?|avtor|yazar(?:lar)?|penulis)/[^/?#]+",
    re.IGNORECASE,
)


def byline(tree: HtmlElement, outlets: Iterable[str]) -> tuple[str, ...]:
    """Return the authors in what a page marks as a byline anywhere but in its navigation, where nothing else speaks."""
    elements = [element for element in _CREDITS(tree)[:MOST] if next(element.iterancestors(*_ELSEWHERE), None) is None]
    said = [*_marked(elements), *_spoken(elements)]
    for texts in sorted(said, key=lambda texts: _BY.match(texts[0]) is None):  # those that say "By" first
        found = tuple(name for name in clean_authors(texts, outlets) if looks_like_name(name) and is_person(name))
        if found:
            return found
    return ()


def seen_authors(around: Iterable[HtmlElement], outlets: Iterable[str]) -> tuple[str, ...]:
    """Return the authors in the byline about a headline: links to their pages, what is marked as names, "By …"."""
    elements, outlets = list(around), tuple(outlets)
    for find in (_linked, _marked, _spoken):
        for texts in find(elements):
            found = tuple(
                name for name in clean_authors(texts, outlets) if looks_like_name(name) or not is_person(name)
            )
            if any(map(is_person, found)):
                return found
    return ()


def seen_bylines(around: Iterable[HtmlElement]) -> tuple[str, ...]:
    """Return the texts of the byline about a headline as readers see them, whoever they name; none of a picture's."""
    elements = [element for element in around if not _is_elsewhere(element)]
    links = (text_of(element, LONGEST + 1) for element in elements if element.tag == "a" and is_author_link(element))
    texts = (text for part in (*_marked(elements), *_spoken(elements)) for text in part)
    short = (text for text in dict.fromkeys((*links, *texts)) if 1 < len(text) <= LONGEST)
    return tuple(text for text in short if not text.endswith((".", "!", "?", "…")))[:MOST_SEEN]


def _is_elsewhere(element: HtmlElement) -> bool:
    """Tell whether an element stands beside a picture, or in what is no article."""
    if element.tag in _APART or next(element.iterancestors(*_APART), None) is not None:
        return True
    parent = element.getparent()
    names = f"{element.get('class') or ''} {parent.get('class') or '' if parent is not None else ''}"
    return _PICTURE.search(names[: 2 * LONGEST_NAMES]) is not None


def _linked(elements: list[HtmlElement]) -> Iterator[list[str]]:
    for link in elements:
        if link.tag == "a" and is_author_link(link):
            yield [text for text in map(text_of, _beside(link)) if text]


def helpers(elements: Iterable[HtmlElement], names: Iterable[str]) -> set[str]:
    """Return which of some names (in small letters) a byline gives only to those who helped ("Photography by …")."""
    wanted = set(names)
    helped: set[str] = set()
    wrote: set[str] = set()
    helping = False
    for element in elements:
        for text in (element.text, element.tail):
            piece = " ".join(text.split()).strip(" ,;|:") if text else ""
            if piece.casefold() in wanted:
                (helped if helping else wrote).add(piece.casefold())
            elif _HELPER.search(piece):
                helping = True
            elif _BY.match(f"{piece} x"):
                helping = False
    return helped - wrote


def wider_byline(elements: Iterable[HtmlElement], name: str) -> str:
    """Return the short text of the byline that a name stands in, empty where there is none."""
    for element in elements:
        if element.text and name in element.text and len(element.text) < LONGEST:
            parent = element.getparent()
            text = text_of(element if parent is None or len(parent) > 8 else parent, LONGEST + 1)
            if _BY.match(text) and len(text) <= LONGEST:
                return text
    return ""


def is_author_link(link: HtmlElement) -> bool:
    """Tell whether a link leads to an author's page."""
    return "author" in (link.get("rel") or "").split() or bool(AUTHOR_PAGE.search(link.get("href") or ""))


def _beside(link: HtmlElement) -> list[HtmlElement]:
    """Return a link and those to other authors in the same line, or, where each stands in its own box, in the list."""
    parent = link.getparent()
    if parent is None:
        return [link]
    box = parent if sum(1 for _ in parent.iter("a")) > 1 else parent.getparent()
    if box is None or len(text_of(box, 2 * LONGEST + 1)) > 2 * LONGEST:
        return [link]
    return [other for other in box.iter("a") if is_author_link(other)]


def _marked(elements: list[HtmlElement]) -> Iterator[list[str]]:
    for element in elements:
        names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
        if 2 < len(names) < LONGEST_NAMES and _is_mark(names):
            text = text_of(element, LONGEST + 1)
            if 2 < len(text) <= LONGEST:
                yield _lines(element) or [text]


@lru_cache(maxsize=8192)
def _is_mark(names: str) -> bool:
    """Tell whether classes mark authors' names. A site's pages share them, and some are long."""
    return bool(_MARKED.search(names) and not _NOT_NAMES.search(names))


def _lines(element: HtmlElement) -> list[str]:
    """Return the texts of the parts of a byline that say "By", or of its links."""
    pieces = [" ".join(piece.split()) for piece in element.itertext()]
    pieces = [piece for piece in pieces if piece]
    for at, piece in enumerate(pieces):
        if _BY.match(piece):
            return [piece]
        if _BY.match(f"{piece} x") and at + 1 < len(pieces):
            return [" ".join(pieces[at:])]
    return []


def _spoken(elements: list[HtmlElement]) -> Iterator[list[str]]:
    """Yield short texts that begin with "By", or name somebody with a role, or as bylines in the East do."""
    for element in elements:
        own = " ".join((element.text or "").split())
        if not 1 < len(own) <= LONGEST or element.tag in ("h1", "h2", "title"):
            continue
        eastern = None if own.isascii() else _EASTERN.search(own)
        if eastern:
            yield [eastern.group(1) or eastern.group(2)]
        elif element.tag != "a" and (_BY.match(f"{own} x") or _has_role(own)):
            text = text_of(element, LONGEST + 1)
            parent = element.getparent()
            if text == own and not _BY.match(own) and not _has_role(own) and parent is not None:
                text = text_of(parent, LONGEST + 1)  # "By" stands in a box of its own
            if len(text) <= LONGEST:
                yield [text]


def _has_role(text: str) -> bool:
    """Tell whether a text is a name with what the person does ("Ada Byron, Political Editor")."""
    return "," in text and looks_like_name(without_role(text)) and without_role(text) != text
