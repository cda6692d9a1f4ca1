"""Take a site's boilerplate out of texts: of those that are stored now, and of earlier ones when more is learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storage import fulltext
from storage.article_values import indexed
from storage.blocks import OWN_RULES, Piece, Reading, put_back, take_out, unweave, weave
from storage.learning import taken_at
from storage.locks import lock_outlet
from storage.relations import Text, reindex
from storage.removals import bounded, read_removed, write_removed
from storage.schema import articles, revisions, sites
from storage.types import Article, Identity

BATCH = 25
_NOTHING_WAITS = {"reclean_below": None, "reclean_since": None}


def clean(article: Article, identity: Identity, taken: Mapping[int, str], reading: Reading) -> tuple[Article, Identity]:
    """Return an extracted article without the blocks that are taken; its `removed` are all lines that are out."""
    if not taken and not article.removed:
        return article, identity
    pieces = take_out(bounded(weave(article.body, article.removed)), taken, reading.block)
    body, removed = unweave(pieces)
    if not any(line.rule in OWN_RULES for line in removed):
        return replace(article, removed=removed), identity
    digest = reading.content_hash(article.headline, body)
    fewer = replace(article, body=body, removed=removed, word_count=reading.count_words(body))
    return fewer, replace(identity, content_hash=digest)


def recleaned(connection: sa.Connection, row: Any, reading: Reading, more: Mapping[int, str] | None = None) -> Any:
    """Bring a stored article to what its site's counts say now (and `more`); return its row.

    This is no revision: its page has not changed.
    """
    before = weave(row.body, read_removed(connection, row.id))
    lines = [piece.text for piece in put_back(before) if piece.rule is None]
    taken = taken_at(connection, row.outlet, [reading.block(line).hash for line in lines]) | dict(more or {})
    after = take_out(before, taken, reading.block)
    if after == before:
        return row
    _rewrite(connection, row, after, reading)
    return connection.execute(sa.select(articles).where(articles.c.id == row.id)).one()


def _rewrite(connection: sa.Connection, row: Any, pieces: list[Piece], reading: Reading) -> None:
    body, removed = unweave(pieces)
    text = {"body": body, "content_hash": reading.content_hash(row.headline, body)}
    values = text | {"word_count": reading.count_words(body)}
    connection.execute(sa.update(articles).where(articles.c.id == row.id).values(**values))
    own = sa.and_(revisions.c.article_id == row.id, revisions.c.revision == row.revision)
    connection.execute(sa.update(revisions).where(own).values(**text))
    write_removed(connection, row.id, removed, reading.block)
    fulltext.index(connection, row.id, replace(indexed(row), body=body))
    reindex(connection, Text(row.id, row.outlet, row.kind, row.headline, body), reading.comparing.judgement)


def clean_waiting(
    connection: sa.Connection, reading: Reading, limit: int = BATCH, site: str | None = None
) -> int | None:
    """Clean a batch of the stored articles that wait for it, the latest first, of one site or of any.

    Returns how many have changed; None when no article waits.
    """
    waiting = sa.select(sites.c.site).where(sites.c.reclean_below.is_not(None))
    waiting = waiting.where(sites.c.site == site) if site is not None else waiting
    name = connection.execute(waiting.order_by(sites.c.site).limit(1)).scalar()
    if name is None:
        return None
    lock_outlet(connection, name)
    found = connection.execute(sa.select(sites).where(sites.c.site == name)).one()
    if found.reclean_below is None:  # another process has just finished
        return 0
    rows = _batch(connection, found, limit)
    changed = sum(recleaned(connection, row, reading) is not row for row in rows)
    left = {"reclean_below": rows[-1].id - 1} if len(rows) == limit else _NOTHING_WAITS
    connection.execute(sa.update(sites).where(sites.c.site == name).values(**left))
    return changed


def _batch(connection: sa.Connection, site: Any, limit: int) -> list[Any]:
    own = sa.select(articles).where(articles.c.outlet == site.site, articles.c.id <= site.reclean_below)
    recent = own if site.reclean_since is None else own.where(articles.c.first_seen >= site.reclean_since)
    return list(connection.execute(recent.order_by(articles.c.id.desc()).limit(limit)))
