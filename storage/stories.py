"""Stories: articles that uniting relations connect, joined by union-find; the oldest story's id survives.

On SQLite, which has one writer at a time, an article finds its story in the transaction that stores it. On PostgreSQL
two transactions may store the two halves of a reprint and see nothing of each other: there each sketch waits until its
transaction has committed, and is looked at once more under one lock (`unite_waiting`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.bridges import ends_of, find_parts, make_links
from storage.likeness import Circumstances, Comparing, Judgement, Kinship
from storage.postings import Posted, look_up, read_sketches, shared_by, withdraw
from storage.relations import UNITING, Text, find_edges, forget_relations, relate, write_relations
from storage.schema import articles, relations, sketches, stories

LOCK = 0x73746F72
"""PostgreSQL advisory lock ("stor" in ASCII) under which one transaction at a time unites stories."""
LONGEST_TRANSACTION = timedelta(minutes=15)
WAITING_AT_ONCE = 64

# Built once: for statements as small as these, building costs more than running.
_STORY_OF = sa.select(articles.c.story_id).where(articles.c.id == sa.bindparam("article_id"))
_JOIN = sa.text("UPDATE articles SET story_id = :story WHERE id = :article_id")
_COUNT_IN = sa.text(
    "UPDATE stories SET articles = stories.articles + 1, "
    "outlets = stories.outlets + CASE WHEN EXISTS (SELECT 1 FROM articles o WHERE o.story_id = :story "
    "AND o.outlet = new.outlet AND o.id <> new.id) THEN 0 ELSE 1 END, "
    "first_seen = CASE WHEN stories.first_seen > new.first_seen THEN new.first_seen ELSE stories.first_seen END, "
    "last_seen = CASE WHEN stories.last_seen < new.first_seen THEN new.first_seen ELSE stories.last_seen END "
    "FROM articles new WHERE stories.id = :story AND new.id = :article_id"
)
_COUNT_ALL = sa.text(
    "UPDATE stories SET articles = own.articles, outlets = own.outlets, first_seen = own.first_seen, "
    "last_seen = own.last_seen FROM (SELECT count(*) AS articles, count(DISTINCT outlet) AS outlets, "
    "min(first_seen) AS first_seen, max(first_seen) AS last_seen FROM articles WHERE story_id = :story) AS own "
    "WHERE stories.id = :story"
)
_BEGIN = sa.insert(stories).returning(stories.c.id)
_WAITING = (
    sa.select(sketches.c.article_id)
    .where(sketches.c.waits)
    .order_by(sketches.c.article_id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(LOCK))
_LOOKED = sa.update(sketches).where(sketches.c.article_id.in_(sa.bindparam("ids", expanding=True))).values(waits=False)
_ONE, _OTHER = articles.alias("one"), articles.alias("other")
_RELATED = (
    sa.select(relations, _ONE.c.story_id.label("story"), _OTHER.c.story_id.label("other_story"))
    .join(_ONE, _ONE.c.id == relations.c.article_id)
    .join(_OTHER, _OTHER.c.id == relations.c.other_id)
    .where(
        sa.or_(
            relations.c.article_id.in_(sa.bindparam("ids", expanding=True)),
            relations.c.other_id.in_(sa.bindparam("ids", expanding=True)),
        )
    )
)
_ROW = sa.select(*(articles.c[name] for name in ("id", "outlet", "kind", "headline", "body"))).where(
    articles.c.id == sa.bindparam("article_id")
)


def tell(
    connection: sa.Connection, text: Text, comparing: Comparing, now: datetime, *, is_new: bool = True
) -> int | None:
    """Compare a new text with the past, index it, and return the story that its article belongs to."""
    found = relate(connection, text, comparing.judgement, now, comparing.window, is_new=is_new)
    if found and _may_unite(connection):
        return unite(connection, text.article_id, comparing.judgement, now, is_new=is_new)
    return None if is_new else story_of(connection, text.article_id)


def tell_again(
    connection: sa.Connection, text: Text, comparing: Comparing, now: datetime, before: str | None = None
) -> int | None:
    """The same for an article whose text has changed: relations are added, and none is taken back.

    But a text that has nothing to do with the one `before` it (a page that shows something else each day) begins anew:
    otherwise it would join every story that it ever told into one.
    """
    if before is not None and _is_another(text, before, comparing.judgement):
        forget_relations(connection, text.article_id)
        leave_story(connection, text.article_id)
    withdraw(connection, text.article_id)
    return tell(connection, text, comparing, now, is_new=False)


def _is_another(text: Text, before: str, judgement: Judgement) -> bool:
    found = judgement.compare_texts(text.body, before, Circumstances(same_outlet=True, strict=False))
    return found.kinship is None


def _may_unite(connection: sa.Connection) -> bool:
    """Tell whether stories can be changed now; on PostgreSQL another transaction may be at it."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))).scalar())


