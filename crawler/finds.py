"""From what discovery read to what the frontier records: keys, hosts, order, and links dropped by rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crawler.sources import Source, admits
from pipelines.hosts import host_of
from pipelines.urls import url_key
from storage.frontier import NewLink
from storage.types import ChannelKind, DateSource, Found, FoundLink

LONGEST_URL = 2000
"""Characters; a longer one is no page's address, and no index of a database takes it."""
SAME_STAMPS = 5
"""So many links that all claim the same moment of change have it from a generator, not from an editor."""


def new_links(found: Found, source: Source | None, now: datetime) -> list[NewLink]:
    """Return the pages of a document, newest first, each with its key; those that a rule forbids carry the reason."""
    pages = [link for link in found.links if link.kind == "article" and len(link.url) <= LONGEST_URL]
    trusted = _trust_updates(pages)
    links = [_new_link(link, found.kind, source, now) for link in trusted]
    return [link for link in newest_first(links) if link.host]


def _trust_updates(pages: Sequence[FoundLink]) -> list[FoundLink]:
    stamps = {link.updated for link in pages}
    if len(pages) >= SAME_STAMPS and len(stamps) == 1:
        return [replace(link, updated=None) for link in pages]
    return list(pages)


def _new_link(link: FoundLink, kind: ChannelKind, source: Source | None, now: datetime) -> NewLink:
    published = link.published or link.updated
    where = DateSource.SITEMAP if kind is ChannelKind.SITEMAP else DateSource.FEED
    return NewLink(
        url=link.url,
        url_key=url_key(link.url),
        host=host_of(link.url),
        title=link.title,
        published=link.published,
        published_source=where if link.published else None,
        updated=link.updated,
        drop=_drop(link.url, published, source, now),
    )


def _drop(url: str, published: datetime | None, source: Source | None, now: datetime) -> str | None:
    if source is None:
        return None
    if source.max_age is not None and published is not None and now - published > source.max_age:
        return "too-old"
    return admits(source, url)


def newest_first(links: Sequence[NewLink]) -> list[NewLink]:
    """Return the links by date, the latest first; undated ones keep their place behind the last dated one's."""
    dated = [link for link in links if link.published or link.updated]
    undated = [link for link in links if not (link.published or link.updated)]
    return sorted(dated, key=_age_key, reverse=True) + undated


def _age_key(link: NewLink) -> datetime:
    at = link.published or link.updated
    assert at is not None
    return at


def child_sitemaps(found: Found, limit: int = 500) -> list[FoundLink]:
    """Return an index's child sitemaps, newest first; those without a date come last, as listed."""
    children = [link for link in found.links if link.kind == "sitemap" and len(link.url) <= LONGEST_URL]
    dated = sorted((c for c in children if c.updated), key=_updated, reverse=True)
    undated = [child for child in children if child.updated is None]
    return [*dated, *undated][:limit]


def _updated(link: FoundLink) -> datetime:
    assert link.updated is not None
    return link.updated
