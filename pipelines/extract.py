"""From a fetched page to an article, or the reason why there is none. Pure; runs in worker processes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

import lxml.html
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.metadata import extract_metadata
from w3lib.encoding import html_to_unicode

from pipelines import boilerplate, dates, language
from pipelines.access import access_of, is_bot_wall, is_consent_wall
from pipelines.authors import clean_authors
from pipelines.clean import clean_body, clean_text
from pipelines.metadata import Facts, read_metadata
from storage.types import Access, Article, DateSource, Drop, Page

MAX_BYTES = 20 * 1024 * 1024
MAX_TAGS = 120_000
MAX_ATTRIBUTES = 1_000
WALL_WORDS = 120
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_OPENING = re.compile(r"<(script|style|svg)\b[^<>]{0,2000}>")
_DATES = {"outputformat": "%Y-%m-%dT%H:%M:%S%z", "extensive_search": False, "original_date": True}


@cache
def extractor() -> str:
    """Return the name and version that articles carry."""
    return f"newsdesk {version('newsdesk')} / trafilatura {version('trafilatura')}"


def extract(page: Page) -> Article | Drop:
    """Return the article of a page, or why it gives none. Never raises for what a page holds."""
    problem = oversize(page.body)
    if problem is not None:
        return problem
    if not page.body.strip():
        return Drop("empty", "the page is empty")
    try:
        return _extract(page, datetime.now(UTC))
    except MemoryError:
        raise
    except Exception as error:
        return Drop("unreadable", f"{type(error).__name__}: {str(error)[:200]}")


def oversize(body: bytes) -> Drop | None:
    """Return why a page is too big to be read, before anything is done with it."""
    if len(body) > MAX_BYTES:
        return Drop("too-big", f"{len(body)} bytes")
    if body.count(b"<") > MAX_TAGS:
        return Drop("too-big", f"more than {MAX_TAGS} tags")
    return None


def overgrown(text: str) -> Drop | None:
    """Return why markup without scripts is too much for the parsers: tags with masses of attributes."""
    for chunk in text.split("<"):
        if len(chunk) > 2 * MAX_ATTRIBUTES and len(_QUOTED.sub("", chunk).partition(">")[0].split()) > MAX_ATTRIBUTES:
            return Drop("too-big", f"a tag with more than {MAX_ATTRIBUTES} attributes")
    return None


def without_scripts(text: str) -> str:
    """Return the markup without script, style and svg elements, but with JSON-LD. One pass, whatever the input."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return text
    parts: list[str] = []
    at = 0
    for found in _OPENING.finditer(lowered):
        if found.start() < at or "ld+json" in found.group(0):
            continue
        end = lowered.find(f"</{found.group(1)}", found.end())
        close = lowered.find(">", end) if end >= 0 else -1
        if close < 0:
            continue
        parts.append(text[at : found.start()])
        at = close + 1
    return "".join([*parts, text[at:]])


def decode(page: Page) -> str:
    """Return the page's text, by the header's charset, the page's own, or detection."""
    header = f"text/html; charset={page.charset}" if page.charset else None
    _, text = html_to_unicode(header, page.body, auto_detect_fun=_detect)
    if page.charset and text.count("\ufffd") > 3:
        try:
            return page.body.decode("utf-8")
        except UnicodeDecodeError:
            return text
    return text


def _detect(body: bytes) -> str:
    try:
        body.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return "cp1252"


def _extract(page: Page, now: datetime) -> Article | Drop:
    text = without_scripts(decode(page).replace("\x00", ""))
    problem = overgrown(text)
    if problem is not None:
        return problem
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_pis=True)
    tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    facts = read_metadata(tree, page.url, now)
    visible = _visible(tree)
    boilerplate.prune(tree)
    document: Any = bare_extraction(
        tree, url=page.url, include_comments=False, with_metadata=False, date_extraction_params=dict(_DATES)
    )
    lines = [line for line in _lines(document.body) if line] if document is not None else []
    headline = facts.headline or clean_text(page.hints.title or "")
    body = clean_body("\n".join(boilerplate.filter_lines(lines, headline)))
    return _judge(page, facts, tree, body, headline, visible, now)


