"""The index of sketches: which stored articles share shingles with a text.

A shingle that many articles carry is posted no further; when they tell of many different things, it is stopped: it
is part of some boilerplate or phrase, and is looked up no more.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.columns import UtcDateTime
from storage.likeness import Sketch
from storage.schema import articles, full_shingles, postings, sketches
from storage.upsert import insert_ignore

FULL = 64
"""Articles that a shingle is posted for at most."""
STOPPED = 0.5
"""Of these: if so many tell different stories, the shingle is stopped."""
SHARED, SHORT, RARE = 2, 128, 8
"""Shingles that a candidate shares at least; one is enough in a short text, or when so few articles carry it."""
MOST_CANDIDATES, LOOKED_INTO = 256, 12
"""Articles that are ranked for one text, and those of one shingle that are compared with it."""

_LOOK = {
    "sqlite": """
        SELECT p.shingle, p.article_id FROM json_each(:shingles) j
        CROSS JOIN postings p ON p.shingle = j.value AND p.article_id >= (
            SELECT article_id FROM sketches WHERE seen_at >= :since ORDER BY seen_at LIMIT 1)
        UNION ALL
        SELECT f.shingle, CASE WHEN f.is_stopped THEN -2 ELSE -1 END FROM json_each(:shingles) j
        CROSS JOIN full_shingles f ON f.shingle = j.value""",
    "postgresql": """
        SELECT p.shingle, p.article_id FROM unnest(CAST(:shingles AS bigint[])) j(value)
        JOIN postings p ON p.shingle = j.value AND p.article_id >= (
            SELECT article_id FROM sketches WHERE seen_at >= :since ORDER BY seen_at LIMIT 1)
        UNION ALL
        SELECT f.shingle, CASE WHEN f.is_stopped THEN -2 ELSE -1 END FROM full_shingles f
        WHERE f.shingle = ANY(CAST(:shingles AS bigint[]))""",
}
_POST = {
    "sqlite": "INSERT OR IGNORE INTO postings (shingle, article_id) "
    "SELECT value, :article_id FROM json_each(:shingles)",
    "postgresql": "INSERT INTO postings (shingle, article_id) SELECT value, :article_id "
    "FROM unnest(CAST(:shingles AS bigint[])) j(value) ON CONFLICT DO NOTHING",
}
_WITHDRAW = {
    "sqlite": "DELETE FROM postings WHERE article_id = :article_id "
    "AND shingle IN (SELECT value FROM json_each(:shingles))",
    "postgresql": "DELETE FROM postings WHERE article_id = :article_id AND shingle = ANY(CAST(:shingles AS bigint[]))",
}


def _text(sql: str) -> sa.TextClause:
    statement = sa.text(sql)
    return statement.bindparams(sa.bindparam("since", type_=UtcDateTime())) if ":since" in sql else statement


_STATEMENTS = {
    name: {dialect: _text(sql) for dialect, sql in by_dialect.items()}
    for name, by_dialect in (("look", _LOOK), ("post", _POST), ("withdraw", _WITHDRAW))
}
_READ = sa.select(sketches).where(sketches.c.article_id.in_(sa.bindparam("ids", expanding=True)))
_KEEP = sa.insert(sketches)
_OF = sa.select(sketches).where(sketches.c.article_id == sa.bindparam("article_id"))


@dataclass(frozen=True, slots=True)
class Past:
    """What the index says of a sketch: `shared` shingles by article, and `lists`, the articles of each shingle.

    `full` are shingles that are posted no further.
    """

    shared: Counter[int]
    lists: dict[int, list[int]]
    full: frozenset[int]


@dataclass(frozen=True, slots=True)
class Posted:
    """An article's sketch as it is read back."""

    article_id: int
    outlet: str
    strict: bool
    seen_at: datetime
    sketch: Sketch


def look_up(connection: sa.Connection, sketch: Sketch, since: datetime) -> Past:
    """Return the articles of since then that share shingles with a sketch."""
    lists: dict[int, list[int]] = defaultdict(list)
    full, stopped = set(), set()
    for shingle, article_id in _run(connection, "look", sketch.postings, since=since):
        if article_id >= 0:
            lists[shingle].append(article_id)
        else:
            full.add(shingle)
            if article_id == -2:
                stopped.add(shingle)
    shared = Counter(article_id for shingle, ids in lists.items() if shingle not in stopped for article_id in ids)
    return Past(shared, lists, frozenset(full))


def shared_by(connection: sa.Connection, waiting: Sequence[Posted], since: datetime) -> dict[int, Counter[int]]:
    """Return, for many sketches at once, the other articles of since then with the number of shingles they share."""
    own: dict[int, list[int]] = defaultdict(list)
    for one in waiting:
        for shingle in one.sketch.postings:
            own[shingle].append(one.article_id)
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for shingle, other in _run(connection, "look", list(own), since=since):
        for article_id in own[shingle] if other >= 0 else ():
            if article_id != other:
                found[article_id][other] += 1
    return found


def candidates(connection: sa.Connection, past: Past, sketch: Sketch, since: datetime) -> list[Posted]:
    """Return the sketches that are worth comparing, those that share most first."""
    near = _worth_comparing(past, 1 if sketch.shingles < SHORT else SHARED)
    found = [one for one in read_sketches(connection, near) if one.seen_at >= since] if near else []
    return sorted(found, key=lambda one: (-near[one.article_id], one.article_id))


