"""Read what was taken for the same: addresses of one article, joined articles, relations, merged stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import nlargest
from typing import Any

import sqlalchemy as sa

from storage.likeness import Kinship
from storage.schema import article_aliases, articles, link_sightings, links, merged_articles, relations, stories
from storage.story_views import takes_part
from storage.types import Outcome


class What(StrEnum):
    """What was decided: an address is an article's, two articles are one, or related, two stories are one."""

    ADDRESS = "address"
    ARTICLE = "article"
    RELATION = "relation"
    STORY = "story"


REASONS = ("canonical", "redirect", "page", *(kinship.value for kinship in Kinship))
"""Why an address leads to an article, or two articles are one; and kinds of relations."""
UNKNOWN = "unknown"
"""The reason of addresses that older versions of newsdesk have kept."""
Kinds = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeQuery:
    """Which decisions are asked for: since a time, of one outlet or source, of some kinds (of What, or REASONS)."""

    since: datetime | None = None
    outlet: str | None = None
    kinds: tuple[str, ...] = ()
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `article_id` is the article that stays, or the later one of a relation, or by which stories merged.

    `other_id`, `other_outlet` and `other_headline` are the earlier article of a relation, or the one that was joined;
    `url` the address that leads to the article. `share` of it is in the other, `other_share` of the other in it.
    """

    at: datetime
    what: What
    kind: str
    article_id: int | None
    outlet: str | None = None
    headline: str | None = None
    url: str | None = None
    other_id: int | None = None
    other_outlet: str | None = None
    other_headline: str | None = None
    share: float | None = None
    other_share: float | None = None
    story_id: int | None = None
    into_story_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was taken for the same. `spared` are links that were no article of their own; `respelt` sightings of a
    link at another spelling of its address; `links_of_many` links to an article that has several addresses.
    """

    articles: int
    respelt: int
    links_of_many: int
    spared: int
    addresses: dict[str, int]
    joined: dict[str, int]
    relations: dict[str, int]
    stories: int
    merged_stories: int
    in_story: int


Conditions = list[sa.ColumnElement[bool]]
Columns = tuple[sa.ColumnElement[Any], ...]
_FACTS = (articles.c.id, articles.c.outlet, articles.c.headline)


def count_merges(connection: sa.Connection, query: MergeQuery) -> Counts:
    """Return how much was taken for the same; kinds and limit of the query are not looked at."""
    own = [takes_part(query.outlet)] if query.outlet is not None else []
    ids = sa.select(articles.c.id).where(*own) if own else None
    since = query.since
    linked = [*_of(ids, links.c.article_id), *_after(links.c.settled_at, since)]
    aliased = [*_of(ids, article_aliases.c.article_id), *_after(article_aliases.c.first_seen, since)]
    joined = [*_of(ids, merged_articles.c.into_id), *_after(merged_articles.c.merged_at, since)]
    related = [*_of(ids, relations.c.article_id, relations.c.other_id), *_after(relations.c.found_at, since)]
    told = [*own, *_after(articles.c.first_seen, since)]
    live = [stories.c.merged_into.is_(None), stories.c.articles > 0, *_after(stories.c.last_seen, since)]
    merged = [stories.c.merged_into.is_not(None), *_after(stories.c.merged_at, since)]
    many = links.c.article_id.in_(sa.select(article_aliases.c.article_id))
    return Counts(
        articles=_count(connection, articles, told),
        in_story=_count(connection, articles, [*told, articles.c.story_id.is_not(None)]),
        respelt=_respelt(connection, ids, since),
        links_of_many=_count(connection, links, [many, *linked]),
        spared=_count(connection, links, [links.c.reason == Outcome.ALIAS.value, *linked]),
        addresses=_by(connection, article_aliases.c.reason, aliased),
        joined=_by(connection, merged_articles.c.reason, joined),
        relations=_by(connection, relations.c.kind, related),
        stories=_count(connection, stories, [*live, *_told_by(stories.c.id, own)]),
        merged_stories=_count(connection, stories, [*merged, *_told_by(stories.c.merged_into, own)]),
    )


def _respelt(connection: sa.Connection, ids: sa.Select[Any] | None, since: datetime | None) -> int:
    query = sa.select(sa.func.count()).select_from(link_sightings).join(links, links.c.id == link_sightings.c.link_id)
    conditions = [*_of(ids, links.c.article_id), *_after(link_sightings.c.first_seen, since)]
    return _number(connection, query.where(link_sightings.c.url != links.c.url, *conditions))


def _after(column: sa.Column[Any], since: datetime | None) -> Conditions:
    return [column >= since] if since is not None else []


def _of(ids: sa.Select[Any] | None, *columns: sa.Column[Any]) -> Conditions:
    return [sa.or_(*(column.in_(ids) for column in columns))] if ids is not None else []


def _told_by(story: sa.Column[Any], own: Conditions) -> Conditions:
    told = sa.exists().where(articles.c.story_id == story, *own).correlate(story.table)
    return [told] if own else []


def _count(connection: sa.Connection, table: sa.Table, conditions: Conditions) -> int:
    return _number(connection, sa.select(sa.func.count()).select_from(table).where(*conditions))


def _number(connection: sa.Connection, query: sa.Select[Any]) -> int:
    return int(connection.execute(query).scalar_one())


