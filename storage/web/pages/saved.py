"""The page of saved searches: what each asks, how often it tells, what it has found; each is a feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from pydantic import Field
from starlette.responses import Response

from storage.saved import Saved, list_saved, read_told
from storage.search import Query
from storage.web.asking import NoParameters, Parameters
from storage.web.deps import TheAbilities, TheDatabase
from storage.web.pages.links import Pair, address
from storage.web.pages.rendering import render
from storage.web.pages.twins import csv_response, row

router = APIRouter(include_in_schema=False)
_LISTS = {"source": "sources", "language": "languages", "section": "sections", "tag": "tags"}
_TIMES = ("created_at", "paused_at")
_SINGLE = {"q": "text", "author": "author", "access": "access", "kind": "kind", "story": "story"}


class ListParameters(Parameters):
    """What was done just now, and to which saved search."""

    done: Literal["saved", "paused", "resumed", "removed"] | None = None
    name: str | None = Field(None, max_length=200)


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
    paused_at: datetime | None


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
def saved_page(
    asked: Annotated[ListParameters, Parameter()], abilities: TheAbilities, database: TheDatabase, request: Request
) -> Response:
    """Return the saved searches, with what was done to one of them just now."""
    found = saved_json(Parameters(), database)
    line = next((one for one in found.items if one.name == asked.name), None)
    done = asked.done if asked.done is not None and is_so(asked.done, line) else None
    can = abilities.next_digest is not None
    return render(request, "saved.html", found=found, done=done, name=asked.name or "", can=can)


def is_so(done: str, line: SavedLine | None) -> bool:
    """Tell whether what an address says was done agrees with the list: anybody can write an address."""
    if line is None:
        return done == "removed"
    return done != "removed" and (line.paused_at is not None) == (done == "paused")


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
        **{name: getattr(saved, name) for name in ("every", "at", "timezone", "per", "broken", *_TIMES)},
        **{name: getattr(told, name) for name in ("found", "told", "waiting", "undelivered", "latest")},
    )
