"""Which articles an export gives: all that match, or those that are new or have changed since a cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import sqlalchemy as sa

from storage.articles import as_article, select_articles
from storage.export.cursors import Cursor
from storage.schema import articles
from storage.search import Query, matches, stream
from storage.types import StoredArticle

CHUNK = 200


def select_since(connection: sa.Connection, query: Query, cursor: Cursor) -> Iterator[StoredArticle]:
    """Yield what matches and is new or changed since the cursor, in the order of ids, a few at a time.

    The query's limit is not heeded. Raises UsageError for a query that cannot be understood.
    """
    query = replace(query, limit=None)
    yield from _changed(connection, query, cursor)
    yield from stream(connection, query, max(cursor.place.id, cursor.after))


def _changed(connection: sa.Connection, query: Query, cursor: Cursor) -> Iterator[StoredArticle]:
    """Yield the articles up to the cursor's place that have changed since."""
    place = cursor.place
    own = sa.and_(articles.c.changed_at >= place.changed, articles.c.id > cursor.after, articles.c.id <= place.id)
    if place.id <= cursor.after:
        return
    chosen = sa.select(articles.c.id).where(own).order_by(articles.c.id)
    ids = connection.execute(chosen, execution_options={"yield_per": CHUNK}).scalars()
    while chunk := list(islice(ids, CHUNK)):
        found = matches(connection, query, chunk)
        rows = connection.execute(select_articles().where(articles.c.id.in_(found)).order_by(articles.c.id)).all()
        yield from map(as_article, rows)


def count_since(connection: sa.Connection, query: Query, cursor: Cursor) -> int | None:
    """Return how many articles an export gives; None where that would cost as much as the export."""
    from storage.search import count

    return count(connection, replace(query, limit=None)) if cursor.place.id == 0 and not cursor.after else None
