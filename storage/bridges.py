"""Find relations that would bridge two stories: an article that is made of two others has a part of each.

Two texts in common with a third, in places of it that do not meet, tell nothing of each other. Such a relation becomes
a link (contains, or excerpt). An article that was united with one of its parts before the other one came leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.likeness import Judgement, Kinship, Sketch
from storage.postings import read_sketches
from storage.relations import UNITING
from storage.schema import articles, relations

WHOLE, COVERED = 0.6, 0.8
"""Of a text that another one makes up: most of it; and so much that what is left is no other text."""
MEET = 0.15
"""Of what two texts have in common: so much is in a third as well when all tell the same."""
LARGE = 0.3
"""Of a text: a part that is large enough to be another text's."""
MOST_NEIGHBOURS = 6
LINKS = (Kinship.CONTAINS.value, Kinship.EXCERPT.value, Kinship.OVERLAP.value)

_STORY = sa.func.coalesce(articles.c.story_id, -articles.c.id).label("story")
_ID: sa.BindParameter[int] = sa.bindparam("article_id")
_TURNED = sa.case(
    (relations.c.kind == Kinship.CONTAINS.value, Kinship.EXCERPT.value),
    (relations.c.kind == Kinship.EXCERPT.value, Kinship.CONTAINS.value),
    else_=relations.c.kind,
)
_ENDS = sa.union_all(
    sa.select(articles.c.id, relations.c.share, relations.c.other_share, _STORY, relations.c.kind)
    .join(relations, relations.c.other_id == articles.c.id)
    .where(relations.c.article_id == _ID),
    sa.select(articles.c.id, relations.c.other_share, relations.c.share, _STORY, _TURNED)
    .join(relations, relations.c.article_id == articles.c.id)
    .where(relations.c.other_id == _ID),
)
_NEIGHBOURS = sa.union_all(
    sa.select(relations.c.other_id.label("id"), relations.c.kind).where(relations.c.article_id == _ID),
    sa.select(relations.c.article_id, sa.literal_column("'turned '").concat(relations.c.kind)).where(
        relations.c.other_id == _ID
    ),
)
_UNITED = {*UNITING, *(f"turned {kind}" for kind in UNITING)}
_CONTAINED = {Kinship.CONTAINS.value, f"turned {Kinship.EXCERPT.value}"}


@dataclass(frozen=True, slots=True)
class End:
    """The other end of a relation: its `share` of the article is in it, `other_share` of it in the article.

    `story` is the other's, its own id as a negative number when it has none; `kind` is seen from the article.
    """

    article_id: int
    share: float
    other_share: float
    story: int
    kind: str

    @property
    def unites(self) -> bool:
        """Whether both tell one story."""
        return self.kind in UNITING


@dataclass(frozen=True, slots=True)
class Parts:
    """Stories that an article has, or is, no more than a part of; and articles that turned out to be made of parts."""

    stories: frozenset[int] = frozenset()
    leaving: frozenset[int] = frozenset()


def ends_of(connection: sa.Connection, article_id: int) -> list[End]:
    """Return what an article's relations lead to, the closest first."""
    rows = connection.execute(_ENDS, {"article_id": article_id})
    return sorted((End(*row) for row in rows), key=lambda end: (-(end.share + end.other_share), end.article_id))


def find_parts(connection: sa.Connection, article_id: int, ends: Sequence[End], judgement: Judgement) -> Parts:
    """Return the stories that an article must not be united with; its relations to them become links."""
    best: dict[int, End] = {}
    for end in ends:
        if end.unites:
            best.setdefault(end.story, end)
    links = [end for end in ends if end.kind in LINKS and end.story not in best]
    beside = [end for end in links if end.share >= LARGE]
    found = dict.fromkeys(_made_of(connection, article_id, best, beside, judgement), Kinship.CONTAINS)
    leaving = {
        end.article_id
        for end in links
        if end.other_share >= LARGE and end.story > 0 and _shows_parts(connection, article_id, end, judgement)
    }
    for story, end in best.items():
        if story in found or end.other_share >= COVERED or not _is_part(connection, article_id, end, judgement):
            continue
        found[story] = Kinship.EXCERPT
        if story > 0 and _has_little(connection, end.article_id, article_id):
            leaving.add(end.article_id)
    for story, kinship in found.items():
        others = [end.article_id for end in ends if end.unites and end.story == story]
        make_links(connection, article_id, others, kinship)
    return Parts(frozenset(found), frozenset(leaving))