def _by(connection: sa.Connection, column: sa.Column[Any], conditions: Conditions) -> dict[str, int]:
    """Return how many rows there are of each value of a column, most first."""
    total = sa.func.count()
    query = sa.select(column, total).where(*conditions).group_by(column).order_by(total.desc(), column)
    return {row[0] or UNKNOWN: row[1] for row in connection.execute(query)}


def read_decisions(connection: sa.Connection, query: MergeQuery) -> list[Decision]:
    """Return the decisions that are asked for, the newest first."""
    found: list[Decision] = []
    for what, read in _READERS.items():
        if not query.kinds or what.value in query.kinds:
            found += read(connection, query, ())
        elif what is not What.STORY:
            found += read(connection, query, query.kinds)
    return nlargest(query.limit, found, key=lambda one: (one.at, one.article_id or 0, one.other_id or 0))


def _newest(
    connection: sa.Connection, asked: sa.Select[Any], order: Columns, kind: sa.Column[Any], kinds: Kinds, limit: int
) -> Iterable[Any]:
    """Return the newest rows: by their time, the first column of `order`, then by the others, descending."""
    asked = asked.where(kind.in_(kinds)) if kinds else asked
    return connection.execute(asked.order_by(*(column.desc() for column in order)).limit(limit))


def _addresses(connection: sa.Connection, query: MergeQuery, kinds: Kinds) -> Iterable[Decision]:
    one = article_aliases.c
    own = [takes_part(query.outlet)] if query.outlet is not None else []
    asked = sa.select(one.first_seen, one.reason, one.url.label("address"), *_FACTS)
    asked = asked.join(articles, articles.c.id == one.article_id).where(*own, *_after(one.first_seen, query.since))
    for row in _newest(
        connection, asked, (one.first_seen, one.article_id, one.url_key), one.reason, kinds, query.limit
    ):
        facts = {"article_id": row.id, "outlet": row.outlet, "headline": row.headline, "url": row.address}
        yield Decision(row.first_seen, What.ADDRESS, row.reason or UNKNOWN, **facts)


def _joined(connection: sa.Connection, query: MergeQuery, kinds: Kinds) -> Iterable[Decision]:
    one = merged_articles.c
    own = [takes_part(query.outlet)] if query.outlet is not None else []
    old = (one.id.label("old_id"), one.url.label("old_url"), one.headline.label("old_headline"))
    asked = sa.select(one.merged_at, one.reason, *old, *_FACTS).join(articles, articles.c.id == one.into_id)
    asked = asked.where(*own, *_after(one.merged_at, query.since))
    for row in _newest(connection, asked, (one.merged_at, one.into_id, one.id), one.reason, kinds, query.limit):
        facts = {"article_id": row.id, "outlet": row.outlet, "headline": row.headline, "url": row.old_url}
        other = {"other_id": row.old_id, "other_outlet": row.outlet, "other_headline": row.old_headline}
        yield Decision(row.merged_at, What.ARTICLE, row.reason, **facts, **other)


def _relations(connection: sa.Connection, query: MergeQuery, kinds: Kinds) -> Iterable[Decision]:
    other = articles.alias()
    asked = sa.select(
        relations, *_FACTS[1:], other.c.outlet.label("other_outlet"), other.c.headline.label("other_headline")
    )
    asked = asked.join(articles, articles.c.id == relations.c.article_id)
    asked = asked.join(other, other.c.id == relations.c.other_id).where(*_after(relations.c.found_at, query.since))
    if query.outlet is not None:
        asked = asked.where(sa.or_(takes_part(query.outlet), takes_part(query.outlet, other)))
    order = (relations.c.found_at, relations.c.article_id, relations.c.other_id)
    names = ("article_id", "outlet", "headline", "other_id", "other_outlet", "other_headline", "share", "other_share")
    for row in _newest(connection, asked, order, relations.c.kind, kinds, query.limit):
        yield Decision(row.found_at, What.RELATION, row.kind, **{name: getattr(row, name) for name in names})


def _merged(connection: sa.Connection, query: MergeQuery, _: Kinds) -> Iterable[Decision]:
    one = stories.c
    own = [takes_part(query.outlet)] if query.outlet is not None else []
    asked = sa.select(one.id.label("story"), one.merged_into, one.merged_at, one.merged_by, *_FACTS[1:])
    asked = asked.outerjoin(articles, articles.c.id == one.merged_by)
    asked = asked.where(one.merged_at.is_not(None), *_after(one.merged_at, query.since))
    asked = asked.where(*_told_by(one.merged_into, own)) if own else asked
    order = (one.merged_at, sa.func.coalesce(one.merged_by, 0), one.id)
    for row in _newest(connection, asked, order, one.merged_at, (), query.limit):
        facts = {"article_id": row.merged_by, "outlet": row.outlet, "headline": row.headline}
        into = {"story_id": row.story, "into_story_id": row.merged_into}
        yield Decision(row.merged_at, What.STORY, "merged", **facts, **into)


_READERS: dict[What, Callable[[sa.Connection, MergeQuery, Kinds], Iterable[Decision]]] = {
    What.ADDRESS: _addresses,
    What.ARTICLE: _joined,
    What.RELATION: _relations,
    What.STORY: _merged,
}
