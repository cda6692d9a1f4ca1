"""Join two stored articles that have turned out to be one: their histories become one, and nothing is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import fulltext
from storage.article_values import indexed
from storage.postings import withdraw
from storage.relations import forget_relations, take_over
from storage.revising import original_version
from storage.schema import article_aliases, articles, links, merged_articles, removals, revisions
from storage.stories import move_story
from storage.upsert import insert_ignore

_TEXT = ("headline", "authors", "body", "content_hash", "word_count", "date_modified", "access")
_DATE = ("date_published", "date_published_raw", "date_source", "date_precision")


def join_articles(connection: sa.Connection, kept: Any, other: Any, url_key: str, reason: str, now: datetime) -> Any:
    """Make one article of two rows of `articles`; return the row that stays, `kept`.

    Versions of both are in its history by the time they were seen, the latest last. The other's addresses, links,
    relations and id lead to it from now on. `url_key` is the one of the two keys under which it is known.
    """
    history = _history(connection, kept, other)
    _give_over(connection, kept, other, reason, now)
    values = _facts(kept, other)
    if len(history) > 1:
        _write_history(connection, kept.id, history)
        values |= {"revision": len(history), "changed_at": history[-1]["seen_at"]}
    connection.execute(sa.delete(articles).where(articles.c.id == other.id))
    if url_key == other.url_key:
        values["url_key"] = url_key
        values["url"] = other.url
        connection.execute(sa.delete(article_aliases).where(article_aliases.c.url_key == url_key))
    _keep_address(connection, kept if url_key == other.url_key else other, kept.id, reason, now)
    connection.execute(sa.update(articles).where(articles.c.id == kept.id).values(**values))
    row = connection.execute(sa.select(articles).where(articles.c.id == kept.id)).one()
    fulltext.index(connection, row.id, indexed(row))
    return row


def _keep_address(connection: sa.Connection, row: Any, article_id: int, reason: str, now: datetime) -> None:
    """Let the address of a row that is no longer its article's own lead to it."""
    own = {"url_key": row.url_key, "article_id": article_id, "url": row.url, "first_seen": now, "reason": reason}
    connection.execute(insert_ignore(connection, article_aliases).values(**own))


def _history(connection: sa.Connection, kept: Any, other: Any) -> list[dict[str, Any]]:
    """Return the versions of both in the order of time, the present text last, none twice in a row."""
    versions = [version for row in (kept, other) for version in _versions(connection, row)]
    last = _latest(kept, other)
    versions.sort(key=lambda one: (one["seen_at"], one["content_hash"] == last.content_hash))
    if versions[-1]["content_hash"] != last.content_hash:
        versions.append(original_version(last) | {"seen_at": versions[-1]["seen_at"]})
    kept_ones: list[dict[str, Any]] = []
    for version in versions:
        if not kept_ones or kept_ones[-1]["content_hash"] != version["content_hash"]:
            kept_ones.append(version)
    return kept_ones


def _latest(kept: Any, other: Any) -> Any:
    """Return the row whose page was looked at last: its text is the present one."""
    return other if other.last_fetched > kept.last_fetched else kept


def _versions(connection: sa.Connection, row: Any) -> list[dict[str, Any]]:
    names = ("seen_at", "headline", "authors", "body", "date_modified", "content_hash", "changes")
    own = sa.select(*(revisions.c[name] for name in names)).where(revisions.c.article_id == row.id)
    found = [dict(version._mapping) for version in connection.execute(own.order_by(revisions.c.revision))]
    return found or [original_version(row)]


def _write_history(connection: sa.Connection, article_id: int, history: list[dict[str, Any]]) -> None:
    connection.execute(sa.delete(revisions).where(revisions.c.article_id == article_id))
    rows = [version | {"article_id": article_id, "revision": place} for place, version in enumerate(history, 1)]
    connection.execute(sa.insert(revisions), rows)


def _facts(kept: Any, other: Any) -> dict[str, Any]:
    """Return what changes in the row that stays: the present text, the earlier times, what it did not know."""
    last = _latest(kept, other)
    values = {name: getattr(last, name) for name in _TEXT}
    if kept.date_published is None:
        values |= {name: getattr(other, name) for name in _DATE}
    for name in ("agency", "syndicated_from", "description", "main_image", "section", "language"):
        if getattr(kept, name) is None:
            values[name] = getattr(other, name)
    values["first_seen"] = min(kept.first_seen, other.first_seen)
    values["last_fetched"] = max(kept.last_fetched, other.last_fetched)
    gone = [row.gone_at for row in (kept, other)]
    return values | {"gone_at": None if None in gone else max(gone)}


def _give_over(connection: sa.Connection, kept: Any, other: Any, reason: str, now: datetime) -> None:
    """Move everything that leads to the other article; the present one of both texts keeps its relations and story."""
    for table in (links, article_aliases):
        connection.execute(sa.update(table).where(table.c.article_id == other.id).values(article_id=kept.id))
    connection.execute(sa.update(merged_articles).where(merged_articles.c.into_id == other.id).values(into_id=kept.id))
    if _latest(kept, other) is other:
        connection.execute(sa.delete(removals).where(removals.c.article_id == kept.id))
        connection.execute(sa.update(removals).where(removals.c.article_id == other.id).values(article_id=kept.id))
    else:
        connection.execute(sa.delete(removals).where(removals.c.article_id == other.id))
    connection.execute(sa.delete(revisions).where(revisions.c.article_id == other.id))
    withdraw(connection, other.id)
    if _latest(kept, other) is other:
        forget_relations(connection, kept.id)
        take_over(connection, kept.id, other.id)
    else:
        forget_relations(connection, other.id)
    move_story(connection, kept.id, other.id, _latest(kept, other).story_id)
    fulltext.forget(connection, other.id)
    told = {"id": other.id, "into_id": kept.id, "url": other.url, "headline": other.headline}
    connection.execute(sa.insert(merged_articles).values(**told, reason=reason, merged_at=now))
