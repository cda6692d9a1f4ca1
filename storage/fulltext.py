"""Keep the full-text table in step with the articles: FTS5 on SQLite, tsvector on PostgreSQL.

Both get the words of `storage.searchtext`. On PostgreSQL the tsvector is written out here, so that no parser,
dictionary or locale of the server has a say in what a word is.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from storage.searchtext import index_text, words

WEIGHTS = {"headline": "A", "author": "B", "body": "D"}
"""The tsvector weight that marks each field."""
TSVECTOR_BYTES = 1_000_000
"""PostgreSQL takes 1 MB a tsvector: of a longer text the rest is not indexed."""
TSVECTOR_POSITIONS = 255
LAST_POSITION = 16_383
GAP = 8
"""Positions left free between fields, so that no phrase reaches from one into the next."""

_SQLITE_DELETE = sa.text("DELETE FROM articles_fts WHERE rowid = :id")
_DELETE = {
    "sqlite": _SQLITE_DELETE,
    "postgresql": sa.text("DELETE FROM articles_fts WHERE article_id = :id"),
}
_SQLITE_INSERT = sa.text(
    "INSERT INTO articles_fts (rowid, headline, author, body) VALUES (:id, :headline, :author, :body)"
)
_POSTGRESQL_UPSERT = sa.text(
    "INSERT INTO articles_fts (article_id, document) VALUES (:id, CAST(:document AS tsvector)) "
    "ON CONFLICT (article_id) DO UPDATE SET document = excluded.document"
)


def index(connection: sa.Connection, article_id: int, headline: str, authors: Sequence[str], body: str) -> None:
    """Index the article's present text, in place of an earlier one."""
    fields = {"headline": headline, "author": " ".join(authors), "body": body}
    if connection.dialect.name == "postgresql":
        document = tsvector([(words(text), WEIGHTS[name]) for name, text in fields.items()])
        connection.execute(_POSTGRESQL_UPSERT, {"id": article_id, "document": document})
        return
    connection.execute(_SQLITE_DELETE, {"id": article_id})
    values = {name: index_text(text) for name, text in fields.items()}
    connection.execute(_SQLITE_INSERT, {"id": article_id, **values})


def forget(connection: sa.Connection, article_id: int) -> None:
    """Take an article out of the index."""
    connection.execute(_DELETE[connection.dialect.name], {"id": article_id})


def tsvector(fields: Sequence[tuple[Sequence[str], str]]) -> str:
    """Return words with their weights in PostgreSQL's notation of a tsvector, as many as it takes."""
    places: dict[str, list[str]] = {}
    position = size = 0
    for found, weight in fields:
        for word in found:
            position = min(position + 1, LAST_POSITION)
            own = places.get(word)
            if own is None:
                size += len(word.encode()) + 4
                own = places[word] = []
            if len(own) < TSVECTOR_POSITIONS:
                size += 2
                own.append(f"{position}{weight}")
            if size > TSVECTOR_BYTES:
                return _notation(places)
        position += GAP
    return _notation(places)


def _notation(places: dict[str, list[str]]) -> str:
    return " ".join(f"{word}:{','.join(own)}" for word, own in places.items())
