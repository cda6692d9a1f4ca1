"""The other addresses of an article, and why each leads to it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.schema import article_aliases
from storage.types import Identity
from storage.upsert import insert_ignore


def add_aliases(
    connection: sa.Connection,
    article_id: int,
    identity: Identity,
    own_key: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Record every other address that led to an article; an address stays with the article that had it first."""
    pairs = {key: url for url, key in identity.aliases}
    if identity.url_key != own_key:
        pairs.setdefault(identity.url_key, identity.canonical_url or identity.url_key)
    pairs.pop(own_key, None)
    for key, url in pairs.items():
        values = {"url_key": key, "article_id": article_id, "url": url, "first_seen": now}
        values["reason"] = reason or _why(identity, key)
        connection.execute(insert_ignore(connection, article_aliases).values(**values))


def _why(identity: Identity, key: str) -> str:
    """Return how an address leads to an article: canonical | redirect | page."""
    if key in identity.pages:
        return "page"
    return "canonical" if identity.is_version and key in (identity.page_key, identity.url_key) else "redirect"


def read_aliases(connection: sa.Connection, article_id: int) -> list[str]:
    """Return the other addresses of the article, oldest first."""
    query = sa.select(article_aliases.c.url).where(article_aliases.c.article_id == article_id)
    return list(connection.execute(query.order_by(article_aliases.c.first_seen)).scalars())
