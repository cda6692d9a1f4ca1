"""What lists of articles tell beside the articles."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from storage.schema import articles


def last_changes(connection: sa.Connection, ids: Collection[int]) -> dict[int, datetime]:
    """Return when articles have changed last, by id; those that never have are left out."""
    changed = sa.select(articles.c.id, articles.c.changed_at)
    changed = changed.where(articles.c.id.in_(ids), articles.c.changed_at.is_not(None))
    return {row.id: row.changed_at for row in connection.execute(changed)}
