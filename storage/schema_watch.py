"""The tables of the watch over sources: what each day brought, how they are, who is told, and pushes."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import JSON, BigId, UtcDateTime
from storage.metadata import metadata

push_subscriptions = sa.Table(
    "push_subscriptions",
    metadata,
    sa.Column("channel_id", BigId, sa.ForeignKey("channels.id"), primary_key=True, autoincrement=False),
    sa.Column("hub", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("pushed_at", UtcDateTime),
    sa.Column("pushes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_error", sa.Text),
)

source_days = sa.Table(
    "source_days",
    metadata,
    sa.Column("source_id", BigId, sa.ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    *(
        sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
        for name in (
            "polls",
            "polls_failed",
            "links_new",
            "pages",
            "stored",
            "revised",
            "unchanged",
            "duplicates",
            "dropped",
            "failed",
            "blocked",
            "short",
            "undated",
            "words",
            "bytes",
            "millis",
        )
    ),
    sa.Column("delays", JSON, nullable=False),
    sa.Column("reasons", JSON, nullable=False),
)

source_health = sa.Table(
    "source_health",
    metadata,
    sa.Column("source_id", BigId, sa.ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("checked_at", UtcDateTime, nullable=False),
    sa.Column("figures", JSON, nullable=False),
)

health_changes = sa.Table(
    "health_changes",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", BigId, sa.ForeignKey("sources.id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("message", JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("next_try_at", UtcDateTime, index=True),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("last_error", sa.Text),
    sa.UniqueConstraint("target", "about"),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
