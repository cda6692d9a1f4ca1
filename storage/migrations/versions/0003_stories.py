"""Add what stories need: sketches with their postings, relations between articles, joined articles, agencies."""

import sqlalchemy as sa
from alembic import op
import storage.columns

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('full_shingles',
    sa.Column('shingle', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('is_stopped', sa.Boolean(), nullable=False),
    sa.Column('since', storage.columns.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('shingle', name='pk_full_shingles'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_full_shingles_since', 'full_shingles', ['since'])
    op.create_table('postings',
    sa.Column('shingle', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('article_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('shingle', 'article_id', name='pk_postings'),
    sqlite_with_rowid=False
    )
    op.create_table('merged_articles',
    sa.Column('id', BIG_ID, autoincrement=False, nullable=False),
    sa.Column('into_id', BIG_ID, nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('merged_at', storage.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['into_id'], ['articles.id'], name='fk_merged_articles_into_id'),
    sa.PrimaryKeyConstraint('id', name='pk_merged_articles')
    )
    op.create_index('ix_merged_articles_into_id', 'merged_articles', ['into_id'])
    op.create_table('relations',
    sa.Column('article_id', BIG_ID, autoincrement=False, nullable=False),
    sa.Column('other_id', BIG_ID, autoincrement=False, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('other_share', sa.Float(), nullable=False),
    sa.Column('found_at', storage.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name='fk_relations_article_id'),
    sa.ForeignKeyConstraint(['other_id'], ['articles.id'], name='fk_relations_other_id'),
    sa.PrimaryKeyConstraint('article_id', 'other_id', name='pk_relations'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_relations_found_at', 'relations', ['found_at'])
    op.create_index('ix_relations_other_id', 'relations', ['other_id'])
    op.create_table('sketches',
    sa.Column('article_id', BIG_ID, autoincrement=False, nullable=False),
    sa.Column('seen_at', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('outlet', sa.Text(), nullable=False),
    sa.Column('strict', sa.Boolean(), nullable=False),
    sa.Column('waits', sa.Boolean(), nullable=False),
    sa.Column('shingles', sa.Integer(), nullable=False),
    sa.Column('bound', sa.BigInteger(), nullable=False),
    sa.Column('numbers', sa.LargeBinary(), nullable=False),
    sa.Column('kept', sa.LargeBinary(), nullable=False),
    sa.Column('tails', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name='fk_sketches_article_id'),
    sa.PrimaryKeyConstraint('article_id', name='pk_sketches')
    )
    op.create_index('ix_sketches_seen_at', 'sketches', ['seen_at'])
    op.create_index('ix_sketches_waits', 'sketches', ['article_id'], sqlite_where=sa.text('waits'), postgresql_where=sa.text('waits'))
    op.add_column('article_aliases', sa.Column('reason', sa.Text(), nullable=True))
    op.add_column('articles', sa.Column('agency', sa.Text(), nullable=True))
    op.add_column('articles', sa.Column('changed_at', storage.columns.UtcDateTime(), nullable=True))
    op.drop_index('ix_articles_story_id', table_name='articles')
    op.create_index('ix_articles_story_id_outlet', 'articles', ['story_id', 'outlet'], sqlite_where=sa.text('story_id IS NOT NULL'), postgresql_where=sa.text('story_id IS NOT NULL'))
    op.add_column('revisions', sa.Column('changes', storage.columns.JSON, nullable=True))
    op.add_column('stories', sa.Column('last_seen', storage.columns.UtcDateTime(), nullable=True))
    op.add_column('stories', sa.Column('articles', sa.Integer(), server_default='0', nullable=False))
    op.add_column('stories', sa.Column('outlets', sa.Integer(), server_default='0', nullable=False))
    op.add_column('stories', sa.Column('merged_at', storage.columns.UtcDateTime(), nullable=True))
    op.add_column('stories', sa.Column('merged_by', BIG_ID, nullable=True))
    op.create_index('ix_stories_last_seen', 'stories', ['last_seen'])
    op.create_index('ix_stories_merged_into', 'stories', ['merged_into'])


def downgrade() -> None:
    op.drop_index('ix_stories_merged_into', table_name='stories')
    op.drop_index('ix_stories_last_seen', table_name='stories')
    op.drop_column('stories', 'merged_by')
    op.drop_column('stories', 'merged_at')
    op.drop_column('stories', 'outlets')
    op.drop_column('stories', 'articles')
    op.drop_column('stories', 'last_seen')
    op.drop_column('revisions', 'changes')
    op.drop_index('ix_articles_story_id_outlet', table_name='articles')
    op.create_index('ix_articles_story_id', 'articles', ['story_id'])
    op.drop_column('articles', 'changed_at')
    op.drop_column('articles', 'agency')
    op.drop_column('article_aliases', 'reason')
    op.drop_index('ix_sketches_waits', table_name='sketches', sqlite_where=sa.text('waits'), postgresql_where=sa.text('waits'))
    op.drop_index('ix_sketches_seen_at', table_name='sketches')
    op.drop_table('sketches')
    op.drop_index('ix_relations_other_id', table_name='relations')
    op.drop_index('ix_relations_found_at', table_name='relations')
    op.drop_table('relations')
    op.drop_index('ix_merged_articles_into_id', table_name='merged_articles')
    op.drop_table('merged_articles')
    op.drop_table('postings')
    op.drop_index('ix_full_shingles_since', table_name='full_shingles')
    op.drop_table('full_shingles')
