"""Add where moved channels are, what their documents say about polling, push subscriptions, and the watch over sources."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from storage.columns import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
COUNTS = (
    'polls', 'polls_failed', 'links_new', 'pages', 'stored', 'revised', 'unchanged', 'duplicates', 'dropped', 'failed',
    'blocked', 'short', 'undated', 'words', 'bytes', 'millis',
)


def upgrade() -> None:
    op.add_column('channels', sa.Column('hints', JSON, nullable=True))
    op.add_column('channels', sa.Column('last_whole', UtcDateTime(), nullable=True))
    op.add_column('channels', sa.Column('location', sa.Text(), nullable=True))
    op.add_column('channels', sa.Column('moved_at', UtcDateTime(), nullable=True))
    op.add_column('channels', sa.Column('moved_because', sa.Text(), nullable=True))
    op.create_index(
        op.f('ix_links_next_attempt_at'), 'links', ['next_attempt_at'],
        sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"),
    )
    op.add_column('hosts', sa.Column('latency', sa.Float(), nullable=True))
    op.create_table(
        'push_subscriptions',
        sa.Column('channel_id', BIG_ID, sa.ForeignKey('channels.id', name=op.f('fk_push_subscriptions_channel_id_channels')), autoincrement=False),
        sa.Column('hub', sa.Text(), nullable=False),
        sa.Column('topic', sa.Text(), nullable=False),
        sa.Column('token', sa.Text(), nullable=False),
        sa.Column('secret', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('asked_at', UtcDateTime(), nullable=True),
        sa.Column('lease_until', UtcDateTime(), nullable=True),
        sa.Column('pushed_at', UtcDateTime(), nullable=True),
        sa.Column('pushes', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('failures', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('last_error', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_push_subscriptions')),
        sa.UniqueConstraint('token', name=op.f('uq_push_subscriptions_token')),
    )
    op.create_table(
        'source_days',
        sa.Column('source_id', BIG_ID, sa.ForeignKey('sources.id', name=op.f('fk_source_days_source_id_sources')), autoincrement=False),
        sa.Column('day', sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False, server_default='0') for name in COUNTS),
        sa.Column('delays', JSON, nullable=False),
        sa.Column('reasons', JSON, nullable=False),
        sa.PrimaryKeyConstraint('source_id', 'day', name=op.f('pk_source_days')),
    )
    op.create_table(
        'source_health',
        sa.Column('source_id', BIG_ID, sa.ForeignKey('sources.id', name=op.f('fk_source_health_source_id_sources')), autoincrement=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('since', UtcDateTime(), nullable=False),
        sa.Column('checked_at', UtcDateTime(), nullable=False),
        sa.Column('figures', JSON, nullable=False),
        sa.PrimaryKeyConstraint('source_id', name=op.f('pk_source_health')),
    )
    op.create_table(
        'health_changes',
        sa.Column('id', BIG_ID, nullable=False),
        sa.Column('source_id', BIG_ID, sa.ForeignKey('sources.id', name=op.f('fk_health_changes_source_id_sources')), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('before', sa.Text(), nullable=True),
        sa.Column('after', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_health_changes')),
    )
    op.create_index(op.f('ix_health_changes_source_id'), 'health_changes', ['source_id'])
    op.create_table(
        'deliveries',
        sa.Column('id', BIG_ID, nullable=False),
        sa.Column('target', sa.Text(), nullable=False),
        sa.Column('about', sa.Text(), nullable=False),
        sa.Column('message', JSON, nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('next_try_at', UtcDateTime(), nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('delivered_at', UtcDateTime(), nullable=True),
        sa.Column('last_error', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
        sa.UniqueConstraint('target', 'about', name=op.f('uq_deliveries_target_about')),
    )
    op.create_index(op.f('ix_deliveries_next_try_at'), 'deliveries', ['next_try_at'])
    op.create_table(
        'marks',
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('value', sa.BigInteger(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_marks')),
    )
