"""Part C: one text that hundreds of outlets reprint, each with its own headline, lines around it and cuts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from benchmarks.dedup.bodies import Body
from benchmarks.dedup.cases import Told
from benchmarks.dedup.databases import Spent, database
from benchmarks.dedup.edits import cut, drop
from benchmarks.dedup.ours import as_article
from benchmarks.dedup.outlets import dress, new_headline, outlets
from benchmarks.dedup.scale import WITHOUT_STORIES
from pipelines.blocks import READING
from storage.articles import store_article
from storage.channels import ensure_source
from storage.relations import Text
from storage.schema import articles, stories
from storage.stories import tell, unite_waiting

OUTLETS = 500
EDGE = 50
"""Articles at the beginning and at the end that are compared."""
WORDS = 600
DEEPEST = 0.4


@dataclass(frozen=True, slots=True)
class BigStory:
    """How a story fared: `stories` that it ended in, the largest one's articles and outlets, CPU ms an article."""

    dialect: str
    outlets: int
    stories: int
    articles: int
    counted_outlets: int
    first: float
    last: float

    @property
    def ratio(self) -> float:
        """How much more the last articles cost than the first."""
        return self.last / self.first


def measure(bodies: Sequence[Body], dialect: str, number: int = OUTLETS) -> BigStory:
    """Store all reprints in turn and time what each costs beside its storing."""
    texts = list(_reprints(bodies, number))
    now = datetime.now(UTC)
    spent, costs = Spent(), []
    with database(dialect) as own:
        for place, told in enumerate(texts):
            moment = now + timedelta(minutes=place)
            with own.store.begin() as connection:
                spent.watch(connection)
                source = ensure_source(connection, told.outlet, moment)
                article, identity = as_article(told.name, told)
                stored = store_article(connection, article, identity, source, moment, WITHOUT_STORIES)
                text = Text(stored.article_id, identity.outlet, article.kind, article.headline, article.body)
                start = spent.reading()
                tell(connection, text, READING.comparing, moment)
            if dialect == "postgresql":
                with own.store.begin() as connection:
                    unite_waiting(connection, READING.comparing)
            costs.append(1000 * sum(end - begin for begin, end in zip(start, spent.reading(), strict=True)))
        with own.store.read() as connection:
            members = sa.select(articles.c.story_id, sa.func.count()).group_by(articles.c.story_id)
            counts: dict[int | None, int] = dict(connection.execute(members).all())
            known = {story: count for story, count in counts.items() if story is not None}
            largest = max(known, key=lambda story: known[story], default=0)
            told_by = connection.execute(sa.select(stories.c.outlets).where(stories.c.id == largest)).scalar() or 0
    apart = len(known) + counts.get(None, 0)
    edge = min(EDGE, number // 2)
    first, last = (sum(some) / edge for some in (costs[1 : edge + 1], costs[-edge:]))
    return BigStory(dialect, number, apart, known.get(largest, 0), told_by, first, last)


def _reprints(bodies: Sequence[Body], number: int) -> list[Told]:
    draw = random.Random(77)
    body = min(bodies, key=lambda one: abs(one.words - WORDS))
    headlines = [one.headline for one in bodies]
    told = []
    for outlet in outlets(draw, number):
        share = draw.uniform(0, DEEPEST)
        text = draw.choice((cut(1 - share), drop(share)))(body.text, draw, ())
        text = dress(text, outlet, headlines, draw)
        told.append(
            Told(
                f"copy {outlet.number}",
                "big story",
                outlet.domain,
                new_headline(body.headline, outlet, draw),
                text,
                body.number,
            )
        )
    return told
