"""Add what is learned of each site's boilerplate, and the lines that were taken out of each article."""

import sqlalchemy as sa
from alembic import op
import storage.columns

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_index('ix_articles_outlet_id', 'articles', ['outlet', 'id'])
    op.create_table('sites',
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('stories', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reclean_below', BIG_ID, nullable=True),
    sa.Column('reclean_since', storage.columns.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('site', name=op.f('pk_sites'))
    )
    op.create_table('site_blocks',
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('block_hash', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('df', sa.Integer(), nullable=False),
    sa.Column('apart', sa.Integer(), nullable=False),
    sa.Column('at_top', sa.Integer(), nullable=False),
    sa.Column('at_end', sa.Integer(), nullable=False),
    sa.Column('varied', sa.Integer(), nullable=False),
    sa.Column('n_words', sa.Integer(), nullable=False),
    sa.Column('digits', sa.BigInteger(), nullable=False),
    sa.Column('first_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('last_seen', storage.columns.UtcDateTime(), nullable=False),
    sa.Column('last_story', BIG_ID, nullable=True),
    sa.Column('example', sa.Text(), nullable=True),
    sa.Column('verdict', sa.Text(), nullable=True),
    sa.Column('learned_at', storage.columns.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('site', 'block_hash', name=op.f('pk_site_blocks')),
    sqlite_with_rowid=False
    )
    op.create_table('removals',
    sa.Column('article_id', BIG_ID, autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('block_hash', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_removals_article_id')),
    sa.PrimaryKeyConstraint('article_id', 'number', name=op.f('pk_removals')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_removals_block_hash', 'removals', ['block_hash'], sqlite_where=sa.text('block_hash IS NOT NULL'), postgresql_where=sa.text('block_hash IS NOT NULL'))


def downgrade() -> None:
    op.drop_table('removals')
    op.drop_table('site_blocks')
    op.drop_table('sites')
    op.drop_index('ix_articles_outlet_id', 'articles')
