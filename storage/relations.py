"""Compare an article's text with the stored past, and keep what they have to do with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.columns import UtcDateTime
from storage.likeness import Circumstances, Judgement, Kinship, Likeness, Sketch
from storage.postings import Past, candidates, keep_sketch, look_up, post, withdraw
from storage.schema import articles, relations

STRICT_KINDS = frozenset({"live", "video", "gallery"})
MOST_WHOLE, MOST_AGAIN = 12, 2
"""Texts that are read whole for one article, where the sketches do not tell; of a story that it is known to tell."""
MOST_OF_STORY, MOST_LINKS, MOST_KEPT = 8, 3, 96
"""Relations of one article that are kept: uniting ones and links to a story (to all of a series), and all of them."""
LARGE_PART = 0.3
"""Of an earlier text: who has so much of it may show that it is made of several."""
ENOUGH = 8
"""An article whose text so many posted ones have adds nothing to the index."""
UNITING = tuple(kinship.value for kinship in Kinship if kinship.unites)

# Built once: for statements as small as these, building costs more than running.
_BODY = sa.select(articles.c.body).where(articles.c.id == sa.bindparam("article_id"))
_NEW = sa.text(
    "INSERT INTO relations (article_id, other_id, kind, share, other_share, found_at) "
    "VALUES (:article_id, :other_id, :kind, :share, :other_share, :found_at) ON CONFLICT DO NOTHING"
).bindparams(sa.bindparam("found_at", type_=UtcDateTime()))
_CLOSER = sa.text(
    "UPDATE relations SET kind = :kind, share = :share, other_share = :other_share, found_at = :found_at "
    "WHERE article_id = :article_id AND other_id = :other_id "
    f"AND kind NOT IN ({', '.join(repr(kind) for kind in UNITING)})"
).bindparams(sa.bindparam("found_at", type_=UtcDateTime()))
_STORIES = sa.select(articles.c.id, sa.func.coalesce(articles.c.story_id, -articles.c.id).label("story")).where(
    articles.c.id.in_(sa.bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Text:
    """An article's text as it is compared."""

    article_id: int
    outlet: str
    kind: str
    headline: str
    body: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation of an article to another, seen from the first."""

    other_id: int
    likeness: Likeness

    @property
    def kinship(self) -> Kinship:
        """The kind of the relation; an edge has one."""
        assert self.likeness.kinship is not None
        return self.likeness.kinship


def relate(
    connection: sa.Connection, text: Text, judgement: Judgement, now: datetime, window: timedelta, *, is_new: bool
) -> bool:
    """Compare a new or changed text with the stored past, and index it; tell whether stories may change by it."""
    sketch = judgement.sketch(text.headline, text.body)
    if sketch is None:
        return False
    since = now - window
    past = look_up(connection, sketch, since)
    edges = find_edges(connection, text, sketch, past, since, judgement)
    write_relations(connection, text.article_id, edges, now, is_new=is_new)
    keep_sketch(connection, text.article_id, sketch, text.outlet, text.kind in STRICT_KINDS, now)
    if sum(edge.kinship is Kinship.SAME_TEXT for edge in edges) < ENOUGH:
        post(connection, text.article_id, sketch, past, now)
    return any(edge.kinship.unites or edge.likeness.other_share >= LARGE_PART for edge in edges)


def reindex(connection: sa.Connection, text: Text, judgement: Judgement) -> None:
    """Index a stored text anew, without comparing it: only boilerplate has gone from it or come back."""
    old = withdraw(connection, text.article_id)
    sketch = judgement.sketch(text.headline, text.body) if old is not None else None
    if old is not None and sketch is not None:
        past = look_up(connection, sketch, old.seen_at)
        keep_sketch(connection, text.article_id, sketch, old.outlet, old.strict, old.seen_at)
        post(connection, text.article_id, sketch, past, old.seen_at)


def find_edges(
    connection: sa.Connection, text: Text, sketch: Sketch, past: Past, since: datetime, judgement: Judgement
) -> list[Edge]:
    """Return the relations of a text to the candidates of the index, the closest first."""
    near = [one for one in candidates(connection, past, sketch, since) if one.article_id != text.article_id]
    stories: dict[int, int] = {}
    edges = []
    wholes = again = 0
    told: set[int] = set()
    for one in near:
        given = Circumstances(text.outlet == one.outlet, one.strict or text.kind in STRICT_KINDS)
        likeness = judgement.compare(sketch, one.sketch, given)
        if not likeness.is_sure and told and not stories:
            stories = stories_of(connection, [other.article_id for other in near])
        is_told = stories.get(one.article_id) in {stories[other] for other in told if stories}
        if not likeness.is_sure and wholes < MOST_WHOLE and not (is_told and again >= MOST_AGAIN):
            wholes += 1
            again += is_told
            body: str = connection.execute(_BODY, {"article_id": one.article_id}).scalar_one()
            likeness = judgement.compare_texts(text.body, body, given)
        elif not likeness.is_sure and not is_told and likeness.kinship is not None and likeness.kinship.unites:
            likeness = replace(likeness, kinship=Kinship.OVERLAP)
        if likeness.kinship is not None:
            edges.append(Edge(one.article_id, likeness))
            if likeness.kinship.unites:
                told.add(one.article_id)
    return sorted(edges, key=lambda edge: (-(edge.likeness.share + edge.likeness.other_share), edge.other_id))


def write_relations(
    connection: sa.Connection, article_id: int, edges: Sequence[Edge], now: datetime, *, is_new: bool = False
) -> None:
    """Keep an article's relations, as many of each kind as tell something.

    A link gives way to a uniting relation; a new article has none yet.
    """
    rows = [_row(article_id, edge, now) for edge in _worth_keeping(connection, edges)]
    if not rows:
        return
    connection.execute(_NEW, rows)
    closer = [row for row in rows if row["kind"] in UNITING]
    if closer and not is_new:
        connection.execute(_CLOSER, closer)


def _worth_keeping(connection: sa.Connection, edges: Sequence[Edge]) -> list[Edge]:
    """Return a few relations to each story: the closest that unite, and links to its earliest articles."""
    if len(edges) <= MOST_OF_STORY:
        return list(edges)
    stories = stories_of(connection, [edge.other_id for edge in edges])
    links = sorted((edge for edge in edges if not edge.kinship.unites), key=lambda edge: edge.other_id)
    number: Counter[tuple[bool, int]] = Counter()
    kept = []
    for edge in [*(edge for edge in edges if edge.kinship.unites), *links]:
        is_series = edge.kinship is Kinship.SERIES
        own = (edge.kinship.unites, 0 if is_series else stories.get(edge.other_id, -edge.other_id))
        number[own] += 1
        if number[own] <= (MOST_OF_STORY if edge.kinship.unites else MOST_LINKS):
            kept.append(edge)
    return kept[:MOST_KEPT]


def stories_of(connection: sa.Connection, ids: list[int]) -> dict[int, int]:
    """Return the story of each article, the article's own id as a negative number when it has none."""
    return {row.id: row.story for row in connection.execute(_STORIES, {"ids": ids})}


