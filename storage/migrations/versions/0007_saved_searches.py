"""Add saved searches, and what was found and told of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from storage.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("changes", sa.Boolean(), nullable=False),
        sa.Column("targets", JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("seen_article", sa.BigInteger(), nullable=False),
        sa.Column("seen_attempt", sa.BigInteger(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("broken", sa.Text(), nullable=True),
        sa.Column("broken_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_searches_name")),
    )
    op.create_table(
        "saved_matches",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column(
            "search_id",
            BIG_ID,
            sa.ForeignKey("saved_searches.id", name=op.f("fk_saved_matches_search_id_saved_searches")),
            nullable=False,
        ),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("story_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_matches")),
        sa.UniqueConstraint(
            "search_id", "article_id", "revision", name=op.f("uq_saved_matches_search_id_article_id_revision")
        ),
    )
    op.create_index(op.f("ix_saved_matches_found_at"), "saved_matches", ["found_at"])
    op.create_index(op.f("ix_saved_matches_search_id_story_id"), "saved_matches", ["search_id", "story_id"])
    op.create_index(
        op.f("ix_saved_matches_waiting"),
        "saved_matches",
        ["search_id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("saved_matches")
    op.drop_table("saved_searches")