def _made_of(
    connection: sa.Connection, article_id: int, best: Mapping[int, End], beside: Sequence[End], judgement: Judgement
) -> set[int]:
    """Return the stories whose texts an article is put together from, without one that makes most of it.

    What it has of others `beside` them tells, too, that it is put together.
    """
    if not best or len(best) + len(beside) < 2:
        return set()
    ranked = [*sorted(best.values(), key=lambda end: -end.share), *beside[:MOST_NEIGHBOURS]]
    known = _sketches(connection, [article_id, *(end.article_id for end in ranked)])
    own, main = known.get(article_id), known.get(ranked[0].article_id)
    if own is None or main is None:
        return set()
    others = [(end.story, known.get(end.article_id)) for end in ranked[1:]]
    apart = {story for story, other in others if other is not None and judgement.part_of(own, other, main) < MEET}
    if apart and ranked[0].share < WHOLE:
        apart.add(ranked[0].story)
    return apart & best.keys()


def _shows_parts(connection: sa.Connection, article_id: int, end: End, judgement: Judgement) -> bool:
    """Tell whether an article, by what it has of the other, shows that this one is made of parts."""
    return _is_part(connection, article_id, end, judgement) and _has_little(connection, end.article_id, article_id)


def _is_part(connection: sa.Connection, article_id: int, end: End, judgement: Judgement) -> bool:
    """Tell whether an article has no more than a place of the other.

    It has when that place is another article's that the other contains, or when none of those has it that the other is
    united with.
    """
    other = end.article_id
    rows = connection.execute(_NEIGHBOURS, {"article_id": other}).all()
    united = [row.id for row in rows if row.kind in _UNITED and row.id != article_id][:MOST_NEIGHBOURS]
    contained = [row.id for row in rows if row.kind in _CONTAINED and row.id != article_id][:MOST_NEIGHBOURS]
    if not united and not contained:
        return False
    known = _sketches(connection, [article_id, other, *united, *contained])
    if article_id not in known or other not in known:
        return False
    place = {one: judgement.part_of(known[other], known[article_id], known[one]) for one in known}
    if end.other_share < WHOLE and any(place[one] >= WHOLE for one in contained if one in known):
        return True
    near = [one for one in united if one in known]
    return bool(near) and all(place[one] < MEET for one in near)


def _has_little(connection: sa.Connection, article_id: int, but: int) -> bool:
    """Tell whether nothing that an article is united with, but one, makes most of it."""
    ends = ends_of(connection, article_id)
    return all(end.share < WHOLE for end in ends if end.unites and end.article_id != but)


def _sketches(connection: sa.Connection, ids: Collection[int]) -> dict[int, Sketch]:
    return {one.article_id: one.sketch for one in read_sketches(connection, ids)}


def make_links(connection: sa.Connection, article_id: int, others: Collection[int], kinship: Kinship) -> None:
    """Turn an article's uniting relations to others into links."""
    mine = sa.and_(relations.c.article_id == article_id, relations.c.other_id.in_(others))
    theirs = sa.and_(relations.c.other_id == article_id, relations.c.article_id.in_(others))
    uniting = relations.c.kind.in_(UNITING)
    connection.execute(sa.update(relations).where(mine, uniting).values(kind=kinship.value))
    connection.execute(sa.update(relations).where(theirs, uniting).values(kind=kinship.turned.value))