def _worth_comparing(past: Past, least: int) -> dict[int, int]:
    """Return the articles that share enough, with how much: of each shingle, the few that share most with the text.

    What else has the same shingles tells the same story; a part that the text has of another one has its own.
    """
    rare = {article_id for ids in past.lists.values() if len(ids) <= RARE for article_id in ids}
    ranked = [one for one in past.shared.items() if one[1] >= least or one[0] in rare]
    ranked.sort(key=lambda one: (-one[1], one[0]))
    if len(ranked) <= LOOKED_INTO:
        return dict(ranked)
    carried: dict[int, list[int]] = defaultdict(list)
    for shingle, ids in past.lists.items():
        for article_id in ids:
            carried[article_id].append(shingle)
    seen: Counter[int] = Counter()
    near = {}
    for article_id, shared in ranked[:MOST_CANDIDATES]:
        new = sum(seen[shingle] < LOOKED_INTO for shingle in carried[article_id])
        if new >= min(least, shared):
            near[article_id] = shared
            seen.update(carried[article_id])
    return near


def read_sketches(connection: sa.Connection, ids: Iterable[int]) -> list[Posted]:
    """Return the sketches of articles, as far as they are kept."""
    return [_as_posted(row) for row in connection.execute(_READ, {"ids": list(ids)})]


def _as_posted(row: Any) -> Posted:
    sketch = Sketch(row.kept, row.bound, row.shingles, row.numbers, row.tails)
    return Posted(row.article_id, row.outlet, row.strict, row.seen_at, sketch)


def keep_sketch(
    connection: sa.Connection, article_id: int, sketch: Sketch, outlet: str, strict: bool, now: datetime
) -> None:
    """Write an article's sketch. On PostgreSQL it waits for another look, at what others have stored meanwhile."""
    values = {
        "article_id": article_id,
        "seen_at": now,
        "outlet": outlet,
        "strict": strict,
        "waits": connection.dialect.name == "postgresql",
        "shingles": sketch.shingles,
        "tails": sketch.tails,
        "bound": sketch.bound,
        "numbers": sketch.numbers,
        "kept": sketch.kept,
    }
    connection.execute(_KEEP, values)


def post(connection: sa.Connection, article_id: int, sketch: Sketch, past: Past, now: datetime) -> None:
    """Make an article to be found by its sketch, and judge the shingles that have become full."""
    shingles = sketch.postings
    filled = [shingle for shingle in shingles if len(past.lists.get(shingle, ())) >= FULL]
    new = [shingle for shingle in filled if shingle not in past.full]
    if new:
        _judge(connection, {shingle: past.lists[shingle] for shingle in new}, now)
    barred = past.full.union(filled)
    _run(connection, "post", [shingle for shingle in shingles if shingle not in barred], article_id=article_id)


def withdraw(connection: sa.Connection, article_id: int) -> Posted | None:
    """Take an article's sketch out of the index, and return it: its text has changed, or is too old to compare with."""
    found = connection.execute(_OF, {"article_id": article_id}).first()
    if found is None:
        return None
    old = _as_posted(found)
    _run(connection, "withdraw", old.sketch.postings, article_id=article_id)
    connection.execute(sa.delete(sketches).where(sketches.c.article_id == article_id))
    return old


def forget_postings(connection: sa.Connection, before: datetime, limit: int) -> int:
    """Take articles whose texts were new before then out of the index, at most so many; return how many."""
    old = sa.select(sketches.c.article_id).where(sketches.c.seen_at < before)
    ids = connection.execute(old.order_by(sketches.c.seen_at).limit(limit)).scalars().all()
    for article_id in ids:
        withdraw(connection, article_id)
    connection.execute(sa.delete(full_shingles).where(full_shingles.c.since < before))
    return len(ids)


def _judge(connection: sa.Connection, lists: dict[int, list[int]], now: datetime) -> None:
    """Note shingles as full, and take those out of the index that many stories have in common."""
    ids = {article_id for ids in lists.values() for article_id in ids}
    story_of = sa.func.coalesce(articles.c.story_id, -articles.c.id)
    rows_of = connection.execute(sa.select(articles.c.id, story_of.label("story")).where(articles.c.id.in_(ids)))
    stories = {row.id: row.story for row in rows_of}
    rows = []
    for shingle, carriers in lists.items():
        different = len({stories.get(article_id) for article_id in carriers})
        rows.append({"shingle": shingle, "is_stopped": different >= STOPPED * len(carriers), "since": now})
    connection.execute(insert_ignore(connection, full_shingles), rows)
    stopped = [row["shingle"] for row in rows if row["is_stopped"]]
    if stopped:
        connection.execute(sa.delete(postings).where(postings.c.shingle.in_(stopped)))


def _run(connection: sa.Connection, name: str, shingles: Collection[int], **values: Any) -> Any:
    """Run a statement over many shingles as one parameter."""
    bound: Sequence[int] | str = list(shingles)
    if connection.dialect.name == "sqlite":
        bound = json.dumps(bound)
    return connection.execute(_STATEMENTS[name][connection.dialect.name], {"shingles": bound, **values})
