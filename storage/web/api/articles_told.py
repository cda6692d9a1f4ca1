"""Articles as the API tells them: names and meanings are those of the tables and of every export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.dossier import Address, Joined
from storage.search import Bucket, Hit
from storage.types import Removed, Revision, StoredArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """An article without its text."""

    id: int
    url: str
    canonical_url: str | None
    outlet: str
    source: str
    headline: str
    authors: tuple[str, ...]
    date_published: datetime | None
    date_published_raw: str | None
    date_source: str | None
    date_precision: str | None
    date_modified: datetime | None
    language: str | None
    section: str | None
    tags: tuple[str, ...]
    description: str | None
    main_image: str | None
    word_count: int
    access: str
    kind: str
    syndicated_from: str | None
    agency: str | None
    first_seen: datetime
    last_fetched: datetime
    gone_at: datetime | None
    revision: int
    extractor: str
    story_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticle(ArticleFacts):
    """An article that a search has found.

    `marks` and `headline_marks` are (start, end) of the words asked for, in characters of `snippet` and of the
    headline. `story_outlets` and `story_articles` count all that tell its story; 0 when it is in none.
    """

    score: float
    snippet: str
    marks: tuple[tuple[int, int], ...]
    headline_marks: tuple[tuple[int, int], ...]
    story_outlets: int
    story_articles: int
    body: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """A page of a search. Where `total_is_exact` is false there are at least so many. `next_cursor` is null at the end.

    `facets` holds the values of what was asked to be counted, for all that match; where `facets_are_exact` is false the
    latest `facets_counted` were counted.
    """

    items: tuple[FoundArticle, ...]
    total: int
    total_is_exact: bool
    next_cursor: str | None
    facets: dict[str, tuple[Bucket, ...]]
    facets_counted: int
    facets_are_exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(ArticleFacts):
    """An article with its text: plain, a paragraph or heading a line, blank lines between.

    What `include` names is there, else null: `aliases` are its other addresses, `joined` articles that turned out to be
    it, `removed` lines that were taken out of the text (`place` lines stand above), `original` the text with all of
    them put back, `revisions` its versions in order, empty while it has never changed.
    """

    body: str
    aliases: tuple[Address, ...] | None = None
    joined: tuple[Joined, ...] | None = None
    removed: tuple[Removed, ...] | None = None
    original: str | None = None
    revisions: tuple[Revision, ...] | None = None


@dataclass(frozen=True, slots=True)
class Revisions:
    """The versions of an article in order, empty while it has never changed."""

    items: tuple[Revision, ...]


def facts_of(article: StoredArticle) -> dict[str, Any]:
    """Return an article's facts by their names."""
    return {name: getattr(article, name) for name in ArticleFacts.__slots__}


def found_article(hit: Hit, *, with_body: bool) -> FoundArticle:
    """Return what is told of a hit."""
    return FoundArticle(
        **facts_of(hit.article),
        score=round(hit.score, 2),
        snippet=hit.snippet,
        marks=hit.marks,
        headline_marks=hit.headline_marks,
        story_outlets=hit.story_outlets,
        story_articles=hit.story_articles,
        body=hit.article.body if with_body else None,
    )
