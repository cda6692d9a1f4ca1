"""Find relations that would bridge two stories: an article that is made of two others has a part of each.

Two texts in common with a third, in places of it that do not meet, tell nothing of each other. Such a relation becomes
a link (contains, or excerpt).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from storage.likeness import Judgement, Kinship, Sketch
from storage.postings import read_sketches
from storage.schema import relations

WHOLE, HALF, COVERED = 0.6, 0.5, 0.8
"""Of a text that another one makes up: most of it; half; and so much that what is left is no other text."""
MEET = 0.15
"""Of what two texts have in common: so much is in a third as well when all tell the same."""
MOST_NEIGHBOURS = 6
_UNITING = [kinship.value for kinship in Kinship if kinship.unites]


def part_only(
    connection: sa.Connection, article_id: int, groups: Mapping[int, list[int]], judgement: Judgement
) -> set[int]:
    """Return the groups of which an article has, or is, no more than a part; their relations become links."""
    shares = _shares(connection, article_id)
    best = {group: max(ids, key=lambda one: sum(shares[one])) for group, ids in groups.items()}
    found = dict.fromkeys(_made_of(connection, article_id, best, shares, judgement), Kinship.CONTAINS)
    for group in [group for group in best if group not in found and shares[best[group]][1] < COVERED]:
        if _is_part(connection, article_id, best[group], shares[best[group]][1], judgement):
            found[group] = Kinship.EXCERPT
    for group, kinship in found.items():
        _make_link(connection, article_id, groups[group], kinship)
    return set(found)


def _shares(connection: sa.Connection, article_id: int) -> dict[int, tuple[float, float]]:
    """Return, by the other article of each uniting relation, the shares of this one and of the other."""
    own = sa.or_(relations.c.article_id == article_id, relations.c.other_id == article_id)
    rows = connection.execute(sa.select(relations).where(own, relations.c.kind.in_(_UNITING)))
    return {
        (row.other_id if row.article_id == article_id else row.article_id): (
            (row.share, row.other_share) if row.article_id == article_id else (row.other_share, row.share)
        )
        for row in rows
    }


def _made_of(
    connection: sa.Connection,
    article_id: int,
    best: Mapping[int, int],
    shares: Mapping[int, tuple[float, float]],
    judgement: Judgement,
) -> set[int]:
    """Return the groups whose texts an article is put together from, without one that makes most of it."""
    ranked = sorted(best, key=lambda group: -shares[best[group]][0])
    if len(ranked) < 2:
        return set()
    known = _sketches(connection, [article_id, *(best[group] for group in ranked)])
    own, main = known.get(article_id), known.get(best[ranked[0]])
    if own is None or main is None:
        return set()
    others = [(group, known.get(best[group])) for group in ranked[1:]]
    apart = {group for group, other in others if other is not None and judgement.part_of(own, other, main) < MEET}
    if apart and shares[best[ranked[0]]][0] < WHOLE:
        apart.add(ranked[0])
    return apart


def _is_part(connection: sa.Connection, article_id: int, other: int, share: float, judgement: Judgement) -> bool:
    """Tell whether an article, which has a `share` of the other, has no more than a place of it.

    It has when that place is another article's that the other contains, or when none of those has it that the other is
    united with.
    """
    united = _neighbours(connection, other, _UNITING, _UNITING) - {article_id}
    contained = _neighbours(connection, other, [Kinship.CONTAINS.value], [Kinship.EXCERPT.value]) - {article_id}
    known = _sketches(connection, [article_id, other, *united, *contained])
    if article_id not in known or other not in known:
        return False
    place = {one: judgement.part_of(known[other], known[article_id], known[one]) for one in known}
    if share < HALF and any(place[one] >= WHOLE for one in contained if one in known):
        return True
    near = [one for one in united if one in known]
    return bool(near) and all(place[one] < MEET for one in near)


def _neighbours(connection: sa.Connection, article_id: int, kinds: list[str], turned: list[str]) -> set[int]:
    """Return some articles that an article is related to by one of these kinds; by `turned` where it is the other."""
    own = sa.select(relations.c.other_id).where(relations.c.article_id == article_id, relations.c.kind.in_(kinds))
    others = sa.select(relations.c.article_id).where(relations.c.other_id == article_id, relations.c.kind.in_(turned))
    found = [connection.execute(query.limit(MOST_NEIGHBOURS)).scalars().all() for query in (own, others)]
    return {one for some in found for one in some}


def _sketches(connection: sa.Connection, ids: Collection[int]) -> dict[int, Sketch]:
    return {one.article_id: one.sketch for one in read_sketches(connection, ids)}


def _make_link(connection: sa.Connection, article_id: int, others: Collection[int], kinship: Kinship) -> None:
    """Turn an article's uniting relations to others into links."""
    mine = sa.and_(relations.c.article_id == article_id, relations.c.other_id.in_(others))
    theirs = sa.and_(relations.c.other_id == article_id, relations.c.article_id.in_(others))
    uniting = relations.c.kind.in_(_UNITING)
    connection.execute(sa.update(relations).where(mine, uniting).values(kind=kinship.value))
    connection.execute(sa.update(relations).where(theirs, uniting).values(kind=kinship.turned.value))
