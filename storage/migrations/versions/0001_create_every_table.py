"""Create every table."""

import sqlalchemy as sa
from alembic import op
import storage.columns
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('crawls',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('crawler', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('started_at', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('finished_at', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('requests', sa.Integer(), server_default='0', nullable=False),
    sa.Column('bytes', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('links_found', sa.Integer(), server_default='0', nullable=False),
    sa.Column('links_new', sa.Integer(), server_default='0', nullable=False),
    sa.Column('outcomes', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crawls'))
    )
    with op.batch_alter_table('crawls', schema=None) as batch_op:
        batch_op.create_index('ix_crawls_state', ['state'], unique=False)

    op.create_table('hosts',
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('leased_by', sa.Text(), nullable=True),
    sa.Column('leased_until', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('next_request_at', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('backoff_until', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('backoff_reason', sa.Text(), nullable=True),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_visit', storage.columns.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_hosts'))
    )
    op.create_table('sources',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('home', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('declared', sa.Boolean(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sources')),
    sa.UniqueConstraint('name', name=op.f('uq_sources_name'))
    )
    op.create_table('stories',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('merged_into', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['merged_into'], ['stories.id'], name=op.f('fk_stories_merged_into')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stories'))
    )
    op.create_table('articles',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('canonical_url', sa.Text(), nullable=True),
    sa.Column('url_key', sa.Text(), nullable=False),
    sa.Column('outlet', sa.Text(), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('authors', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('date_published', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('date_published_raw', sa.Text(), nullable=True),
    sa.Column('date_source', sa.Text(), nullable=True),
    sa.Column('date_precision', sa.Text(), nullable=True),
    sa.Column('date_modified', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('section', sa.Text(), nullable=True),
    sa.Column('tags', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('main_image', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('word_count', sa.Integer(), nullable=False),
    sa.Column('access', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('syndicated_from', sa.Text(), nullable=True),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('last_fetched', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    sa.Column('gone_at', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('extractor', sa.Text(), nullable=False),
    sa.Column('story_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_articles_source_id')),
    sa.ForeignKeyConstraint(['story_id'], ['stories.id'], name=op.f('fk_articles_story_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_articles')),
    sa.UniqueConstraint('url_key', name=op.f('uq_articles_url_key'))
    )
    with op.batch_alter_table('articles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_articles_date_published'), ['date_published'], unique=False)
        batch_op.create_index('ix_articles_outlet_content_hash', ['outlet', 'content_hash'], unique=False)
        batch_op.create_index('ix_articles_source_id_date_published', ['source_id', 'date_published'], unique=False)
        batch_op.create_index(batch_op.f('ix_articles_story_id'), ['story_id'], unique=False)
    op.create_index('ix_articles_time', 'articles', [sa.text('coalesce(date_published, first_seen)')])

    op.create_table('channels',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.Column('content_hash', sa.Text(), nullable=True),
    sa.Column('updated', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('last_polled', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('last_new', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('next_due', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['channels.id'], name=op.f('fk_channels_parent_id')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_channels_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channels')),
    sa.UniqueConstraint('url', name=op.f('uq_channels_url'))
    )
    with op.batch_alter_table('channels', schema=None) as batch_op:
        batch_op.create_index('ix_channels_due', ['enabled', 'next_due'], unique=False)
        batch_op.create_index(batch_op.f('ix_channels_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_channels_source_id'), ['source_id'], unique=False)

    op.create_table('article_aliases',
    sa.Column('url_key', sa.Text(), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_article_aliases_article_id')),
    sa.PrimaryKeyConstraint('url_key', name=op.f('pk_article_aliases'))
    )
    with op.batch_alter_table('article_aliases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_aliases_article_id'), ['article_id'], unique=False)

    op.create_table('links',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('url_key', sa.Text(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('published', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('published_source', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_attempt_at', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('settled_at', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('recheck_at', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_links_article_id')),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_links_channel_id')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_links_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_links')),
    sa.UniqueConstraint('url_key', name=op.f('uq_links_url_key'))
    )
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_links_article_id'), ['article_id'], unique=False)
        batch_op.create_index('ix_links_pending', ['host', 'next_attempt_at'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.create_index('ix_links_recheck_at', ['recheck_at'], unique=False, sqlite_where=sa.text('recheck_at IS NOT NULL'), postgresql_where=sa.text('recheck_at IS NOT NULL'))
        batch_op.create_index('ix_links_source_state', ['source_id', 'state'], unique=False)

    op.create_table('revisions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('seen_at', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('authors', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('date_modified', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_revisions_article_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revisions')),
    sa.UniqueConstraint('article_id', 'revision', name=op.f('uq_revisions_article_id_revision'))
    )
    op.create_table('attempts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('crawl_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('link_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('channel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('at', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('final_url', sa.Text(), nullable=True),
    sa.Column('bytes', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('millis', sa.Integer(), server_default='0', nullable=False),
    sa.Column('found', sa.Integer(), server_default='0', nullable=False),
    sa.Column('new', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_attempts_channel_id')),
    sa.ForeignKeyConstraint(['crawl_id'], ['crawls.id'], name=op.f('fk_attempts_crawl_id')),
    sa.ForeignKeyConstraint(['link_id'], ['links.id'], name=op.f('fk_attempts_link_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts'))
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempts_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempts_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempts_crawl_id'), ['crawl_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempts_link_id'), ['link_id'], unique=False)

    op.create_table('link_sightings',
    sa.Column('link_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('published', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('updated', storage.columns.UtcDateTime(), nullable=True),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_link_sightings_channel_id')),
    sa.ForeignKeyConstraint(['link_id'], ['links.id'], name=op.f('fk_link_sightings_link_id')),
    sa.PrimaryKeyConstraint('link_id', 'channel_id', name=op.f('pk_link_sightings'))
    )
    with op.batch_alter_table('link_sightings', schema=None) as batch_op:
        batch_op.create_index('ix_link_sightings_channel_id', ['channel_id'], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE articles_fts ("
            "article_id BIGINT PRIMARY KEY REFERENCES articles (id), document TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_articles_fts_document ON articles_fts USING gin (document)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE articles_fts USING fts5 (headline, author, body, "
            "tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* Co Cn'\")"
        )


def downgrade() -> None:
    op.execute("DROP TABLE articles_fts")
    with op.batch_alter_table('link_sightings', schema=None) as batch_op:
        batch_op.drop_index('ix_link_sightings_channel_id')

    op.drop_table('link_sightings')
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempts_link_id'))
        batch_op.drop_index(batch_op.f('ix_attempts_crawl_id'))
        batch_op.drop_index(batch_op.f('ix_attempts_channel_id'))
        batch_op.drop_index(batch_op.f('ix_attempts_at'))

    op.drop_table('attempts')
    op.drop_table('revisions')
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.drop_index('ix_links_source_state')
        batch_op.drop_index('ix_links_recheck_at', sqlite_where=sa.text('recheck_at IS NOT NULL'), postgresql_where=sa.text('recheck_at IS NOT NULL'))
        batch_op.drop_index('ix_links_pending', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.drop_index(batch_op.f('ix_links_article_id'))

    op.drop_table('links')
    with op.batch_alter_table('article_aliases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_aliases_article_id'))

    op.drop_table('article_aliases')
    with op.batch_alter_table('channels', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_channels_source_id'))
        batch_op.drop_index(batch_op.f('ix_channels_parent_id'))
        batch_op.drop_index('ix_channels_due')

    op.drop_table('channels')
    with op.batch_alter_table('articles', schema=None) as batch_op:
        batch_op.drop_index('ix_articles_time')
        batch_op.drop_index(batch_op.f('ix_articles_story_id'))
        batch_op.drop_index('ix_articles_source_id_date_published')
        batch_op.drop_index('ix_articles_outlet_content_hash')
        batch_op.drop_index(batch_op.f('ix_articles_date_published'))

    op.drop_table('articles')
    op.drop_table('stories')
    op.drop_table('sources')
    op.drop_table('hosts')
    with op.batch_alter_table('crawls', schema=None) as batch_op:
        batch_op.drop_index('ix_crawls_state')

    op.drop_table('crawls')
