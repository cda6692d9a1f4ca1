"""Read everything that one article was taken for: why each address leads to it, its relations, how it got its story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.likeness import Kinship
from storage.schema import article_aliases, articles, merged_articles, relations
from storage.story_views import Kin, seen_from_both


@dataclass(frozen=True, slots=True)
class Address:
    """Another address of an article, and why it leads to it: canonical | redirect | same-text | page; None: unknown."""

    url: str
    reason: str | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """An article that turned out to be another one, under the id that it had."""

    id: int
    url: str
    headline: str
    reason: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class KinArticle:
    """An article that another is related to; `kin` is seen from that other one."""

    outlet: str
    url: str
    headline: str
    story_id: int | None
    kin: Kin


@dataclass(frozen=True, slots=True)
class Dossier:
    """What one article was taken for. `united_by` is the first relation that holds it in its story."""

    addresses: tuple[Address, ...]
    joined: tuple[Joined, ...]
    kin: tuple[KinArticle, ...]
    united_by: Kin | None


def read_dossier(connection: sa.Connection, article_id: int) -> Dossier:
    """Return what an article was taken for."""
    aliases = sa.select(*(article_aliases.c[name] for name in Address.__slots__))
    aliases = aliases.where(article_aliases.c.article_id == article_id).order_by(article_aliases.c.first_seen)
    joined = sa.select(*(merged_articles.c[name] for name in Joined.__slots__))
    joined = joined.where(merged_articles.c.into_id == article_id).order_by(merged_articles.c.merged_at)
    kin = _kin(connection, article_id)
    own = sa.select(articles.c.story_id).where(articles.c.id == article_id)
    return Dossier(
        addresses=tuple(Address(*row) for row in connection.execute(aliases)),
        joined=tuple(Joined(*row) for row in connection.execute(joined)),
        kin=tuple(kin),
        united_by=_united_by(kin, connection.execute(own).scalar()),
    )


def _kin(connection: sa.Connection, article_id: int) -> list[KinArticle]:
    """Return the articles that an article is related to, those that tell its story first, then the closest."""
    found = []
    for side, (own, far) in enumerate(
        ((relations.c.article_id, relations.c.other_id), (relations.c.other_id, relations.c.article_id))
    ):
        query = sa.select(relations, *(articles.c[name] for name in ("outlet", "url", "headline", "story_id")))
        for row in connection.execute(query.join(articles, articles.c.id == far).where(own == article_id)):
            kin = seen_from_both(row)[side][1]
            found.append(KinArticle(row.outlet, row.url, row.headline, row.story_id, kin))
    found.sort(
        key=lambda one: (-Kinship(one.kin.kind).unites, -(one.kin.share + one.kin.other_share), one.kin.other_id)
    )
    return found


def _united_by(kin: list[KinArticle], story_id: int | None) -> Kin | None:
    """Return the relation that was found first of those that unite an article with others of its story."""
    if story_id is None:
        return None
    uniting = [one.kin for one in kin if Kinship(one.kin.kind).unites and one.story_id == story_id]
    return min(uniting, key=lambda one: (one.found_at, -(one.share + one.other_share)), default=None)