def unite_waiting(connection: sa.Connection, comparing: Comparing, limit: int = WAITING_AT_ONCE) -> int:
    """Look again at texts that were stored on PostgreSQL, and unite their stories; return how many there were.

    Of two articles whose transactions did not see each other, the one that is looked at last sees both.
    """
    if connection.dialect.name != "postgresql" or not connection.execute(_WAITING, {"most": 1}).first():
        return 0
    connection.execute(_LOCK)
    waiting = read_sketches(connection, connection.execute(_WAITING, {"most": limit}).scalars().all())
    if not waiting:
        return 0
    since = min(one.seen_at for one in waiting) - LONGEST_TRANSACTION
    near = shared_by(connection, waiting, since)
    ids = [one.article_id for one in waiting]
    related = _related(connection, ids)
    for one in sorted(waiting, key=lambda one: one.article_id):
        new = near[one.article_id].keys() - related[one.article_id].keys()
        if new:
            _look_again(connection, one, since, comparing)
        if new or any(related[one.article_id].values()):
            unite(connection, one.article_id, comparing.judgement, one.seen_at)
    connection.execute(_LOOKED, {"ids": ids})
    return len(ids)


def _related(connection: sa.Connection, ids: Sequence[int]) -> dict[int, dict[int, bool]]:
    """Return the articles that each is related to, and whether that is to change stories yet."""
    found: dict[int, dict[int, bool]] = {article_id: {} for article_id in ids}
    for row in connection.execute(_RELATED, {"ids": ids}):
        changes = row.kind in UNITING and (row.story is None or row.story != row.other_story)
        for one, other in ((row.article_id, row.other_id), (row.other_id, row.article_id)):
            if one in found:
                found[one][other] = changes
    return found


def _look_again(connection: sa.Connection, one: Posted, since: datetime, comparing: Comparing) -> None:
    past = look_up(connection, one.sketch, since)
    text = Text(*connection.execute(_ROW, {"article_id": one.article_id}).one())
    edges = find_edges(connection, text, one.sketch, past, since, comparing.judgement)
    write_relations(connection, one.article_id, edges, one.seen_at)


def unite(
    connection: sa.Connection, article_id: int, judgement: Judgement, now: datetime, *, is_new: bool = False
) -> int | None:
    """Join an article's story with those that its uniting relations lead to; return the story's id, if it has one."""
    ends = ends_of(connection, article_id)
    own = None if is_new else story_of(connection, article_id)
    united = [end for end in ends if end.unites]
    if united and {end.story for end in united} == {own}:
        return own
    parts = find_parts(connection, article_id, ends, judgement)
    for leaving in parts.leaving:
        others = [end.article_id for end in ends_of(connection, leaving) if end.unites]
        make_links(connection, leaving, others, Kinship.CONTAINS)
        leave_story(connection, leaving)
    roots = {end.story for end in united if end.story > 0 and end.story not in parts.stories}
    lone = [-end.story for end in united if end.story < 0 and end.story not in parts.stories]
    if own is not None:
        roots.add(own)
    if not roots and not lone:
        return None
    members = [*lone, article_id] if own is None else lone
    target = min(roots) if roots else _begin(connection, now)
    _join(connection, members, target)
    for story in roots - {target}:
        _merge(connection, story, target, article_id, now)
    return target


def story_of(connection: sa.Connection, article_id: int) -> int | None:
    """Return the story that an article belongs to."""
    found: int | None = connection.execute(_STORY_OF, {"article_id": article_id}).scalar()
    return found


def _begin(connection: sa.Connection, now: datetime) -> int:
    story: int = connection.execute(_BEGIN, {"first_seen": now, "last_seen": now}).scalar_one()
    return story


def _join(connection: sa.Connection, members: Sequence[int], story: int) -> None:
    """Let articles that have no story belong to one."""
    rows = [{"story": story, "article_id": article_id} for article_id in members]
    if len(rows) == 1:
        connection.execute(_JOIN, rows[0])
        connection.execute(_COUNT_IN, rows[0])
    elif rows:
        connection.execute(_JOIN, rows)
        connection.execute(_COUNT_ALL, {"story": story})


def _merge(connection: sa.Connection, story: int, into: int, by: int, now: datetime) -> None:
    """Make one story of two; the id that goes leads to the one that stays."""
    connection.execute(sa.update(articles).where(articles.c.story_id == story).values(story_id=into))
    merged = {"merged_into": into, "merged_at": now, "merged_by": by}
    connection.execute(sa.update(stories).where(stories.c.id == story).values(**merged))
    connection.execute(sa.update(stories).where(stories.c.merged_into == story).values(merged_into=into))
    gone = connection.execute(sa.select(stories.c.first_seen, stories.c.last_seen).where(stories.c.id == story)).one()
    _stretch(connection, into, gone.first_seen, gone.last_seen)
    count_story(connection, into)


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


def leave_story(connection: sa.Connection, article_id: int) -> None:
    """Take an article out of its story."""
    story = story_of(connection, article_id)
    connection.execute(sa.update(articles).where(articles.c.id == article_id).values(story_id=None))
    if story is not None:
        count_story(connection, story)


def move_story(connection: sa.Connection, article_id: int, from_id: int, story: int | None) -> None:
    """Let an article that takes in another one belong to this story, and the other to none."""
    left = {story_of(connection, one) for one in (article_id, from_id)} - {None, story}
    connection.execute(sa.update(articles).where(articles.c.id == from_id).values(story_id=None))
    connection.execute(sa.update(articles).where(articles.c.id == article_id).values(story_id=story))
    for one in left:
        assert one is not None
        count_story(connection, one)
    if story is not None:
        count_story(connection, story, [article_id])
