"""Stories: articles that uniting relations connect, joined by union-find; the oldest story's id survives.

On SQLite, which has one writer at a time, an article finds its story in the transaction that stores it. On PostgreSQL
two transactions may store the two halves of a reprint and see nothing of each other: there each sketch waits until its
transaction has committed, and is looked at once more under one lock (`unite_waiting`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.bridges import part_only
from storage.likeness import Comparing, Judgement, Kinship
from storage.postings import look_up, read_sketches, withdraw
from storage.relations import Text, find_edges, relate, write_relations
from storage.schema import articles, relations, sketches, stories

LOCK = 0x73746F72
"""PostgreSQL advisory lock ("stor" in ASCII) under which one transaction at a time unites stories."""
LONGEST_TRANSACTION = timedelta(minutes=15)
WAITING_AT_ONCE = 64
_UNITING = [kinship.value for kinship in Kinship if kinship.unites]


def tell(connection: sa.Connection, text: Text, comparing: Comparing, now: datetime) -> int | None:
    """Compare a new or changed text with the past, index it, and return the story that its article belongs to."""
    found = relate(connection, text, comparing.judgement, now, comparing.window)
    if found and _may_unite(connection):
        return unite(connection, text.article_id, comparing.judgement, now)
    return story_of(connection, text.article_id)


def tell_again(connection: sa.Connection, text: Text, comparing: Comparing, now: datetime) -> int | None:
    """The same for an article whose text has changed: relations are added, and never taken back."""
    withdraw(connection, text.article_id)
    return tell(connection, text, comparing, now)


def _may_unite(connection: sa.Connection) -> bool:
    """Tell whether stories can be changed now; on PostgreSQL another transaction may be at it."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))).scalar())


def unite_waiting(connection: sa.Connection, comparing: Comparing, limit: int = WAITING_AT_ONCE) -> int:
    """Look again at texts that were stored on PostgreSQL, and unite their stories; return how many there were.

    Of two articles whose transactions did not see each other, the one that is looked at last sees both.
    """
    waiting = sa.select(sketches.c.article_id).where(sketches.c.waits).order_by(sketches.c.article_id).limit(limit)
    if connection.dialect.name != "postgresql" or not connection.execute(waiting).first():
        return 0
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    ids = connection.execute(waiting).scalars().all()
    for article_id in ids:
        _look_again(connection, article_id, comparing)
    connection.execute(sa.update(sketches).where(sketches.c.article_id.in_(ids)).values(waits=False))
    return len(ids)


def _look_again(connection: sa.Connection, article_id: int, comparing: Comparing) -> None:
    names = ("id", "outlet", "kind", "headline", "body")
    row = connection.execute(sa.select(*(articles.c[name] for name in names)).where(articles.c.id == article_id)).one()
    own = read_sketches(connection, [article_id])[0]
    since = own.seen_at - LONGEST_TRANSACTION
    past = look_up(connection, own.sketch, since)
    edges = find_edges(connection, Text(*row), own.sketch, past, since, comparing.judgement)
    write_relations(connection, article_id, edges, own.seen_at)
    unite(connection, article_id, comparing.judgement, own.seen_at)


def unite(connection: sa.Connection, article_id: int, judgement: Judgement, now: datetime) -> int | None:
    """Join an article's story with those that its uniting relations lead to; return the story's id, if it has one."""
    groups = _groups(connection, article_id)
    parts = part_only(connection, article_id, groups, judgement)
    roots = {story for story in groups if story > 0 and story not in parts}
    lone = [ids[0] for story, ids in groups.items() if story < 0 and story not in parts]
    own = story_of(connection, article_id)
    if own is not None:
        roots.add(own)
    if not roots and not lone:
        return None
    target = min(roots) if roots else _begin(connection, [article_id, *lone])
    members = [*lone, article_id] if own is None else lone
    connection.execute(sa.update(articles).where(articles.c.id.in_(members)).values(story_id=target))
    for story in roots - {target}:
        _merge(connection, story, target, article_id, now)
    count_story(connection, target, [article_id, *lone])
    return target


