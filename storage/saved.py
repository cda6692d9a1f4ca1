"""Saved searches: keep what is asked and whom it is told, and read them back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import articles, attempts
from storage.schema_saved import saved_matches, saved_searches
from storage.schema_watch import deliveries
from storage.search import Query, matches, stream
from storage.upsert import insert_ignore

EVERY = ("now", "hour", "day")
PER = ("story", "article")
MORNING = "07:00"
"""When a daily digest comes, unless another time is named."""
_ASKED = ("text", "sources", "languages", "sections", "tags", "author", "access", "kind", "story")
"""What of a query is kept; dates, order and pages belong to whoever asks."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search. `every` is now | hour | day, a day's digest comes `at` HH:MM in `timezone`.

    `per` is story | article; with `changes` revisions are told, too. `targets` are those of deliveries. `broken` says
    why it cannot be asked any more. Up to `seen_article` and `seen_attempt` (ids) all has been checked.
    """

    name: str
    query: Query
    every: str = "now"
    at: str | None = None
    timezone: str | None = None
    per: str = "story"
    changes: bool = False
    targets: tuple[str, ...] = ()
    created_at: datetime | None = None
    paused_at: datetime | None = None
    next_at: datetime | None = None
    broken: str | None = None
    broken_at: datetime | None = None
    seen_article: int = 0
    seen_attempt: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a saved search has found and told so far. `latest` is when it last found something."""

    found: int = 0
    told: int = 0
    waiting: int = 0
    latest: datetime | None = None
    undelivered: int = 0
    last_error: str | None = None


def add_saved(connection: sa.Connection, saved: Saved, now: datetime) -> int | None:
    """Keep a new saved search, which starts from now; return its id, None when the name is taken.

    Raises UsageError for a query that cannot be understood.
    """
    matches(connection, saved.query, ())
    row = {name: getattr(saved, name) for name in ("name", "every", "at", "timezone", "per", "changes", "next_at")}
    row |= {"query": query_to_row(saved.query), "targets": list(saved.targets), "created_at": now}
    row |= dict(zip(("seen_article", "seen_attempt"), latest_ids(connection), strict=True))
    statement = insert_ignore(connection, saved_searches).values(**row).returning(saved_searches.c.id)
    found: int | None = connection.execute(statement).scalar()
    return found


def include_past(connection: sa.Connection, saved: Saved, query: Query, now: datetime) -> int:
    """Let what matches a query among the articles that were checked wait to be told; return how much is new."""
    rows = [
        {"search_id": saved.id, "article_id": article.id, "revision": article.revision, "changed": False}
        | {"state": "waiting", "found_at": now}
        for article in stream(connection, query)
        if article.id <= saved.seen_article
    ]
    known = {row["article_id"] for row in rows} & set(
        connection.execute(sa.select(saved_matches.c.article_id).where(saved_matches.c.search_id == saved.id)).scalars()
    )
    new = [row for row in rows if row["article_id"] not in known]
    if new:
        connection.execute(insert_ignore(connection, saved_matches), new)
    return len(new)


def latest_ids(connection: sa.Connection) -> tuple[int, int]:
    """Return the highest ids of articles and of attempts that are committed."""
    highest = (sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)) for table in (articles, attempts))
    article, attempt = (int(connection.execute(one).scalar_one()) for one in highest)
    return article, attempt


def list_saved(connection: sa.Connection) -> list[Saved]:
    """Return all saved searches by name."""
    return [_saved(row) for row in connection.execute(sa.select(saved_searches).order_by(saved_searches.c.name))]


def find_saved(connection: sa.Connection, name: str) -> Saved | None:
    """Return the saved search of this name, if there is one."""
    row = connection.execute(sa.select(saved_searches).where(saved_searches.c.name == name)).first()
    return _saved(row) if row is not None else None


def saved_query(connection: sa.Connection, name: str) -> Query | None:
    """Return what a saved search asks, newest first and without a limit; None when there is no such search."""
    found = find_saved(connection, name)
    return found.query if found is not None else None


def saved_targets(connection: sa.Connection) -> tuple[str, ...]:
    """Return all targets of saved searches, each once."""
    lists = connection.execute(sa.select(saved_searches.c.targets)).scalars()
    return tuple(dict.fromkeys(target for targets in lists for target in targets))


def remove_saved(connection: sa.Connection, name: str) -> bool:
    """Delete a saved search with what it has found and what of it is still on its way; tell whether there was one."""
    held = sa.select(saved_searches.c.id).where(saved_searches.c.name == name).with_for_update()
    found: int | None = connection.execute(held).scalar()  # who checks it just now would add matches behind our back
    if found is None:
        return False
    connection.execute(sa.delete(saved_matches).where(saved_matches.c.search_id == found))
    own = deliveries.c.about.startswith(about_prefix(name), autoescape=True)
    connection.execute(sa.delete(deliveries).where(own, deliveries.c.delivered_at.is_(None)))
    connection.execute(sa.delete(saved_searches).where(saved_searches.c.id == found))
    return True


def pause_saved(connection: sa.Connection, name: str, now: datetime) -> None:
    """Neither check nor tell a saved search from now on."""
    own = sa.and_(saved_searches.c.name == name, saved_searches.c.paused_at.is_(None))
    connection.execute(sa.update(saved_searches).where(own).values(paused_at=now))


def resume_saved(connection: sa.Connection, name: str, next_at: datetime | None) -> None:
    """Go on with a saved search that was paused, from now: what was stored meanwhile is passed over."""
    own = sa.and_(saved_searches.c.name == name, saved_searches.c.paused_at.is_not(None))
    article, attempt = latest_ids(connection)
    values = {"paused_at": None, "seen_article": article, "seen_attempt": attempt, "next_at": next_at}
    connection.execute(sa.update(saved_searches).where(own).values(**values))


def about_prefix(name: str) -> str:
    """Return how the `about` of each delivery of a saved search begins: no name has a dot in it."""
    return f"watch.{name}."


def read_told(connection: sa.Connection, saved: Saved) -> Told:
    """Return what a saved search has found and told."""
    own = sa.select(
        saved_matches.c.state, sa.func.count().label("n"), sa.func.max(saved_matches.c.found_at).label("at")
    )
    own = own.where(saved_matches.c.search_id == saved.id).group_by(saved_matches.c.state)
    rows = {row.state: row for row in connection.execute(own)}
    mine = sa.and_(
        deliveries.c.about.startswith(about_prefix(saved.name), autoescape=True),
        deliveries.c.delivered_at.is_(None),
        deliveries.c.target.in_(list(saved.targets)),
    )
    late = sa.select(deliveries.c.last_error).where(mine).order_by(deliveries.c.id)
    errors = connection.execute(late).scalars().all()
    return Told(
        found=sum(row.n for row in rows.values()),
        told=rows["told"].n if "told" in rows else 0,
        waiting=rows["waiting"].n if "waiting" in rows else 0,
        latest=max((row.at for row in rows.values()), default=None),
        undelivered=len(errors),
        last_error=next((error for error in errors if error), None),
    )


def query_to_row(query: Query) -> dict[str, Any]:
    """Return what of a query is kept, as JSON."""
    kept = {name: getattr(query, name) for name in _ASKED}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items() if value}


def query_from_row(kept: dict[str, Any]) -> Query:
    """Return the query that was kept; what a later version has kept besides is left out."""
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.items() if name in _ASKED
    }
    return Query(**known, sort="date", limit=None)


def _saved(row: Any) -> Saved:
    values = {one.name: getattr(row, one.name) for one in fields(Saved)}
    return Saved(**values | {"query": query_from_row(row.query), "targets": tuple(row.targets)})
