"""The tables of saved searches: what each asks, how far it was checked, and what of it was told."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import JSON, BigId, UtcDateTime
from storage.metadata import metadata

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("query", JSON, nullable=False),
    sa.Column("every", sa.Text, nullable=False),
    sa.Column("at", sa.Text),
    sa.Column("timezone", sa.Text),
    sa.Column("per", sa.Text, nullable=False),
    sa.Column("changes", sa.Boolean, nullable=False),
    sa.Column("targets", JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("paused_at", UtcDateTime),
    sa.Column("seen_article", sa.BigInteger, nullable=False),
    sa.Column("seen_attempt", sa.BigInteger, nullable=False),
    sa.Column("next_at", UtcDateTime),
    sa.Column("broken", sa.Text),
    sa.Column("broken_at", UtcDateTime),
)

saved_matches = sa.Table(
    "saved_matches",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("search_id", BigId, sa.ForeignKey("saved_searches.id"), nullable=False),
    sa.Column("article_id", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("changed", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("found_at", UtcDateTime, nullable=False, index=True),
    sa.Column("told_at", UtcDateTime),
    sa.Column("story_id", sa.BigInteger),
    sa.UniqueConstraint("search_id", "article_id", "revision"),
    sa.Index("ix_saved_matches_search_id_story_id", "search_id", "story_id"),
)
sa.Index(
    "ix_saved_matches_waiting",
    saved_matches.c.search_id,
    sqlite_where=saved_matches.c.state == "waiting",
    postgresql_where=saved_matches.c.state == "waiting",
)