def join_stories(connection: sa.Connection, kept: Any, other: Any, now: datetime) -> None:
    """Let an article that takes in another one belong to both stories."""
    found = sorted({row.story_id for row in (kept, other) if row.story_id is not None})
    if not found:
        return
    connection.execute(sa.update(articles).where(articles.c.id == kept.id).values(story_id=found[0]))
    for story in found[1:]:
        _merge(connection, story, found[0], kept.id, now)
    count_story(connection, found[0], [kept.id])


def story_of(connection: sa.Connection, article_id: int) -> int | None:
    """Return the story that an article belongs to."""
    found: int | None = connection.execute(sa.select(articles.c.story_id).where(articles.c.id == article_id)).scalar()
    return found


def _groups(connection: sa.Connection, article_id: int) -> dict[int, list[int]]:
    """Return the articles that an article's relations unite it with, by story; one without by its negative id."""
    later = sa.select(relations.c.other_id.label("id")).where(
        relations.c.article_id == article_id, relations.c.kind.in_(_UNITING)
    )
    earlier = sa.select(relations.c.article_id).where(
        relations.c.other_id == article_id, relations.c.kind.in_(_UNITING)
    )
    ends = sa.union_all(later, earlier).subquery()
    story = sa.func.coalesce(articles.c.story_id, -articles.c.id)
    groups: dict[int, list[int]] = defaultdict(list)
    for other, group in connection.execute(sa.select(articles.c.id, story).join(ends, ends.c.id == articles.c.id)):
        groups[group].append(other)
    return groups


def _begin(connection: sa.Connection, members: Collection[int]) -> int:
    """Begin a story of articles that had none."""
    times = sa.select(sa.func.min(articles.c.first_seen), sa.func.max(articles.c.first_seen))
    first, last = connection.execute(times.where(articles.c.id.in_(members))).one()
    statement = sa.insert(stories).values(first_seen=first, last_seen=last).returning(stories.c.id)
    story: int = connection.execute(statement).scalar_one()
    return story


def _merge(connection: sa.Connection, story: int, into: int, by: int, now: datetime) -> None:
    """Make one story of two; the id that goes leads to the one that stays."""
    connection.execute(sa.update(articles).where(articles.c.story_id == story).values(story_id=into))
    merged = {"merged_into": into, "merged_at": now, "merged_by": by}
    connection.execute(sa.update(stories).where(stories.c.id == story).values(**merged))
    connection.execute(sa.update(stories).where(stories.c.merged_into == story).values(merged_into=into))
    gone = connection.execute(sa.select(stories.c.first_seen, stories.c.last_seen).where(stories.c.id == story)).one()
    _stretch(connection, into, gone.first_seen, gone.last_seen)


def _stretch(connection: sa.Connection, story: int, first: datetime, last: datetime) -> None:
    earlier = sa.case((stories.c.first_seen > first, first), else_=stories.c.first_seen)
    later = sa.case((stories.c.last_seen < last, last), else_=stories.c.last_seen)
    connection.execute(sa.update(stories).where(stories.c.id == story).values(first_seen=earlier, last_seen=later))


def count_story(connection: sa.Connection, story: int, new: Collection[int] = ()) -> None:
    """Bring a story's numbers to what its articles say; `new` are those that have joined it."""
    own = articles.c.story_id == story
    total = sa.select(sa.func.count()).select_from(articles).where(own).scalar_subquery()
    outlets = sa.select(sa.func.count(sa.distinct(articles.c.outlet))).where(own).scalar_subquery()
    connection.execute(sa.update(stories).where(stories.c.id == story).values(articles=total, outlets=outlets))
    if new:
        times = sa.select(sa.func.min(articles.c.first_seen), sa.func.max(articles.c.first_seen))
        _stretch(connection, story, *connection.execute(times.where(articles.c.id.in_(new))).one())
