"""From a fetched page to an article, or the reason why there is none. Pure; runs in worker processes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any

import lxml.html
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipelines import boilerplate, language, pruning, rescue
from pipelines.access import access_of, is_bot_wall, is_consent_wall, is_missing_page
from pipelines.bylines import byline
from pipelines.clean import clean_body, clean_text
from pipelines.kinds import kind_of
from pipelines.lines import count_words, lines_of
from pipelines.listing import is_listing
from pipelines.markup import decode, foreign, overgrown, oversize, visible, without_scripts
from pipelines.metadata import Facts, read_metadata
from pipelines.publication import published
from pipelines.subheads import with_subheads
from storage.types import Access, Article, Drop, Page

__all__ = ["extract", "extractor", "overgrown", "oversize", "without_scripts"]
WALL_WORDS = 120
"""A page with more text of its own is no wall."""
STUB_WORDS = 50
_PARAGRAPHS = re.compile(r"(?:\s*\n\s*)+|<br\s*/?>|</p>", re.IGNORECASE)


@cache
def extractor() -> str:
    """Return the name and version that articles carry."""
    return f"newsdesk {version('newsdesk')} / trafilatura {version('trafilatura')}"


def extract(page: Page) -> Article | Drop:
    """Return the article of a page, or why it gives none. Never raises for what a page holds."""
    problem = oversize(page.body) or foreign(page.body)
    if problem is not None:
        return problem
    try:
        return _extract(page, datetime.now(UTC))
    except MemoryError:
        raise
    except Exception as error:
        if "memory allocation" in str(error).lower():
            raise MemoryError from error
        return Drop("unreadable", f"{type(error).__name__}: {str(error)[:200]}")


@dataclass(frozen=True)
class _Reading:
    """What has been read of a page."""

    page: Page
    now: datetime
    markup: str
    tree: HtmlElement
    facts: Facts
    headline: str
    body: str

    @cached_property
    def words(self) -> int:
        return count_words(self.body)

    @cached_property
    def title(self) -> str:
        return clean_text(self.tree.findtext(".//title") or "")

    @cached_property
    def visible(self) -> str:
        return visible(self.markup)

    @property
    def told(self) -> bool:
        """Whether the page says in a machine's terms that it is an article."""
        return self.facts.node is not None or self.facts.meta.get("og:type", "").lower() in ("article", "news")


def _extract(page: Page, now: datetime) -> Article | Drop:
    markup = without_scripts(decode(page).replace("\x00", ""))
    problem = overgrown(markup)
    if problem is not None:
        return problem
    reading = _read(page, markup, now)
    return _refused(reading) or _article(reading)


def _read(page: Page, markup: str, now: datetime) -> _Reading:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=True)
    tree = lxml.html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    facts = read_metadata(tree, page.url, now)
    headline = facts.headline or clean_text(page.hints.title or "")
    pruning.prune(tree)
    document: Any = bare_extraction(tree, url=page.url, include_comments=False, with_metadata=False)
    lines = rescue.fuller(tree, lines_of(document.body) if document is not None else [])
    lines = with_subheads(tree, lines)
    body = clean_body("\n".join(boilerplate.filter_lines(lines, headline, pruning.link_paragraphs(tree))))
    return _Reading(page, now, markup, tree, facts, headline, _fuller(body, facts))


def _fuller(body: str, facts: Facts) -> str:
    """Return the body, or what JSON-LD has of it where the page has next to nothing, or that same text in one piece."""
    told = facts.node.get("articleBody") if facts.node else None
    if not isinstance(told, str):
        return body
    text = clean_body("\n".join(clean_text(part, len(part) + 1) for part in _PARAGRAPHS.split(told)))
    if text.split() == body.split():
        return text
    stub = count_words(body) < STUB_WORDS and count_words(text) > 2 * count_words(body)
    return text if stub else body


def _refused(reading: _Reading) -> Drop | None:
    """Return why a page is no article, if it is none."""
    facts, words, title = reading.facts, reading.words, reading.title
    if words < WALL_WORDS and not reading.told:
        if is_bot_wall(title, reading.visible):
            return Drop("bot-wall", title[:200])
        if is_consent_wall(title, reading.visible, words):
            return Drop("consent", title[:200])
        if is_missing_page(title, reading.headline):
            return Drop("not-article", "a page that says that there is none")
    if not reading.body and _access(reading) is not Access.PAYWALLED:
        return Drop("empty", "no article text in the page")
    if not reading.headline:
        return Drop("empty", "no headline in the page")
    if not reading.told and is_listing(reading.tree, reading.page.url, reading.body, facts.kinds):
        return Drop("not-article", "a list of links, not an article")
    return None


def _access(reading: _Reading) -> Access:
    return access_of(reading.facts.node, reading.facts.meta, lambda: reading.visible, reading.words)


def _article(reading: _Reading) -> Article:
    facts, page = reading.facts, reading.page
    return Article(
        url=page.url,
        headline=reading.headline,
        body=reading.body,
        canonical_url=facts.canonical,
        authors=facts.authors or byline(reading.tree, facts.site or ""),
        published=published(reading.tree, facts.published, page, reading.now),
        modified=facts.modified,
        language=language.detect(reading.body or reading.headline, facts.language or page.hints.language),
        section=facts.section,
        tags=facts.tags,
        description=facts.description,
        main_image=facts.image,
        word_count=reading.words,
        access=_access(reading),
        kind=kind_of(facts, reading.words),
        extractor=extractor(),
    )
