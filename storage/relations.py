"""Compare an article's text with the stored past, and keep what they have to do with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.likeness import Circumstances, Judgement, Kinship, Likeness, Sketch
from storage.postings import Past, Posted, candidates, keep_sketch, look_up, post, withdraw
from storage.schema import articles, relations
from storage.upsert import insert_ignore

STRICT_KINDS = frozenset({"live", "video", "gallery"})
MOST_WHOLE, PLENTY = 12, 4
"""Texts that are read whole for one article, where the sketches do not tell; none when so many unite it already."""
MOST_KEPT = {
    Kinship.SAME_TEXT: 8,
    Kinship.REPRINT: 8,
    Kinship.SERIES: 3,
    Kinship.CONTAINS: 32,
    Kinship.EXCERPT: 32,
    Kinship.OVERLAP: 16,
}
"""Relations of a kind that are kept for one article at its first look; of the uniting ones, by story."""
ENOUGH = 8
"""An article whose text so many posted ones have adds nothing to the index."""


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


def relate(connection: sa.Connection, text: Text, judgement: Judgement, now: datetime, window: timedelta) -> int:
    """Compare a new or changed text with the stored past, and index it; return how many uniting relations it has."""
    sketch = judgement.sketch(text.headline, text.body)
    if sketch is None:
        return 0
    since = now - window
    past = look_up(connection, sketch, since)
    edges = find_edges(connection, text, sketch, past, since, judgement)
    write_relations(connection, text.article_id, edges, now)
    keep_sketch(connection, text.article_id, sketch, text.outlet, text.kind in STRICT_KINDS, now)
    if sum(edge.likeness.kinship is Kinship.SAME_TEXT for edge in edges) < ENOUGH:
        post(connection, text.article_id, sketch, past, now)
    return sum(edge.likeness.kinship is not None and edge.likeness.kinship.unites for edge in edges)


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
    edges = []
    wholes = united = 0
    for one in candidates(connection, past, sketch, since):
        if one.article_id == text.article_id:
            continue
        given = Circumstances(text.outlet == one.outlet, one.strict or text.kind in STRICT_KINDS)
        likeness = judgement.compare(sketch, one.sketch, given)
        if not likeness.is_sure and wholes < MOST_WHOLE and united < PLENTY:
            wholes += 1
            likeness = judgement.compare_texts(text.body, _body(connection, one), given)
        if likeness.kinship is not None:
            edges.append(Edge(one.article_id, likeness))
            united += likeness.kinship.unites
    return sorted(edges, key=lambda edge: (-(edge.likeness.share + edge.likeness.other_share), edge.other_id))


def _body(connection: sa.Connection, one: Posted) -> str:
    found: str = connection.execute(sa.select(articles.c.body).where(articles.c.id == one.article_id)).scalar_one()
    return found


def write_relations(connection: sa.Connection, article_id: int, edges: Sequence[Edge], now: datetime) -> None:
    """Keep an article's relations, as many of each kind as tell something. A link gives way to a uniting relation."""
    rows = [_row(article_id, edge, now) for edge in _worth_keeping(connection, edges)]
    if not rows:
        return
    connection.execute(insert_ignore(connection, relations), rows)
    closer = [row for row in rows if Kinship(row["kind"]).unites]
    if closer:
        _draw_closer(connection, closer)


def _worth_keeping(connection: sa.Connection, edges: Sequence[Edge]) -> Iterable[Edge]:
    number: Counter[tuple[Kinship, int]] = Counter()
    stories = _stories(connection, [edge.other_id for edge in edges]) if len(edges) > 1 else {}
    for edge in edges:
        kinship = edge.likeness.kinship
        assert kinship is not None
        own = (kinship, stories.get(edge.other_id, 0) if kinship.unites else 0)
        number[own] += 1
        if number[own] <= MOST_KEPT[kinship]:
            yield edge


def _stories(connection: sa.Connection, ids: list[int]) -> dict[int, int]:
    """Return the story of each article, the article's own id as a negative number when it has none."""
    story = sa.func.coalesce(articles.c.story_id, -articles.c.id).label("story")
    found = connection.execute(sa.select(articles.c.id, story).where(articles.c.id.in_(ids)))
    return {row.id: row.story for row in found}


def _row(article_id: int, edge: Edge, now: datetime) -> dict[str, Any]:
    """Return a relation as it is kept: from the later article to the earlier one."""
    kinship, share, other_share = edge.likeness.kinship, edge.likeness.share, edge.likeness.other_share
    assert kinship is not None
    one, other = article_id, edge.other_id
    if one < other:
        one, other, share, other_share, kinship = other, one, other_share, share, kinship.turned
    shares: dict[str, Any] = {"share": round(share, 3), "other_share": round(other_share, 3)}
    return {"article_id": one, "other_id": other, "kind": kinship.value, "found_at": now} | shares


def _draw_closer(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    no_link = [relations.c.kind != kinship.value for kinship in Kinship if kinship.unites]
    statement = sa.update(relations).where(
        relations.c.article_id == sa.bindparam("of"),
        relations.c.other_id == sa.bindparam("to"),
        *no_link,
    )
    values: dict[str, Any] = {
        name: sa.bindparam(f"new_{name}") for name in ("kind", "share", "other_share", "found_at")
    }
    bound = [
        {"of": row["article_id"], "to": row["other_id"], **{f"new_{name}": row[name] for name in values}}
        for row in rows
    ]
    connection.execute(statement.values(**values), bound)


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
        moved = _row(article_id, Edge(other, Likeness(kinship, *shares)), row.found_at)
        connection.execute(insert_ignore(connection, relations).values(**moved))
