"""Index what has changed, for exports that go on where the last one ended, and languages, for counts and filters."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHANGED = sa.text("changed_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        op.f("ix_articles_changed_at"), "articles", ["changed_at"], sqlite_where=CHANGED, postgresql_where=CHANGED
    )
    op.create_index("ix_article_facts_language_at_id", "article_facts", ["language", "at", "id"])


def downgrade() -> None:
    op.drop_index("ix_article_facts_language_at_id", table_name="article_facts")
    op.drop_index(op.f("ix_articles_changed_at"), table_name="articles")
