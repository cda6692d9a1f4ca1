"""What a Python program reads of the database: articles as they are, or as records for data frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypedDict

from storage.errors import UsageError
from storage.export.fields import record
from storage.search import Query, parse_when, stream
from storage.store import Store
from storage.types import StoredArticle


class Filters(TypedDict, total=False):
    """Filters as `Query` has them; times also as people type them: "7d", "yesterday", "2026-11"."""

    sources: tuple[str, ...] | list[str]
    languages: tuple[str, ...] | list[str]
    sections: tuple[str, ...] | list[str]
    tags: tuple[str, ...] | list[str]
    author: str
    access: str
    kind: str
    story: int
    since: datetime | str
    until: datetime | str
    limit: int


def query_of(query: str | Query | None, filters: Filters) -> Query:
    """Return a text or query with filters as a query without a limit but what the filters give. Raises UsageError."""
    asked = query if isinstance(query, Query) else Query(text=query, limit=None)
    if unknown := set(filters) - set(Filters.__annotations__):
        raise UsageError(f"there is no filter {sorted(unknown)[0]!r}; known are {', '.join(Filters.__annotations__)}")
    given: dict[str, Any] = dict(filters)
    for name in ("sources", "languages", "sections", "tags"):
        if name in given:
            given[name] = (given[name],) if isinstance(given[name], str) else tuple(given[name])
    for name in ("since", "until"):
        if isinstance(given.get(name), str):
            given[name] = parse_when(given[name], datetime.now(UTC), end=name == "until")
    return replace(asked, **given)


def iter_articles(store: Store, query: str | Query | None, filters: Filters) -> Iterator[StoredArticle]:
    """Return an iterator over what matches, in the order of ids, as it is at one moment. Raises UsageError."""
    return _iter(store, query_of(query, filters))


def _iter(store: Store, query: Query) -> Iterator[StoredArticle]:
    with store.snapshot() as connection:
        yield from stream(connection, query)


def iter_records(store: Store, query: str | Query | None, filters: Filters) -> Iterator[dict[str, Any]]:
    """Return an iterator over what matches as records. Raises UsageError."""
    return map(record, iter_articles(store, query, filters))
