"""Read stories: which there are, the articles of one in the order in which they appeared, and what leads to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.appearance import Appearance, appearance, in_order
from storage.likeness import Kinship
from storage.schema import articles, relations, sources, stories

AT_ONCE = 500
"""Stories whose articles are read in one query."""
_UNITING = [kinship.value for kinship in Kinship if kinship.unites]
_TOLD = [
    *(articles.c[name] for name in ("id", "story_id", "outlet", "url", "headline", "canonical_url", "syndicated_from")),
    *(articles.c[name] for name in ("date_published", "date_precision", "first_seen", "language", "word_count")),
    *(articles.c[name] for name in ("kind", "agency", "revision", "changed_at", "gone_at")),
    sources.c.name.label("source"),
]
_SORTS = {
    "outlets": (stories.c.outlets.desc(), stories.c.articles.desc(), stories.c.last_seen.desc()),
    "latest": (stories.c.last_seen.desc(),),
    "first": (stories.c.first_seen.desc(),),
}
SORTS = tuple(_SORTS)


@dataclass(frozen=True, slots=True)
class StoryQuery:
    """Which stories are asked for. Every one of `outlets` (domains, or names of sources) takes part in them.

    `since`: with an article that was first seen then or later; `until`: begun before. `wire`: with an article that
    names an agency.
    """

    since: datetime | None = None
    until: datetime | None = None
    min_outlets: int = 2
    outlets: tuple[str, ...] = ()
    wire: bool = False
    language: str | None = None
    sort: str = "outlets"
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Telling:
    """An article as it tells a story, without its text."""

    article_id: int
    outlet: str
    source: str
    url: str
    headline: str
    appeared: Appearance
    first_seen: datetime
    addresses: tuple[str, ...]
    address: str
    language: str | None
    word_count: int
    kind: str
    agency: str | None
    revision: int
    changed_at: datetime | None
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """A story with its articles, the first publication on top, then as they appeared."""

    id: int
    first_seen: datetime
    last_seen: datetime
    tellings: tuple[Telling, ...]

    @property
    def first(self) -> Telling:
        """The first publication."""
        return self.tellings[0]

    @property
    def outlets(self) -> tuple[str, ...]:
        """The outlets in the order in which they told it."""
        return tuple(dict.fromkeys(one.outlet for one in self.tellings))

    @property
    def agencies(self) -> tuple[tuple[str, int], ...]:
        """The agencies that its articles name, and by how many outlets each is named; the most named first."""
        named = {(one.outlet, name): None for one in self.tellings for name in (one.agency or "").split(", ") if name}
        return tuple(Counter(name for _, name in named).most_common())

    @property
    def languages(self) -> tuple[tuple[str, int], ...]:
        """The languages of its articles, and how many are in each."""
        return tuple(Counter(one.language for one in self.tellings if one.language).most_common())


@dataclass(frozen=True, slots=True)
class Kin:
    """What an article has to do with another: `share` of it is in the other, `other_share` of the other in it."""

    other_id: int
    kind: str
    share: float
    other_share: float
    found_at: datetime


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """An article outside of a story that is related to one in it; `kin` is seen from the one outside."""

    article_id: int
    outlet: str
    url: str
    headline: str
    story_id: int | None
    kin: Kin


@dataclass(frozen=True, slots=True)
class Merge:
    """A story that became part of another one, by an article (which another may have taken in since)."""

    story_id: int
    into_id: int
    at: datetime | None
    by_article: int | None


def list_stories(connection: sa.Connection, query: StoryQuery) -> list[Story]:
    """Return the stories that are asked for, with their articles."""
    asked = sa.select(stories).where(*conditions(query)).order_by(*_SORTS[query.sort], stories.c.id)
    return with_tellings(connection, connection.execute(asked.limit(query.limit)).all())


def with_tellings(connection: sa.Connection, rows: Sequence[Any]) -> list[Story]:
    """Return the stories of these rows of `stories` with their articles, those without any left out."""
    found = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        told = _tellings(connection, [row.id for row in part])
        found += [_story(row, told[row.id]) for row in part if told[row.id]]
    return found


def count_stories(connection: sa.Connection, query: StoryQuery) -> int:
    """Return how many stories a query would list without its limit."""
    asked = sa.select(sa.func.count()).select_from(stories).where(*conditions(query))
    return int(connection.execute(asked).scalar_one())


def conditions(query: StoryQuery) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on `stories` that a query puts."""
    found = [stories.c.merged_into.is_(None), stories.c.articles > 0, stories.c.outlets >= query.min_outlets]
    found += [stories.c.last_seen >= query.since] if query.since is not None else []
    found += [stories.c.first_seen < query.until] if query.until is not None else []
    found += [_has(takes_part(name)) for name in query.outlets]
    found += [_has(articles.c.agency.is_not(None))] if query.wire else []
    found += [_has(articles.c.language == query.language)] if query.language is not None else []
    return found


def takes_part(name: str, table: sa.FromClause = articles) -> sa.ColumnElement[bool]:
    """Return the condition that an article is of this outlet (its domain), or of the source with this name."""
    own = sa.select(sources.c.id).where(sources.c.name == name).scalar_subquery()
    return sa.or_(table.c.outlet == name, table.c.source_id == own)


def is_known(connection: sa.Connection, name: str) -> bool:
    """Tell whether there is a source with this name, or an article of this outlet."""
    source = sa.exists().where(sources.c.name == name)
    outlet = sa.exists().where(articles.c.outlet == name)
    return bool(connection.execute(sa.select(sa.or_(source, outlet))).scalar())


