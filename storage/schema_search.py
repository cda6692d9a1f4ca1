"""The tables that search filters, orders and counts by; triggers of the migrations keep them (see 0006)."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import BigId
from storage.metadata import metadata

article_facts = sa.Table(
    "article_facts",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("source_id", BigId, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("access", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("story_id", BigId),
    sa.Index("ix_article_facts_at_id", "at", "id"),
    sa.Index("ix_article_facts_source_id_at_id", "source_id", "at", "id"),
    sa.Index("ix_article_facts_language_at_id", "language", "at", "id"),
)
search_languages = sa.Table(
    "search_languages",
    metadata,
    sa.Column("language", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)
