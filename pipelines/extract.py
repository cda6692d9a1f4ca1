"""From a fetched page to an article, or the reason why there is none. Pure; runs in worker processes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.metadata import version

from pipelines import language
from pipelines.access import access_of, is_bot_wall, is_consent_wall, is_missing_page, speaks_of_consent
from pipelines.bylines import byline
from pipelines.clean import clean_body, clean_text
from pipelines.kinds import kind_of
from pipelines.lines import count_words
from pipelines.listing import is_listing
from pipelines.markup import decode, foreign, overgrown, oversize, visible, without_scripts
from pipelines.metadata import Facts, read_metadata
from pipelines.pagination import Turns, turns_of
from pipelines.publication import published
from pipelines.text import Text, read_text
from pipelines.toldbody import told_body
from pipelines.tree import parse
from pipelines.wire import agency_of
from storage.types import Access, Article, Drop, Page, Stamp

__all__ = ["extract", "extractor", "overgrown", "oversize", "without_scripts"]
WALL_WORDS = 120
"""A page with more text of its own is no wall."""


@cache
def extractor() -> str:
    """Return the name and version that articles carry."""
    return f"newsdesk {version('newsdesk')} / trafilatura {version('trafilatura')}"


def extract(page: Page) -> Article | Drop:
    """Return the article of a page, or why it gives none. Never raises for what a page holds."""
    reading = read(page)
    return reading if isinstance(reading, Drop) else result_of(reading)


def read(page: Page, marked: bool = False) -> Reading | Drop:
    """Return what can be read of a page, or why nothing can. With `marked`, the text says which lines are headings."""
    problem = oversize(page.body) or foreign(page.body)
    if problem is not None:
        return problem
    try:
        markup = without_scripts(decode(page).replace("\x00", ""))
        return overgrown(markup) or _read(page, markup, datetime.now(UTC), marked)
    except MemoryError:
        raise
    except Exception as error:
        if "memory allocation" in str(error).lower():
            raise MemoryError from error
        return Drop("unreadable", f"{type(error).__name__}: {str(error)[:200]}")


def result_of(reading: Reading) -> Article | Drop:
    """Return the article that a page holds, or why it is none."""
    return _refused(reading) or _article(reading)


@dataclass(frozen=True)
class Reading:
    """What has been read of a page. Its tree is used up by reading the text: all else is asked of it before."""

    page: Page
    markup: str
    facts: Facts
    title: str
    headline: str
    turns: Turns
    authors: tuple[str, ...]
    date: Stamp | None
    text: Text
    body: str

    @cached_property
    def words(self) -> int:
        return count_words(self.body)

    @cached_property
    def visible(self) -> str:
        return visible(self.markup)

    @property
    def told(self) -> bool:
        """Whether the page says in a machine's terms that it is an article."""
        return self.facts.node is not None or self.facts.meta.get("og:type", "").lower() in ("article", "news")


def _read(page: Page, markup: str, now: datetime, marked: bool) -> Reading:
    tree = parse(markup)
    facts = read_metadata(tree, page.url, now)
    headline = facts.headline or clean_text(page.hints.title or "")
    turns = turns_of(tree, page.url, facts.canonical, page.hints.first_page)
    title = clean_text(tree.findtext(".//title") or "")
    authors = facts.authors or byline(tree, (facts.site,) if facts.site else ())
    date = published(tree, facts.published, page, now)
    text = read_text(markup, tree, headline, authors, marked)
    body = clean_body("\n".join(text.lines))
    told = told_body(body, facts.node.get("articleBody") if facts.node else None)
    if told is not None:
        text, body = replace(text, path="json-ld"), told
    return Reading(page, markup, facts, title, headline, turns, authors, date, text, body)


def _refused(reading: Reading) -> Drop | None:
    """Return why a page is no article, if it is none."""
    facts, words, title = reading.facts, reading.words, reading.title
    if words < WALL_WORDS and not reading.told:
        if is_bot_wall(title, reading.visible):
            return Drop("bot-wall", title[:200])
        if is_missing_page(title, reading.headline):
            return Drop("not-article", "a page that says that there is none")
        if is_consent_wall(title, reading.visible, words) and speaks_of_consent(reading.body):
            return Drop("consent", title[:200])
    if not reading.body and _access(reading) is not Access.PAYWALLED:
        return Drop("empty", "no article text in the page")
    if not reading.headline:
        return Drop("empty", "no headline in the page")
    if not reading.told and is_listing(reading.text.linked_headings, reading.page.url, reading.body, facts.kinds):
        return Drop("not-article", "a list of links, not an article")
    return None


def _access(reading: Reading) -> Access:
    facts = reading.facts
    walled = any(part.rule == "paywall" for part in reading.text.removed)  # then the closed part is not all there
    gated = None if walled else facts.gated
    return access_of(facts.node, facts.meta, lambda: reading.visible, reading.words, gated)


def _article(reading: Reading) -> Article:
    facts, page = reading.facts, reading.page
    article = Article(
        url=page.url,
        headline=reading.headline,
        body=reading.body,
        canonical_url=facts.canonical,
        authors=reading.authors,
        published=reading.date,
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
        removed=reading.text.removed if reading.text.path != "json-ld" else (),
        next_page=reading.turns.following,
        first_page=reading.turns.first,
    )
    return replace(article, agency=agency_of(article, facts, (part.text for part in reading.text.dropped)))
