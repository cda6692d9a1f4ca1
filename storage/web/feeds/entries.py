"""A feed, whatever its format: what was searched, and what was found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from storage.search import Hit
from storage.types import StoredArticle
from storage.web.feeds.texts import clean, link, one_line, paragraphs, web_address

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
AUTHOR = "newsdesk"


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a feed. `id` stays the same for ever; `url` is the outlet's, `page` newsdesk's.

    `content` is HTML: the text when it was asked for, else what says what it is about; it ends with a link to the page.
    """

    id: str
    url: str
    page: str
    title: str
    summary: str
    content: str
    authors: tuple[str, ...]
    source: str
    categories: tuple[str, ...]
    published: datetime | None
    updated: datetime
    language: str | None
    image: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A search as a feed. `address` is its own URL, `page` that of the search's page."""

    id: str
    title: str
    address: str
    page: str
    updated: datetime
    entries: tuple[Entry, ...]


def make_feed(
    title: str,
    address: str,
    page: str,
    base: str,
    hits: Iterable[Hit],
    changed: Mapping[int, datetime],
    *,
    with_body: bool = False,
) -> Feed:
    """Return the feed of what was found. `changed` tells when articles were changed last, by id."""
    entries = tuple(_entry(hit, base, changed.get(hit.article.id), with_body) for hit in hits)
    updated = max((entry.updated for entry in entries), default=NEVER)
    return Feed(stable_id(page), one_line(title), address, page, updated, entries)


def stable_id(text: str) -> str:
    """Return a URN that is always the same for a text."""
    return uuid5(NAMESPACE_URL, clean(text)).urn


def _entry(hit: Hit, base: str, changed: datetime | None, with_body: bool) -> Entry:
    article = hit.article
    page = f"{base}/articles/{article.id}"
    summary = one_line(article.description or hit.snippet)
    lines = article.body.split("\n") if with_body else [summary]
    return Entry(
        id=stable_id(f"https://{article.url_key}"),
        url=web_address(article.address) or page,
        page=page,
        title=one_line(article.headline) or "(no headline)",
        summary=summary,
        content=paragraphs(lines) + _footer(hit, page),
        authors=tuple(name for name in map(one_line, article.authors) if name),
        source=article.source,
        categories=_categories(article),
        published=article.date_published,
        updated=max(changed or article.first_seen, article.first_seen),
        language=article.language,
        image=web_address(article.main_image),
    )


def _categories(article: StoredArticle) -> tuple[str, ...]:
    named = (one_line(name) for name in (article.section, *article.tags))
    return tuple(dict.fromkeys(name for name in named if name))


def _footer(hit: Hit, page: str) -> str:
    others = f", +{hit.story_outlets - 1} outlets" if hit.story_outlets > 1 else ""
    return f"<p>{paragraphs([hit.article.source])[3:-4]}{others} · {link(page, 'newsdesk')}</p>"
