"""What of a saved search's matches waits to be told, and what was told: by the articles and stories of today."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.saved import Saved
from storage.schema import articles, merged_articles, sources, stories
from storage.schema_saved import saved_matches

WAITING, TOLD, KNOWN, GONE = "waiting", "told", "known", "gone"


@dataclass(frozen=True, slots=True)
class Match:
    """A version of an article that waits to be told. `article_id` is None when it is gone; a joined one is the other.

    `outlets` counts those that tell its story. `before` is what became of an earlier match of the article, if any.
    """

    id: int
    article_id: int | None
    revision: int
    changed: bool
    story_id: int | None = None
    outlets: int = 1
    before: str | None = None


def waiting_matches(connection: sa.Connection, search: Saved) -> list[Match]:
    """Return what waits to be told of a search, in the order in which it was found."""
    own = (
        sa.select(
            *(saved_matches.c[name] for name in ("id", "revision", "changed")),
            articles.c.id.label("article_id"),
            articles.c.story_id,
            sa.func.coalesce(stories.c.outlets, 1).label("outlets"),
        )
        .select_from(saved_matches)
        .join(merged_articles, merged_articles.c.id == saved_matches.c.article_id, isouter=True)
        .join(articles, articles.c.id == _present(), isouter=True)
        .join(stories, stories.c.id == articles.c.story_id, isouter=True)
        .where(saved_matches.c.search_id == search.id, saved_matches.c.state == WAITING)
        .order_by(saved_matches.c.id)
    )
    rows = connection.execute(own).all()
    before = _before(connection, search, {row.article_id for row in rows if row.article_id is not None})
    return [
        Match(row.id, row.article_id, row.revision, row.changed, row.story_id, row.outlets, before.get(row.article_id))
        for row in rows
    ]


def _present() -> sa.ColumnElement[int]:
    """Return the id that a match's article has now: that of the article which it was joined into."""
    return sa.func.coalesce(merged_articles.c.into_id, saved_matches.c.article_id)


def _before(connection: sa.Connection, search: Saved, ids: Collection[int]) -> dict[int, str]:
    """Return what became of earlier matches of articles and of those joined into them: told wins over known."""
    settled = sa.and_(saved_matches.c.search_id == search.id, saved_matches.c.state.in_((TOLD, KNOWN)))
    found: dict[int, str] = {}
    for chunk in _chunks(sorted(ids)):
        itself = sa.select(saved_matches.c.article_id, saved_matches.c.state)
        joined = sa.select(merged_articles.c.into_id, saved_matches.c.state).join(
            saved_matches, saved_matches.c.article_id == merged_articles.c.id
        )
        both = sa.union(
            itself.where(settled, saved_matches.c.article_id.in_(chunk)),
            joined.where(settled, merged_articles.c.into_id.in_(chunk)),
        )
        found |= dict(sorted((row[0], row[1]) for row in connection.execute(both)))  # "told" comes after "known"
    return found


def told_stories(connection: sa.Connection, search: Saved, asked: Collection[int]) -> set[int]:
    """Return which of these stories a search has told, by articles that are in them or, when deleted, were."""
    told = sa.and_(saved_matches.c.search_id == search.id, saved_matches.c.state.in_((TOLD, KNOWN)))
    found: set[int] = set()
    for chunk in _chunks(sorted(asked)):
        member = sa.select(articles.c.story_id).where(articles.c.story_id.in_(chunk))
        itself = member.join(saved_matches, saved_matches.c.article_id == articles.c.id).where(told)
        joined = (
            member.join(merged_articles, merged_articles.c.into_id == articles.c.id)
            .join(saved_matches, saved_matches.c.article_id == merged_articles.c.id)
            .where(told)
        )
        story = sa.func.coalesce(stories.c.merged_into, stories.c.id)
        deleted = (
            sa.select(story)
            .join(saved_matches, saved_matches.c.story_id == stories.c.id)
            .where(told, story.in_(chunk), ~sa.exists().where(articles.c.id == saved_matches.c.article_id))
        )
        found.update(connection.execute(sa.union(itself, joined, deleted)).scalars())
    return found


def settle_matches(connection: sa.Connection, states: Mapping[str, Sequence[Match]], now: datetime) -> None:
    """Note what has become of matches, by their new state."""
    own = saved_matches.c.id == sa.bindparam("match")
    settled = sa.update(saved_matches).where(own)
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in ("state", "told_at", "story_id")}
    rows = [
        {"match": match.id, "new_state": state, "new_story_id": match.story_id}
        | {"new_told_at": now if state == TOLD else None}
        for state, settling in states.items()
        for match in settling
    ]
    if rows:
        connection.execute(settled.values(**values), rows)


def latest_matches(connection: sa.Connection, search: Saved, limit: int) -> list[dict[str, Any]]:
    """Return what a search has found last, with what has become of it, newest first."""
    own = (
        sa.select(
            *(saved_matches.c[name] for name in ("found_at", "state", "told_at", "changed", "revision")),
            _present().label("article_id"),
            *(articles.c[name] for name in ("headline", "url", "date_published")),
            sources.c.name.label("source"),
        )
        .select_from(saved_matches)
        .join(merged_articles, merged_articles.c.id == saved_matches.c.article_id, isouter=True)
        .join(articles, articles.c.id == _present(), isouter=True)
        .join(sources, sources.c.id == articles.c.source_id, isouter=True)
        .where(saved_matches.c.search_id == search.id)
        .order_by(saved_matches.c.id.desc())
        .limit(limit)
    )
    return [dict(row._mapping) for row in connection.execute(own)]


def forget_matches(connection: sa.Connection, before: datetime) -> int:
    """Delete what was found before that time and does not wait; return how many."""
    old = sa.and_(saved_matches.c.found_at < before, saved_matches.c.state != WAITING)
    return int(connection.execute(sa.delete(saved_matches).where(old)).rowcount)


def _chunks(ids: Sequence[int], size: int = 500) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
