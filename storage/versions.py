"""Print, AMP and other versions of an article that is also known from its own page: the own page's text counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.schema import links
from storage.types import LinkState

FRESH = timedelta(minutes=30)
"""A version that is fetched so soon after its article says nothing new of it."""


def defers_to_own_page(connection: sa.Connection, known: Any, now: datetime) -> bool:
    """Tell whether an article is kept by its own page. If that was fetched a while ago, it is looked at again.

    Without this, two versions that differ in a line would revise the article in turns.
    """
    own = sa.and_(links.c.url_key == known.url_key, links.c.article_id == known.id)
    row = connection.execute(sa.select(links.c.id, links.c.state).where(own)).first()
    if row is None or row.state not in (LinkState.DONE.value, LinkState.PENDING.value):
        return False
    if row.state == LinkState.DONE.value and now - known.last_fetched > FRESH:
        values = {"state": LinkState.PENDING.value, "reason": "recheck", "attempts": 0, "next_attempt_at": now}
        connection.execute(sa.update(links).where(links.c.id == row.id).values(**values))
    return True
