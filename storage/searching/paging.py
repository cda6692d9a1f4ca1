"""One page of results: by date, or by relevance weighed with recency, whatever arrives between two pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from storage.articles import as_article, select_articles
from storage.querytext import Term
from storage.schema import articles, stories
from storage.schema_search import article_facts
from storage.searching.asked import Hit, Query, Results
from storage.searching.conditions import Matching, matching
from storage.searching.counting import count_up_to, fetch_plain
from storage.searching.cursors import MOST_SHOWN, Position, first_position, pinned, read_cursor, write_cursor
from storage.snippets import marks, snippet
from storage.types import StoredArticle

CHUNK = 200
BATCH = 3
"""Articles that are looked at for each story that is wanted."""
WEIGHED = 5_000
"""So many of the latest matches are weighed by relevance; bm25 reads each of them."""
HALF_LIFE = 14 * 86_400 * 1_000_000
"""Microseconds in which what recency adds to a score halves."""
LEAST_RECENT = 0.5
"""What is left of the score of an article of long ago."""


@dataclass(frozen=True, slots=True)
class Place:
    """An article in the order of results: its `at` is in µs, `group` is its story (negative: itself)."""

    id: int
    at: int
    group: int
    score: float = 0.0


def search(connection: sa.Connection, query: Query) -> Results:
    """Return a page of what matches, best or newest first. Raises UsageError for a query that cannot be understood."""
    position = read_cursor(query)
    query = pinned(query, position)
    asked = matching(connection, query)
    if position is None:
        top = connection.execute(sa.select(sa.func.coalesce(sa.func.max(articles.c.id), 0))).scalar_one()
        position = first_position(query, top)
    else:
        asked = asked.narrowed(article_facts.c.id <= position.top)
    places, end = _page(connection, asked, query, position)
    total, is_exact = count_up_to(connection, asked, query)
    hits = tuple(as_hits(connection, places, asked.terms()))
    return Results(hits, total, is_exact, write_cursor(query, end) if end is not None else None)


def _page(
    connection: sa.Connection, asked: Matching, query: Query, position: Position
) -> tuple[list[Place], Position | None]:
    """Return what is on the page after a position, and where it ends when more follows."""
    found: list[Place] = []
    shown = position.shown
    if query.sort == "relevance" and asked.has_words and position.below is None:
        room = MOST_SHOWN - len(shown)
        wanted = room if query.limit is None else min(room, query.limit)
        found = _best(connection, asked, query, position, wanted + 1)
        has_more = len(found) > wanted
        found = found[:wanted]
        shown = (*shown, *(place.id for place in found))
        if has_more and len(found) == query.limit:
            return found, replace(position, shown=shown)
    left = None if query.limit is None else query.limit - len(found) + 1
    rest = _by_date(connection, asked, query, replace(position, shown=shown), left)
    if left is None or len(rest) < left:
        return found + rest, None
    rest = rest[:-1]
    last = rest[-1] if rest else None
    below = (last.at, last.id) if last is not None else position.below
    return found + rest, replace(position, shown=shown, below=below)


def _best(connection: sa.Connection, asked: Matching, query: Query, position: Position, limit: int) -> list[Place]:
    """Return the latest matches that were not shown yet, the most relevant first."""
    now = position.now
    weighed = [
        (score * _recency(now - at), at, one, story or -one)
        for one, at, story, score in fetch_plain(connection, asked.weighed(WEIGHED))
    ]
    weighed.sort(reverse=True)
    shown = set(position.shown)
    told = set(_groups(connection, position.shown)) if query.collapse else set()
    best: list[Place] = []
    for score, at, one, group in weighed:
        if len(best) == limit:
            break
        if one not in shown and group not in told:
            best.append(Place(one, at, group, score))
            told |= {group} if query.collapse else set()
    return best


def _recency(age: int) -> float:
    """Return the weight of an article's age in µs, from 1 for a new one down to a half."""
    return float(LEAST_RECENT + (1 - LEAST_RECENT) * 0.5 ** (max(0, age) / HALF_LIFE))


