"""The page of saved searches: what each asks, how often it tells, what it has found; each is a feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from fastapi import APIRouter, Request
from starlette.responses import Response

from storage.saved import Saved, list_saved, read_told
from storage.search import Query
from storage.web.asking import NoParameters
from storage.web.deps import TheDatabase
from storage.web.pages.links import Pair, address
from storage.web.pages.rendering import render
from storage.web.pages.twins import csv_response, row

router = APIRouter(include_in_schema=False)
_LISTS = {"source": "sources", "language": "languages", "section": "sections", "tag": "tags"}
_SINGLE = {"q": "text", "author": "author", "access": "access", "kind": "kind", "story": "story"}


@dataclass(frozen=True, slots=True)
class SavedLine:
    """A saved search as it is listed; `search` is its page. Whom it tells is nobody's business here: only how many."""

    name: str
    asks: str
    search: str
    feed: str
    every: str
    at: str | None
    timezone: str | None
    per: str
    state: str
    broken: str | None
    targets: int
    found: int
    told: int
    waiting: int
    undelivered: int
    latest: datetime | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class SavedSearches:
    """All saved searches by name."""

    items: tuple[SavedLine, ...]


@router.get("/saved.json")
def saved_json(_: NoParameters, database: TheDatabase) -> SavedSearches:
    """Return the list as JSON."""
    with database.read() as connection:
        return SavedSearches(tuple(_line(connection, one) for one in list_saved(connection)))


@router.get("/saved.csv")
def saved_table(_: NoParameters, database: TheDatabase) -> Response:
    """Return the list as CSV."""
    return csv_response("newsdesk-saved", SavedLine.__slots__, map(row, saved_json(_, database).items))


@router.get("/saved")
def saved_page(_: NoParameters, database: TheDatabase, request: Request) -> Response:
    """Return the saved searches."""
    return render(request, "saved.html", found=saved_json(_, database))


def parameters(query: Query) -> list[Pair]:
    """Return what a query asks as parameters of the search page."""
    found = [(name, getattr(query, field)) for name, field in _SINGLE.items()]
    pairs = [(name, str(value)) for name, value in found if value is not None]
    return pairs + [(name, value) for name, field in _LISTS.items() for value in getattr(query, field)]


def _line(connection: sa.Connection, saved: Saved) -> SavedLine:
    told, pairs = read_told(connection, saved), parameters(saved.query)
    state = "broken" if saved.broken else "paused" if saved.paused_at else "watching"
    return SavedLine(
        name=saved.name,
        asks=" · ".join(value if name == "q" else f"{name} {value}" for name, value in pairs) or "all articles",
        search=address("/", [*pairs, ("sort", "date")]),
        feed=address(f"/saved/{saved.name}.rss"),
        state=state,
        targets=len(saved.targets),
        **{name: getattr(saved, name) for name in ("every", "at", "timezone", "per", "broken", "created_at")},
        **{name: getattr(told, name) for name in ("found", "told", "waiting", "undelivered", "latest")},
    )
