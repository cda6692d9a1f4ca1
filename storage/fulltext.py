"""Keep the full-text table in step with the articles: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa

from storage.searchtext import index_text

TSVECTOR_CHARACTERS = 250_000
"""A tsvector holds at most 1 MB; a text of this many characters stays below that in any script."""

_SQLITE_DELETE = sa.text("DELETE FROM articles_fts WHERE rowid = :id")
_SQLITE_INSERT = sa.text("INSERT INTO articles_fts (rowid, headline, body) VALUES (:id, :headline, :body)")
_POSTGRESQL_UPSERT = sa.text(
    "INSERT INTO articles_fts (article_id, document) VALUES (:id, "
    "setweight(to_tsvector('simple', :headline), 'A') || setweight(to_tsvector('simple', :body), 'D')) "
    "ON CONFLICT (article_id) DO UPDATE SET document = excluded.document"
)


def index(connection: sa.Connection, article_id: int, headline: str, body: str) -> None:
    """Index the article's present text, in place of an earlier one."""
    text = index_text(body)
    if connection.dialect.name == "postgresql":
        text = text[:TSVECTOR_CHARACTERS]
    values = {"id": article_id, "headline": index_text(headline), "body": text}
    if connection.dialect.name == "postgresql":
        connection.execute(_POSTGRESQL_UPSERT, values)
        return
    connection.execute(_SQLITE_DELETE, {"id": article_id})
    connection.execute(_SQLITE_INSERT, values)