def _by_date(
    connection: sa.Connection, asked: Matching, query: Query, position: Position, limit: int | None
) -> list[Place]:
    """Return what comes after a position, the newest first, without what was shown by its score."""
    if not query.collapse:
        unseen = asked.narrowed(article_facts.c.id.not_in(position.shown)) if position.shown else asked
        return _newest(connection, unseen, position.below, limit)
    told = set(_groups(connection, position.shown))
    found: list[Place] = []
    size = limit * BATCH if limit is not None else None
    below = position.below
    while True:
        batch = _newest(connection, asked, below, size)
        first = {place.group: place for place in reversed(batch) if place.group not in told}
        told |= first.keys()
        if position.below is not None:
            for group in _told_before(connection, asked, first, position.below):
                del first[group]
        found += sorted(first.values(), key=lambda place: (place.at, place.id), reverse=True)
        if size is None or len(batch) < size or (limit is not None and len(found) >= limit):
            return found[:limit]
        below = (batch[-1].at, batch[-1].id)


def _newest(
    connection: sa.Connection, asked: Matching, below: tuple[int, int] | None, limit: int | None
) -> list[Place]:
    facts = article_facts.c
    group = sa.func.coalesce(facts.story_id, -facts.id)
    chosen = asked.select(facts.id, facts.at, group)
    if below is not None:
        chosen = chosen.where(sa.tuple_(facts.at, facts.id) < sa.tuple_(*map(sa.literal, below)))
    rows = connection.execute(chosen.order_by(facts.at.desc(), facts.id.desc()).limit(limit))
    return [Place(*row) for row in rows]


def _told_before(
    connection: sa.Connection, asked: Matching, groups: Collection[int], below: tuple[int, int]
) -> set[int]:
    """Return which of these stories an article tells that is on an earlier page."""
    facts = article_facts.c
    members = sa.select(articles.c.id).where(articles.c.story_id.in_([group for group in groups if group > 0]))
    above = sa.tuple_(facts.at, facts.id) >= sa.tuple_(*map(sa.literal, below))
    chosen = asked.narrowed(facts.id.in_(members), above).select(facts.story_id)
    return set(connection.execute(chosen).scalars())


def _groups(connection: sa.Connection, ids: Collection[int]) -> list[int]:
    """Return the stories of articles, or for those in none what stands for them."""
    if not ids:
        return []
    group = sa.func.coalesce(articles.c.story_id, -articles.c.id)
    return list(connection.execute(sa.select(group).where(articles.c.id.in_(ids))).scalars())


def as_hits(connection: sa.Connection, places: Sequence[Place], terms: Sequence[Term]) -> Iterator[Hit]:
    """Yield the articles at these places as they are shown: with the passages that match, and their stories."""
    scores = {place.id: place.score for place in places}
    found = list(load(connection, list(scores)))
    told = _stories(connection, {article.story_id for article in found if article.story_id is not None})
    for article in found:
        shown = snippet(article.body, terms, article.language)
        yield Hit(
            article=article,
            score=float(scores[article.id]),
            snippet=shown,
            marks=marks(shown, terms, "body", article.language),
            headline_marks=marks(article.headline, terms, "headline", article.language),
            story_outlets=told[article.story_id].outlets if article.story_id in told else 0,
            story_articles=told[article.story_id].articles if article.story_id in told else 0,
        )


def _stories(connection: sa.Connection, ids: Collection[int]) -> dict[int | None, Any]:
    if not ids:
        return {}
    chosen = sa.select(stories.c.id, stories.c.outlets, stories.c.articles).where(stories.c.id.in_(ids))
    return {row.id: row for row in connection.execute(chosen)}


def load(connection: sa.Connection, ids: Sequence[int]) -> Iterator[StoredArticle]:
    """Yield the articles with these ids, in this order: only what is shown is read whole."""
    for at in range(0, len(ids), CHUNK):
        chunk = ids[at : at + CHUNK]
        rows = {row.id: row for row in connection.execute(select_articles().where(articles.c.id.in_(chunk)))}
        yield from (as_article(rows[number]) for number in chunk)
