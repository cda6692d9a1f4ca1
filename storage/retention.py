"""Delete articles past their time with all that belongs to them; their addresses stay: none is fetched again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import fulltext
from storage.locks import lock_outlet
from storage.postings import withdraw
from storage.reopening import EXPIRED
from storage.schema import (
    article_aliases,
    articles,
    hosts,
    links,
    merged_articles,
    relations,
    removals,
    revisions,
    sources,
)
from storage.stories import LOCK, count_story, leave_story
from storage.types import LinkState
from storage.upsert import insert_ignore

BATCH = 50
"""Articles that one transaction deletes: others wait for it no longer than for a batch of the writer."""
FOR_EVER = timedelta.max
"""What a source declares whose articles stay although others have a time."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long a source's articles are kept; those that were first seen before `before` have expired."""

    source_id: int
    source: str
    keep: timedelta
    before: datetime


def terms(
    connection: sa.Connection, keep: Mapping[str, timedelta], default: timedelta | None, now: datetime
) -> list[Term]:
    """Return the sources whose articles expire: by what each declares (`keep`, by name), all others by the default.

    None as the default keeps them for ever. A keep that is longer than time itself does, too.
    """
    if default is None and not keep:
        return []
    found = []
    for row in connection.execute(sa.select(sources.c.id, sources.c.name).order_by(sources.c.id)):
        own = keep.get(row.name, default)
        if own is not None and own < now.replace(tzinfo=None) - datetime.min:
            found.append(Term(row.id, row.name, own, now - own))
    return found


def count_expired(connection: sa.Connection, term: Term, now: datetime) -> int:
    """Return how many articles of a source have expired."""
    query = sa.select(sa.func.count()).select_from(articles).where(*_expired(connection, term, now))
    return int(connection.execute(query).scalar_one())


def expire_batch(
    connection: sa.Connection, term: Term, host_of: Callable[[str], str], now: datetime, limit: int = BATCH
) -> int:
    """Delete the oldest articles of a source that have expired, at most so many; return how many.

    An article goes with its versions, relations, addresses and ids. Its links end as done for the reason `expired`;
    `host_of` gives the authority of an address that had no link. What a crawl is looking at in this moment waits for
    the next time. The article with the latest id stays, so that no id is ever given twice.
    """
    # The oldest have the lowest ids; the index on source_id gives those without reading a text.
    own = sa.select(articles.c.id).where(articles.c.source_id == term.source_id, _may_go(connection))
    oldest = articles.c.id.in_(own.order_by(articles.c.id).limit(limit).scalar_subquery())
    found = sa.select(articles.c.id).where(oldest, *_expired(connection, term, now))
    rows = _held(connection, connection.execute(found).scalars().all())
    if not rows:
        return 0
    ids = [row.id for row in rows]
    _end_links(connection, rows, term, host_of, now)
    for article_id in ids:
        withdraw(connection, article_id)
        fulltext.forget(connection, article_id)
    for column in (
        revisions.c.article_id,
        removals.c.article_id,
        relations.c.article_id,
        relations.c.other_id,
        article_aliases.c.article_id,
        merged_articles.c.into_id,
        articles.c.id,
    ):
        connection.execute(sa.delete(column.table).where(column.in_(ids)))
    for story in sorted({row.story_id for row in rows if row.story_id is not None}):
        _tell_anew(connection, story)
    return len(ids)


def _expired(connection: sa.Connection, term: Term, now: datetime) -> list[sa.ColumnElement[bool]]:
    leased = sa.and_(hosts.c.host == links.c.host, hosts.c.leased_until > now)
    pending = sa.and_(links.c.article_id == articles.c.id, links.c.state == LinkState.PENDING.value)
    visited = sa.exists().where(leased, pending)
    own = [articles.c.source_id == term.source_id, articles.c.first_seen < term.before]
    return [*own, ~visited, _may_go(connection)]


def _may_go(connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Return the condition that an article does not hold the highest id: its own, or one that was joined into it."""
    highest = connection.execute(sa.select(sa.func.max(articles.c.id))).scalar() or 0
    joined = sa.select(merged_articles.c.id, merged_articles.c.into_id).order_by(merged_articles.c.id.desc())
    last = connection.execute(joined.limit(1)).first()
    holders = [highest, last.into_id] if last is not None and last.id > highest else [highest]
    return articles.c.id.not_in(holders)


def _held(connection: sa.Connection, ids: Collection[int]) -> list[Any]:
    """Return the articles as they are once nobody else decides on their outlets and stories."""
    names = ("id", "url", "url_key", "outlet", "story_id", "first_seen", "source_id")
    query = sa.select(*(articles.c[name] for name in names)).where(articles.c.id.in_(ids)).order_by(articles.c.id)
    rows = connection.execute(query).all()
    for outlet in sorted({row.outlet for row in rows}):
        lock_outlet(connection, outlet)
    if connection.dialect.name != "postgresql":
        return list(rows)
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    # Waits for those who refer to them in this moment, and keeps others from it.
    return list(connection.execute(query.with_for_update()).all())


def _end_links(
    connection: sa.Connection, rows: Sequence[Any], term: Term, host_of: Callable[[str], str], now: datetime
) -> None:
    """Let every address of the articles be a link that is done with."""
    ids = [row.id for row in rows]
    ended: dict[str, Any] = {
        "state": LinkState.DONE.value,
        "reason": EXPIRED,
        "detail": f"its article was kept for {term.keep / timedelta(days=1):g} days",
        "settled_at": now,
    }
    nothing = dict.fromkeys(("article_id", "etag", "last_modified", "recheck_at", "next_attempt_at"))
    connection.execute(sa.update(links).where(links.c.article_id.in_(ids)).values(**ended, **nothing))
    aliases = sa.select(article_aliases.c.url, article_aliases.c.url_key, article_aliases.c.first_seen)
    known = [*rows, *connection.execute(aliases.where(article_aliases.c.article_id.in_(ids)))]
    own = ended | {"source_id": term.source_id}
    new = [
        own | {"url": row.url, "url_key": row.url_key, "host": host, "first_seen": row.first_seen}
        for row in known
        if (host := host_of(row.url))  # of some an alias keeps no more than the key: those have a link
    ]
    if new:
        connection.execute(insert_ignore(connection, links), new)


def _tell_anew(connection: sa.Connection, story: int) -> None:
    """Bring a story's numbers to what is left of it; one article alone tells no story. An emptied one keeps its id."""
    count_story(connection, story)
    left = connection.execute(sa.select(articles.c.id).where(articles.c.story_id == story).limit(2)).scalars().all()
    if len(left) == 1:
        leave_story(connection, left[0])