def _judge(
    page: Page, facts: Facts, tree: HtmlElement, body: str, headline: str, visible: str, now: datetime
) -> Article | Drop:
    words = count_words(body)
    title = clean_text(tree.findtext(".//title") or "")
    if words < WALL_WORDS and is_bot_wall(title, visible) and facts.node is None:
        return Drop("bot-wall", title[:200])
    if words < 40 and facts.node is None and is_consent_wall(title, visible):
        return Drop("consent", title[:200])
    access = access_of(facts.node, facts.meta, visible, words)
    if not body and access is not Access.PAYWALLED:
        return Drop("empty", "no article text in the page")
    if not headline:
        return Drop("empty", "no headline in the page")
    if _is_list(facts, tree, words):
        return Drop("not-article", "a list of links, not an article")
    return _article(page, facts, tree, body, headline, access, words, now)


def _article(
    page: Page,
    facts: Facts,
    tree: HtmlElement,
    body: str,
    headline: str,
    access: Access,
    words: int,
    now: datetime,
) -> Article:
    published, authors = facts.published, facts.authors
    if published is None or not authors:
        guess = _guess(tree, page.url)
        if published is None and page.hints.published is None:
            published = dates.read_stamp(guess.date, DateSource.TEXT, now)
        authors = authors or clean_authors([guess.author or ""], facts.site or "")
    return Article(
        url=page.url,
        headline=headline,
        body=body,
        canonical_url=facts.canonical,
        authors=authors,
        published=dates.choose(published, page.hints, now),
        modified=facts.modified,
        language=language.detect(body or headline, facts.language or page.hints.language),
        section=facts.section,
        tags=facts.tags,
        description=facts.description,
        main_image=facts.image,
        word_count=words,
        access=access,
        kind=_kind(facts, words),
        extractor=extractor(),
    )


def _guess(tree: HtmlElement, url: str) -> Any:
    """Return what Trafilatura reads of the page's metadata: for what the page does not say in a machine's terms."""
    return extract_metadata(tree, default_url=url, date_config=dict(_DATES), extensive=False)


def _kind(facts: Facts, words: int) -> str:
    if "LiveBlogPosting" in facts.kinds:
        return "live"
    if words < 150 and ("og:video" in facts.kinds or any(k.startswith("og:video.") for k in facts.kinds)):
        return "video"
    if words < 150 and facts.kinds & {"ImageGallery", "MediaGallery"}:
        return "gallery"
    return "article"


def _is_list(facts: Facts, tree: HtmlElement, words: int) -> bool:
    """Tell whether a page without any sign of an article is a front or section page."""
    if facts.node is not None or facts.published is not None or facts.meta.get("og:type", "") == "article":
        return False
    headings = sum(1 for h in tree.iter("h2", "h3") if h.find(".//a") is not None)
    linked = sum(len("".join(a.itertext())) for a in tree.iter("a"))
    return headings >= 5 and words < 250 and linked > 4 * max(words, 1)


def _visible(tree: HtmlElement) -> str:
    """Return the first of the page's visible text, enough to know a wall by."""
    parts: list[str] = []
    size = 0
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "noscript", "template"):
            continue
        for piece in (element.text, element.tail):
            if piece and piece.strip():
                parts.append(piece.strip())
                size += len(piece)
        if size > 20_000:
            break
    return " ".join(parts)


def _lines(body: Any) -> Iterator[str]:
    """Yield the text of Trafilatura's body: a line a paragraph, heading, list item or table row."""
    for element in body:
        if element.tag in ("list", "quote") and len(element):
            yield from _parts(element)
        elif element.tag == "table":
            for row in element.iter("row"):
                yield " ".join(text for cell in row if (text := _flat(cell)))
        else:
            yield from _flat(element, breaks=True).split("\n")


def _parts(element: Any) -> Iterator[str]:
    if element.text and element.text.strip():
        yield element.text.strip()
    for part in element:
        yield from _flat(part, breaks=True).split("\n")
        if part.tail and part.tail.strip():
            yield part.tail.strip()


def _flat(element: Any, breaks: bool = False) -> str:
    parts: list[str] = [element.text or ""]
    for child in element:
        if child.tag == "lb" and breaks:
            parts.append("\n")
        elif child.tag in ("p", "item", "head", "list", "quote") and breaks:
            parts.append("\n" + _flat(child, breaks) + "\n")
        else:
            parts.append(_flat(child, breaks))
        parts.append(child.tail or "")
    text = "".join(parts)
    if breaks:
        return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())
    return " ".join(text.split())


def count_words(text: str) -> int:
    """Return the number of words; of scripts without spaces between words, one for two characters."""
    unspaced = len(_UNSPACED.findall(text))
    rest = _UNSPACED.sub(" ", text) if unspaced else text
    return len(_WORD.findall(rest)) + (unspaced + 1) // 2
