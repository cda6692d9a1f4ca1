"""Check saved searches against what is new, and keep what was found: cursor and matches move in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.alerts_told import WAITING
from storage.errors import UsageError
from storage.querytext import parse_query
from storage.saved import Saved, list_saved
from storage.schema import articles, attempts, links, sources
from storage.schema_saved import saved_matches, saved_searches
from storage.search import Query, matches
from storage.types import Outcome
from storage.upsert import insert_ignore

AT_ONCE = 1000
"""Articles and revisions that are looked at in one step."""
Versions = dict[int, int]
"""Revisions by the ids of their articles."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one step has found for a search: versions of articles, and up to which ids all is checked then.

    `broken` says what is wrong with the query. Where it cannot be asked at all, the ids are those of before.
    """

    search: Saved
    to_article: int
    to_attempt: int
    new: Versions
    changed: Versions
    broken: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found, and nothing is to be said."""
        return not self.new and not self.changed and self.broken == self.search.broken


def checked_searches(connection: sa.Connection) -> list[Saved]:
    """Return the saved searches that are not paused."""
    return [saved for saved in list_saved(connection) if saved.paused_at is None]


def waiting_searches(connection: sa.Connection) -> set[int]:
    """Return the ids of searches of which something waits to be told."""
    waiting = sa.select(saved_matches.c.search_id).where(saved_matches.c.state == WAITING).distinct()
    return set(connection.execute(waiting).scalars())


def is_behind(search: Saved, top: tuple[int, int]) -> bool:
    """Tell whether a search has not been checked up to these ids of an article and an attempt."""
    return search.seen_article < top[0] or (search.changes and search.seen_attempt != top[1])


def check_searches(
    connection: sa.Connection, searches: Iterable[Saved], top: tuple[int, int], now: datetime, most: int = AT_ONCE
) -> list[Found]:
    """Match the next articles and revisions up to `top` against each search; what is read for one serves the others."""
    new: dict[int, tuple[Versions, int]] = {}
    changed: dict[int, tuple[Versions, int]] = {}
    found = []
    for search in searches:
        after, since = search.seen_article, min(search.seen_attempt, top[1])
        if since < search.seen_attempt and search.changes:  # SQLite begins anew once the whole log is forgotten
            since = 0
        if after not in new:
            new[after] = _new(connection, after, top[0], most)
        if search.changes and since not in changed:
            changed[since] = _changed(connection, since, top[1], most)
        revised = changed[since] if search.changes else ({}, search.seen_attempt)
        found.append(_check(connection, search, new[after], revised, now))
    return found


def _check(
    connection: sa.Connection, search: Saved, new: tuple[Versions, int], changed: tuple[Versions, int], now: datetime
) -> Found:
    query = replace(search.query, now=now)
    try:
        matched = matches(connection, query, sorted({*new[0], *changed[0]}))
    except UsageError as error:
        return Found(search, search.seen_article, search.seen_attempt, {}, {}, str(error))
    return Found(
        search,
        new[1],
        changed[1],
        {id_: revision for id_, revision in new[0].items() if id_ in matched},
        {id_: revision for id_, revision in changed[0].items() if id_ in matched and id_ not in new[0]},
        find_oddity(connection, search.query),
    )


def _new(connection: sa.Connection, after: int, top: int, most: int) -> tuple[Versions, int]:
    """Return the versions of the next articles, and up to which id these are all."""
    own = sa.select(articles.c.id, articles.c.revision).where(articles.c.id > after, articles.c.id <= top)
    rows = connection.execute(own.order_by(articles.c.id).limit(most)).all()
    return {row.id: row.revision for row in rows}, rows[-1].id if len(rows) == most else max(after, top)


def _changed(connection: sa.Connection, after: int, top: int, most: int) -> tuple[Versions, int]:
    """Return the present versions of articles that the next attempts have revised, and up to which attempt."""
    own = (
        sa.select(attempts.c.id, articles.c.id.label("article_id"), articles.c.revision)
        .join(links, links.c.id == attempts.c.link_id)
        .join(articles, articles.c.id == links.c.article_id)
        .where(attempts.c.id > after, attempts.c.id <= top, attempts.c.outcome == Outcome.REVISED.value)
    )
    rows = connection.execute(own.order_by(attempts.c.id).limit(most)).all()
    return {row.article_id: row.revision for row in rows}, rows[-1].id if len(rows) == most else top


def find_fault(connection: sa.Connection, query: Query) -> str | None:
    """Return what is wrong with a query as things are now: why it cannot be asked, or what is odd about it."""
    try:
        matches(connection, query, ())
    except UsageError as error:
        return str(error)
    return find_oddity(connection, query)


def find_oddity(connection: sa.Connection, query: Query) -> str | None:
    """Return what is odd about a query that can be asked all the same: it names a source that is not declared."""
    asked = parse_query(query.text).filters if query.text is not None else ()
    named = {value for one in asked if one.name == "source" and not one.negated for value in one.values}
    named.update(query.sources)
    if not named:
        return None
    lost = sa.select(sources.c.name).where(sources.c.name.in_(sorted(named)), ~sources.c.declared)
    names = connection.execute(lost.order_by(sources.c.name)).scalars().all()
    return f"sources.toml does not declare {', '.join(names)} (any more)" if names else None


def advance(connection: sa.Connection, found: Sequence[Found]) -> None:
    """Note how far searches have been checked for which nothing was found, unless somebody else has done so."""
    steps: dict[tuple[int, int, int, int], list[int]] = {}
    for one in found:
        key = (one.search.seen_article, one.search.seen_attempt, one.to_article, one.to_attempt)
        steps.setdefault(key, []).append(one.search.id)
    table = saved_searches
    for (article, attempt, to_article, to_attempt), ids in steps.items():
        own = sa.and_(table.c.id.in_(ids), table.c.seen_article == article, table.c.seen_attempt == attempt)
        moved = sa.update(table).where(own, table.c.paused_at.is_(None))
        connection.execute(moved.values(seen_article=to_article, seen_attempt=to_attempt))


def hold_search(connection: sa.Connection, search: Saved) -> bool:
    """Keep others from a search until the transaction ends; False when it has been moved on, paused or removed."""
    table = saved_searches
    own = sa.select(table.c.seen_article, table.c.seen_attempt, table.c.paused_at, table.c.next_at)
    row = connection.execute(own.where(table.c.id == search.id).with_for_update()).first()
    now = (search.seen_article, search.seen_attempt, None, search.next_at)
    return row is not None and tuple(row) == now


def keep_found(connection: sa.Connection, found: Found, now: datetime) -> None:
    """Keep what was found for a search that is held, with how far it was checked."""
    kept = ((found.new, False), (found.changed, True))
    own = {"search_id": found.search.id, "state": WAITING, "found_at": now}
    rows = [
        own | {"article_id": id_, "revision": revision, "changed": changed}
        for versions, changed in kept
        for id_, revision in sorted(versions.items())
    ]
    if rows:
        connection.execute(insert_ignore(connection, saved_matches), rows)
    values: dict[str, Any] = {"seen_article": found.to_article, "seen_attempt": found.to_attempt}
    if found.broken != found.search.broken:
        values |= {"broken": found.broken, "broken_at": now if found.broken else None}
    connection.execute(sa.update(saved_searches).where(saved_searches.c.id == found.search.id).values(**values))


def set_next(connection: sa.Connection, search: Saved, next_at: datetime | None) -> None:
    """Set when the next digest of a search is due."""
    connection.execute(sa.update(saved_searches).where(saved_searches.c.id == search.id).values(next_at=next_at))
