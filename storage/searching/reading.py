"""Read what matches without pages: all of it as a stream, or which of some articles do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import sqlalchemy as sa

from storage.schema_search import article_facts
from storage.searching.asked import Hit, Query
from storage.searching.conditions import matching
from storage.searching.cursors import pinned
from storage.searching.paging import CHUNK, Place, as_hits, load
from storage.types import StoredArticle


def stream(connection: sa.Connection, query: Query, after_id: int = 0) -> Iterator[StoredArticle]:
    """Yield what matches in the order of ids, those above `after_id`, a few at a time: for exports of any size."""
    asked = matching(connection, pinned(replace(query, after=None), None))
    facts = article_facts.c
    chosen = asked.select(facts.id).where(facts.id > after_id).order_by(facts.id).limit(query.limit)
    ids = connection.execute(chosen, execution_options={"yield_per": CHUNK}).scalars()
    while chunk := list(islice(ids, CHUNK)):
        yield from load(connection, chunk)


def matches(connection: sa.Connection, query: Query, ids: Iterable[int]) -> set[int]:
    """Return which of these articles match, whatever the query's limit. Raises UsageError."""
    asked = matching(connection, pinned(replace(query, after=None), None))
    facts = article_facts.c
    found: set[int] = set()
    left = iter(ids)
    while chunk := list(islice(left, CHUNK)):
        found.update(connection.execute(asked.among(chunk).select(facts.id)).scalars())
    return found


def hits(connection: sa.Connection, query: Query, ids: Iterable[int]) -> list[Hit]:
    """Return these articles as a search shows them, in this order, whether they match or not. Raises UsageError."""
    terms = matching(connection, pinned(replace(query, after=None), None)).terms()
    facts = article_facts.c
    found: list[Hit] = []
    left = iter(ids)
    while chunk := list(islice(left, CHUNK)):
        there = set(connection.execute(sa.select(facts.id).where(facts.id.in_(chunk))).scalars())
        found += as_hits(connection, [Place(id_, 0, 0) for id_ in chunk if id_ in there], terms)
    return found
