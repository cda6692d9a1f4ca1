"""newsdesk's own answer: store texts as a crawl does, and read its relations and stories back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

import sqlalchemy as sa

from benchmarks.dedup.cases import Told
from pipelines.blocks import READING
from pipelines.fingerprint import content_hash
from pipelines.lines import count_words
from storage.articles import store_article
from storage.channels import ensure_source
from storage.likeness import Kinship
from storage.schema import articles, relations
from storage.store import Store
from storage.stories import unite_waiting
from storage.types import Article, Identity, Outcome

Pair = tuple[int, int]
"""The places of two texts in their round, the lower one first."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What newsdesk says of two texts: `share` of the one at the lower place, `other_share` of the other."""

    kind: Kinship
    share: float
    other_share: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Relations by pair, each text's story (None: none), and the bodies as they are stored."""

    relations: dict[Pair, Relation]
    stories: list[int | None]
    bodies: list[str]
    aliases: int

    def united(self) -> set[Pair]:
        """Return the pairs that a relation unites, and all pairs in one story.

        A text that has found its story is not compared with every text of it.
        """
        members: defaultdict[int, list[int]] = defaultdict(list)
        for place, story in enumerate(self.stories):
            if story is not None:
                members[story].append(place)
        joined = {pair for places in members.values() for pair in combinations(places, 2)}
        return joined | {pair for pair, one in self.relations.items() if one.kind.unites}


def as_article(name: str, told: Told) -> tuple[Article, Identity]:
    """Return a text as extraction and identification would give it."""
    address = f"{told.outlet}/{name.replace(' ', '-').replace('%', '')}"
    article = Article(
        f"https://{address}", told.headline, told.text, word_count=count_words(told.text), kind=told.kind, language="en"
    )
    return article, Identity(address, told.outlet, content_hash(told.headline, told.text))


def answer(store: Store, texts: Sequence[Told], now: datetime) -> Answer:
    """Store a round, one transaction a text, and read what became of it."""
    places: dict[int, int] = {}
    aliases = 0
    for place, told in enumerate(texts):
        with store.begin() as connection:
            source = ensure_source(connection, told.outlet, now)
            item = as_article(told.name, told)
            stored = store_article(connection, *item, source, now + timedelta(seconds=place), READING)
            aliases += stored.outcome is not Outcome.STORED
            places.setdefault(stored.article_id, place)
        if store.dialect == "postgresql":
            with store.begin() as connection:
                unite_waiting(connection, READING.comparing)
    return _read(store, places, len(texts), aliases)


def _read(store: Store, places: dict[int, int], number: int, aliases: int) -> Answer:
    found: dict[Pair, Relation] = {}
    stories: list[int | None] = [None] * number
    bodies = [""] * number
    with store.read() as connection:
        for row in connection.execute(sa.select(relations)):
            if row.article_id in places and row.other_id in places:
                one, other, kind = places[row.article_id], places[row.other_id], Kinship(row.kind)
                shares = (row.share, row.other_share)
                if one > other:
                    one, other, shares, kind = other, one, shares[::-1], kind.turned
                found[one, other] = Relation(kind, *shares)
        for row in connection.execute(sa.select(articles.c.id, articles.c.story_id, articles.c.body)):
            if row.id in places:
                stories[places[row.id]], bodies[places[row.id]] = row.story_id, row.body
    return Answer(found, stories, bodies, aliases)
