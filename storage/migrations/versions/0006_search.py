"""Add the facts that search filters and counts by, kept by triggers, and index stems, sections and tags beside the words."""

import logging
from collections.abc import Iterator
from time import monotonic

import sqlalchemy as sa
from alembic import op

from storage.columns import JSON
from storage.fulltext import Indexed, index_all

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COPIED = ("id", "source_id", "language", "section", "access", "kind", "story_id")
COLUMNS = ", ".join(("at", *COPIED))
WATCHED = ", ".join(("date_published", "first_seen", *COPIED[1:]))
TOKENS = "tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* Co Cn'\""
SAID = 5_000


def at(dialect: str, row: str) -> str:
    """Return the SQL of an article's time in microseconds since 1970; SQLite would round the seconds."""
    time = f"coalesce({row}.date_published, {row}.first_seen)"
    if dialect == "postgresql":
        return f"(extract(epoch FROM {time}) * 1000000)::bigint"
    return f"(strftime('%s', substr({time}, 1, 19)) * 1000000 + CAST(substr({time} || '000000', 21, 6) AS INTEGER))"


def values(dialect: str, row: str) -> str:
    return ", ".join((at(dialect, row), *(f"{row}.{name}" for name in COPIED)))


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "article_facts",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source_id", BIG_ID, nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("story_id", BIG_ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_facts")),
    )
    op.create_table(
        "search_languages",
        sa.Column("language", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_search_languages")),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO article_facts ({COLUMNS}) SELECT {values(dialect, 'articles')} FROM articles")
    op.create_index(op.f("ix_article_facts_at_id"), "article_facts", ["at", "id"])
    op.create_index(op.f("ix_article_facts_source_id_at_id"), "article_facts", ["source_id", "at", "id"])
    (triggers_on_postgresql if dialect == "postgresql" else triggers_on_sqlite)()
    index_again(dialect)


def triggers_on_sqlite() -> None:
    write = f"INSERT OR REPLACE INTO article_facts ({COLUMNS}) VALUES ({values('sqlite', 'NEW')})"
    op.execute(f"CREATE TRIGGER article_facts_insert AFTER INSERT ON articles BEGIN {write}; END")
    op.execute(f"CREATE TRIGGER article_facts_update AFTER UPDATE OF {WATCHED} ON articles BEGIN {write}; END")
    op.execute(
        "CREATE TRIGGER article_facts_delete AFTER DELETE ON articles "
        "BEGIN DELETE FROM article_facts WHERE id = OLD.id; END"
    )


def triggers_on_postgresql() -> None:
    new = ", ".join(f"{name} = excluded.{name}" for name in ("at", *COPIED[1:]))
    op.execute(
        "CREATE FUNCTION article_facts_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO article_facts ({COLUMNS}) VALUES ({values('postgresql', 'NEW')}) "
        f"ON CONFLICT (id) DO UPDATE SET {new}; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE FUNCTION article_facts_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "DELETE FROM article_facts WHERE id = OLD.id; RETURN NULL; END $$"
    )
    for name, event, done in (
        ("insert", "INSERT", "write"),
        ("update", f"UPDATE OF {WATCHED}", "write"),
        ("delete", "DELETE", "forget"),
    ):
        op.execute(
            f"CREATE TRIGGER article_facts_{name} AFTER {event} ON articles "
            f"FOR EACH ROW EXECUTE FUNCTION article_facts_{done}()"
        )


def index_again(dialect: str) -> None:
    """Fill a new index from the articles: FTS5 takes no new column. Takes some three minutes for 100,000 articles."""
    op.execute("DROP TABLE articles_fts")
    if dialect == "postgresql":
        op.execute(
            "CREATE TABLE articles_fts ("
            "article_id BIGINT PRIMARY KEY REFERENCES articles (id), document TSVECTOR NOT NULL)"
        )
        # Out of line, documents would look so cheap to the planner that it reads them all instead of the index.
        op.execute("ALTER TABLE articles_fts ALTER COLUMN document SET STORAGE MAIN")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE articles_fts USING fts5 "
            f"(headline, author, labels, body, headline_stems, body_stems, {TOKENS})"
        )
    index_all(op.get_bind(), told(op.get_bind()))
    if dialect == "postgresql":
        op.execute("CREATE INDEX ix_articles_fts_document ON articles_fts USING gin (document)")


def told(connection: sa.Connection) -> Iterator[tuple[int, Indexed]]:
    """Yield the articles by their ids, a few at a time, and say how far that is."""
    total = connection.execute(sa.text("SELECT count(*) FROM articles")).scalar_one()
    rows = sa.text(
        "SELECT id, headline, authors, body, language, section, tags FROM articles "
        "WHERE id > :last ORDER BY id LIMIT 500"
    ).columns(authors=JSON, tags=JSON)
    last, done, began = 0, 0, monotonic()
    while batch := connection.execute(rows, {"last": last}).all():
        for row in batch:
            yield row.id, Indexed(row.headline, row.authors, row.body, row.language, row.section, row.tags)
        last, done = batch[-1].id, done + len(batch)
        if done % SAID < len(batch) and total > SAID:
            left = (monotonic() - began) / done * (total - done)
            logging.getLogger(__name__).warning(
                "indexing the stored articles for search: %d of %d, %d seconds to go", done, total, left
            )


def downgrade() -> None:
    for name in ("insert", "update", "delete"):
        on = " ON articles" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER article_facts_{name}{on}")
    if op.get_bind().dialect.name == "postgresql":  # an index with more tokens in it does no harm
        op.execute("DROP FUNCTION article_facts_write()")
        op.execute("DROP FUNCTION article_facts_forget()")
    else:
        op.execute(f"CREATE VIRTUAL TABLE articles_fts_before USING fts5 (headline, author, body, {TOKENS})")
        op.execute(
            "INSERT INTO articles_fts_before (rowid, headline, author, body) "
            "SELECT rowid, headline, author, body FROM articles_fts"
        )
        op.execute("DROP TABLE articles_fts")
        op.execute("ALTER TABLE articles_fts_before RENAME TO articles_fts")
    op.drop_table("search_languages")
    op.drop_table("article_facts")
