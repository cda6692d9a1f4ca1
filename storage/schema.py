"""The tables. They never leave this package; `docs/schema.md` describes them to people who write SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import storage.schema_saved
import storage.schema_search
import storage.schema_watch  # noqa: F401 (whoever has the metadata has all tables)
from storage.columns import JSON, BigId, UtcDateTime
from storage.metadata import metadata as metadata

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("home", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("declared", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("first_seen", UtcDateTime, nullable=False),
)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", BigId, sa.ForeignKey("sources.id"), nullable=False, index=True),
    sa.Column("parent_id", BigId, sa.ForeignKey("channels.id"), index=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("content_hash", sa.Text),
    sa.Column("updated", UtcDateTime),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("last_polled", UtcDateTime),
    sa.Column("last_new", UtcDateTime),
    sa.Column("next_due", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_error", sa.Text),
    sa.Column("rhythm", JSON),
    sa.Column("hints", JSON),
    sa.Column("last_whole", UtcDateTime),
    sa.Column("location", sa.Text),
    sa.Column("moved_at", UtcDateTime),
    sa.Column("moved_because", sa.Text),
    sa.Index("ix_channels_due", "enabled", "next_due"),
)

hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("leased_by", sa.Text),
    sa.Column("leased_until", UtcDateTime),
    sa.Column("next_request_at", UtcDateTime),
    sa.Column("backoff_until", UtcDateTime),
    sa.Column("backoff_reason", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_visit", UtcDateTime),
    sa.Column("latency", sa.Float),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("url_key", sa.Text, nullable=False, unique=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("source_id", BigId, sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("channel_id", BigId, sa.ForeignKey("channels.id")),
    sa.Column("article_id", BigId, sa.ForeignKey("articles.id"), index=True),
    sa.Column("title", sa.Text),
    sa.Column("published", UtcDateTime),
    sa.Column("published_source", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("settled_at", UtcDateTime),
    sa.Column("recheck_at", UtcDateTime),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Index("ix_links_source_state", "source_id", "state"),
)
sa.Index(
    "ix_links_pending",
    links.c.host,
    links.c.next_attempt_at,
    sqlite_where=links.c.state == "pending",
    postgresql_where=links.c.state == "pending",
)
sa.Index(
    "ix_links_next_attempt_at",
    links.c.next_attempt_at,
    sqlite_where=links.c.state == "pending",
    postgresql_where=links.c.state == "pending",
)
sa.Index(
    "ix_links_recheck_at",
    links.c.recheck_at,
    sqlite_where=links.c.recheck_at.is_not(None),
    postgresql_where=links.c.recheck_at.is_not(None),
)

link_sightings = sa.Table(
    "link_sightings",
    metadata,
    sa.Column("link_id", BigId, sa.ForeignKey("links.id"), primary_key=True),
    sa.Column("channel_id", BigId, sa.ForeignKey("channels.id"), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("published", UtcDateTime),
    sa.Column("updated", UtcDateTime),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Index("ix_link_sightings_channel_id", "channel_id"),
)

crawls = sa.Table(
    "crawls",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("crawler", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("requests", sa.Integer, nullable=False, server_default="0"),
    sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("links_found", sa.Integer, nullable=False, server_default="0"),
    sa.Column("links_new", sa.Integer, nullable=False, server_default="0"),
    sa.Column("outcomes", JSON, nullable=False),
    sa.Column("note", sa.Text),
    sa.Index("ix_crawls_state", "state"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("crawl_id", BigId, sa.ForeignKey("crawls.id"), index=True),
    sa.Column("link_id", BigId, sa.ForeignKey("links.id"), index=True),
    sa.Column("channel_id", BigId, sa.ForeignKey("channels.id"), index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("final_url", sa.Text),
    sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("millis", sa.Integer, nullable=False, server_default="0"),
    sa.Column("found", sa.Integer, nullable=False, server_default="0"),
    sa.Column("new", sa.Integer, nullable=False, server_default="0"),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("merged_into", BigId, sa.ForeignKey("stories.id"), index=True),
    sa.Column("last_seen", UtcDateTime, index=True),
    sa.Column("articles", sa.Integer, nullable=False, server_default="0"),
    sa.Column("outlets", sa.Integer, nullable=False, server_default="0"),
    sa.Column("merged_at", UtcDateTime),
    sa.Column("merged_by", BigId),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("canonical_url", sa.Text),
    sa.Column("url_key", sa.Text, nullable=False, unique=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("source_id", BigId, sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("authors", JSON, nullable=False),
    sa.Column("date_published", UtcDateTime, index=True),
    sa.Column("date_published_raw", sa.Text),
    sa.Column("date_source", sa.Text),
    sa.Column("date_precision", sa.Text),
    sa.Column("date_modified", UtcDateTime),
    sa.Column("language", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("tags", JSON, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("main_image", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("word_count", sa.Integer, nullable=False),
    sa.Column("access", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("syndicated_from", sa.Text),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("last_fetched", UtcDateTime, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.Column("gone_at", UtcDateTime),
    sa.Column("extractor", sa.Text, nullable=False),
    sa.Column("story_id", BigId, sa.ForeignKey("stories.id")),
    sa.Column("agency", sa.Text),
    sa.Column("changed_at", UtcDateTime),
    sa.Index("ix_articles_outlet_content_hash", "outlet", "content_hash"),
    sa.Index("ix_articles_source_id_date_published", "source_id", "date_published"),
    sa.Index("ix_articles_outlet_id", "outlet", "id"),
)


def article_time() -> sa.ColumnElement[Any]:
    """Return the expression for an article's date: its publication, or when it was first seen."""
    return sa.func.coalesce(articles.c.date_published, articles.c.first_seen)