def _row(article_id: int, edge: Edge, now: datetime) -> dict[str, Any]:
    """Return a relation as it is kept: from the later article to the earlier one."""
    kinship, share, other_share = edge.kinship, edge.likeness.share, edge.likeness.other_share
    one, other = article_id, edge.other_id
    if one < other:
        one, other, share, other_share, kinship = other, one, other_share, share, kinship.turned
    shares: dict[str, Any] = {"share": round(share, 3), "other_share": round(other_share, 3)}
    return {"article_id": one, "other_id": other, "kind": kinship.value, "found_at": now} | shares


def forget_relations(connection: sa.Connection, article_id: int) -> None:
    """Forget what an article has to do with others: its text is another one now."""
    own = sa.or_(relations.c.article_id == article_id, relations.c.other_id == article_id)
    connection.execute(sa.delete(relations).where(own))


def take_over(connection: sa.Connection, article_id: int, from_id: int) -> None:
    """Give an article the relations of another one that it has taken in, unless it has one of its own to the same."""
    own = sa.or_(relations.c.article_id == from_id, relations.c.other_id == from_id)
    rows = connection.execute(sa.select(relations).where(own)).all()
    connection.execute(sa.delete(relations).where(own))
    for row in rows:
        turned = row.other_id == from_id
        other = row.article_id if turned else row.other_id
        if other == article_id:
            continue
        kinship = Kinship(row.kind).turned if turned else Kinship(row.kind)
        shares = (row.other_share, row.share) if turned else (row.share, row.other_share)
        connection.execute(_NEW, _row(article_id, Edge(other, Likeness(kinship, *shares)), row.found_at))