def _has(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(articles.c.story_id == stories.c.id, condition)


def read_story(connection: sa.Connection, story_id: int) -> Story | None:
    """Return a story that was not merged into another, None if there is none with this id."""
    row = connection.execute(sa.select(stories).where(stories.c.id == story_id)).first()
    told = _tellings(connection, [story_id])[story_id] if row is not None else []
    return _story(row, told) if told else None


def _story(row: Any, told: Iterable[Telling]) -> Story:
    return Story(row.id, row.first_seen, row.last_seen or row.first_seen, tuple(in_order(told)))


def _tellings(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[Telling]]:
    """Return the articles of stories, by story."""
    query = sa.select(*_TOLD).join(sources, sources.c.id == articles.c.source_id)
    found: dict[int, list[Telling]] = defaultdict(list)
    for row in connection.execute(query.where(articles.c.story_id.in_(ids))):
        found[row.story_id].append(_telling(row))
    return found


def _telling(row: Any) -> Telling:
    return Telling(
        article_id=row.id,
        outlet=row.outlet,
        source=row.source,
        url=row.url,
        headline=row.headline,
        appeared=appearance(row.date_published, row.date_precision, row.first_seen),
        first_seen=row.first_seen,
        addresses=tuple(address for address in (row.syndicated_from, row.canonical_url) if address),
        address=row.canonical_url or row.url,
        language=row.language,
        word_count=row.word_count,
        kind=row.kind,
        agency=row.agency,
        revision=row.revision,
        changed_at=row.changed_at,
        gone_at=row.gone_at,
    )


def merge_of(connection: sa.Connection, story_id: int) -> Merge | None:
    """Return what became of a story that was merged into another; `into_id` is the one that is left."""
    query = sa.select(stories.c.id, stories.c.merged_into, stories.c.merged_at, stories.c.merged_by)
    row = connection.execute(query.where(stories.c.id == story_id)).first()
    if row is None or row.merged_into is None:
        return None
    further = merge_of(connection, row.merged_into)
    return Merge(row.id, further.into_id if further else row.merged_into, row.merged_at, row.merged_by)


def merged_into(connection: sa.Connection, story_id: int) -> list[Merge]:
    """Return the stories that became part of a story, the latest first."""
    query = sa.select(stories.c.id, stories.c.merged_into, stories.c.merged_at, stories.c.merged_by)
    rows = connection.execute(query.where(stories.c.merged_into == story_id).order_by(stories.c.merged_at.desc()))
    return [Merge(*row) for row in rows]


def story_outlets(connection: sa.Connection, story_id: int) -> int:
    """Return how many outlets tell a story."""
    query = sa.select(stories.c.outlets).where(stories.c.id == story_id)
    return int(connection.execute(query).scalar() or 0)


def read_bodies(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return the texts of articles by their ids."""
    rows = connection.execute(sa.select(articles.c.id, articles.c.body).where(articles.c.id.in_(ids)))
    return {row.id: row.body for row in rows}


def read_kin(connection: sa.Connection, story: Story) -> dict[int, Kin]:
    """Return for each article of a story but the first how it is related to the first, or else to its closest kin."""
    one, other = articles.alias(), articles.alias()
    query = (
        sa.select(relations)
        .join(one, one.c.id == relations.c.article_id)
        .join(other, other.c.id == relations.c.other_id)
        .where(one.c.story_id == story.id, other.c.story_id == story.id)
    )
    best: dict[int, Kin] = {}
    for row in connection.execute(query):
        for number, kin in seen_from_both(row):
            if number not in best or _closeness(kin, story) > _closeness(best[number], story):
                best[number] = kin
    best.pop(story.first.article_id, None)
    return best


def seen_from_both(row: Any) -> list[tuple[int, Kin]]:
    """Return a relation from the side of each of its articles."""
    turned = Kinship(row.kind).turned.value
    return [
        (row.article_id, Kin(row.other_id, row.kind, row.share, row.other_share, row.found_at)),
        (row.other_id, Kin(row.article_id, turned, row.other_share, row.share, row.found_at)),
    ]


def _closeness(kin: Kin, story: Story) -> tuple[bool, bool, float]:
    return kin.kind in _UNITING, kin.other_id == story.first.article_id, kin.share + kin.other_share


def read_linked(connection: sa.Connection, story_id: int) -> list[LinkedArticle]:
    """Return the articles outside of a story that are related to articles in it, each once, the closest first."""
    best: dict[int, LinkedArticle] = {}
    inside = articles.alias()
    outside = sa.select(relations, *(articles.c[name] for name in ("outlet", "url", "headline", "story_id"))).where(
        inside.c.story_id == story_id, articles.c.story_id.is_distinct_from(story_id)
    )
    ends = (relations.c.article_id, relations.c.other_id)
    for side, (far, near) in enumerate((ends, ends[::-1])):
        query = outside.join(inside, inside.c.id == near).join(articles, articles.c.id == far)
        for row in connection.execute(query):
            number, kin = seen_from_both(row)[side]
            linked = LinkedArticle(number, row.outlet, row.url, row.headline, row.story_id, kin)
            if number not in best or _strength(linked) > _strength(best[number]):
                best[number] = linked
    return sorted(best.values(), key=lambda linked: (-_strength(linked), linked.article_id))


def _strength(linked: LinkedArticle) -> float:
    return max(linked.kin.share, linked.kin.other_share)