sa.Index("ix_articles_time", article_time())
sa.Index(
    "ix_articles_changed_at",
    articles.c.changed_at,
    sqlite_where=articles.c.changed_at.is_not(None),
    postgresql_where=articles.c.changed_at.is_not(None),
)
sa.Index(  # of articles with a story alone: statistics over the many without would tell planners not to use it
    "ix_articles_story_id_outlet",
    articles.c.story_id,
    articles.c.outlet,
    sqlite_where=articles.c.story_id.is_not(None),
    postgresql_where=articles.c.story_id.is_not(None),
)

article_aliases = sa.Table(
    "article_aliases",
    metadata,
    sa.Column("url_key", sa.Text, primary_key=True),
    sa.Column("article_id", BigId, sa.ForeignKey("articles.id"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("reason", sa.Text),
)

merged_articles = sa.Table(
    "merged_articles",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=False),
    sa.Column("into_id", BigId, sa.ForeignKey("articles.id"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("merged_at", UtcDateTime, nullable=False),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("article_id", BigId, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("authors", JSON, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("date_modified", UtcDateTime),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("changes", JSON),
    sa.UniqueConstraint("article_id", "revision"),
)

relations = sa.Table(
    "relations",
    metadata,
    sa.Column("article_id", BigId, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    sa.Column("other_id", BigId, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("other_share", sa.Float, nullable=False),
    sa.Column("found_at", UtcDateTime, nullable=False, index=True),
    sa.Index("ix_relations_other_id", "other_id"),
    sqlite_with_rowid=False,
)

sketches = sa.Table(
    "sketches",
    metadata,
    sa.Column("article_id", BigId, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("strict", sa.Boolean, nullable=False),
    sa.Column("waits", sa.Boolean, nullable=False),
    sa.Column("shingles", sa.Integer, nullable=False),
    sa.Column("bound", sa.BigInteger, nullable=False),
    sa.Column("numbers", sa.LargeBinary, nullable=False),
    sa.Column("kept", sa.LargeBinary, nullable=False),
    sa.Column("tails", sa.LargeBinary, nullable=False),
)
sa.Index("ix_sketches_waits", sketches.c.article_id, sqlite_where=sketches.c.waits, postgresql_where=sketches.c.waits)

postings = sa.Table(
    "postings",
    metadata,
    sa.Column("shingle", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

full_shingles = sa.Table(
    "full_shingles",
    metadata,
    sa.Column("shingle", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("is_stopped", sa.Boolean, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False, index=True),
    sqlite_with_rowid=False,
)

sites = sa.Table(
    "sites",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("stories", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reclean_below", BigId),
    sa.Column("reclean_since", UtcDateTime),
)

site_blocks = sa.Table(
    "site_blocks",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("block_hash", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("df", sa.Integer, nullable=False),
    sa.Column("apart", sa.Integer, nullable=False),
    sa.Column("at_top", sa.Integer, nullable=False),
    sa.Column("at_end", sa.Integer, nullable=False),
    sa.Column("varied", sa.Integer, nullable=False),
    sa.Column("n_words", sa.Integer, nullable=False),
    sa.Column("digits", sa.BigInteger, nullable=False),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("last_seen", UtcDateTime, nullable=False),
    sa.Column("last_story", BigId),
    sa.Column("example", sa.Text),
    sa.Column("verdict", sa.Text),
    sa.Column("learned_at", UtcDateTime),
    sqlite_with_rowid=False,
)

removals = sa.Table(
    "removals",
    metadata,
    sa.Column("article_id", BigId, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("block_hash", sa.BigInteger),
    sqlite_with_rowid=False,
)
sa.Index(
    "ix_removals_block_hash",
    removals.c.block_hash,
    sqlite_where=removals.c.block_hash.is_not(None),
    postgresql_where=removals.c.block_hash.is_not(None),
)
