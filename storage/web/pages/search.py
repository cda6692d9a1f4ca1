"""The search page, and its CSV: what was found, what it can be narrowed by, and when it was published."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from storage import search as searching
from storage.errors import UsageError
from storage.export.fields import NAMES, record
from storage.schema import articles, sources
from storage.search import Results
from storage.web.api.articles import search_articles
from storage.web.asking import Asked, parted
from storage.web.deps import TheDatabase
from storage.web.feeds import feed_title
from storage.web.pages import charts
from storage.web.pages.counts import Counted, Kept, bars, count_beside
from storage.web.pages.rendering import here_of, render
from storage.web.pages.twins import csv_response
from storage.web.security import now_utc

MOST_ROWS = 1_000
ADDED = ("story_outlets", "story_articles", "snippet")
router = APIRouter(include_in_schema=False)
router.get("/search.json")(search_articles)


class PageParameters(Asked):
    """A page of a search."""

    cursor: str | None = Field(None)


class TableParameters(PageParameters):
    """A search as a table."""

    limit: int = Field(1_000, ge=1, le=MOST_ROWS)
    include: Annotated[list[Literal["body"]], BeforeValidator(parted)] = Field([])


@router.get("/search.csv")
def search_table(asked: Annotated[TableParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return what a search finds as CSV."""
    query = asked.query(now_utc(), asked.cursor)
    with database.read() as connection:
        found = searching.search(connection, query)
    columns = [name for name in NAMES if name != "body" or "body" in asked.include] + list(ADDED)
    rows = (record(hit.article) | {name: getattr(hit, name) for name in ADDED} for hit in found)
    link = here_of(request).to(cursor=found.next_cursor) if found.next_cursor else None
    return csv_response("newsdesk-search", columns, rows, link)


@router.get("/")
@router.get("/search")
def search_page(asked: Annotated[PageParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return what matches, best or newest first; without words the newest articles."""
    now, here = now_utc(), replace(here_of(request), path="/")
    names: dict[str, Any] = {"asked": asked, "here": here, "title": feed_title(asked).removeprefix("newsdesk: ")}
    names |= {"watched": watched(asked), "may_save": may_save(asked)}
    try:
        query = asked.query(now, asked.cursor)
        with database.read() as connection:
            results = searching.search(connection, query)
            counted = _counted(request, connection, query)
            is_empty = not results.hits and _is_empty(connection)
    except UsageError as error:
        empty: dict[str, Any] = {
            "results": Results((), 0),
            "counted": None,
            "chart": None,
            "by": "day",
            "is_empty": False,
        }
        return render(request, "search.html", status=400, error=str(error), **empty, **names)
    by, values = bars(counted, query, now, here)
    chart = charts.bar_chart(values, by=by) if len(values) > 1 else None
    return render(
        request, "search.html", results=results, counted=counted, chart=chart, by=by, is_empty=is_empty, **names
    )


def may_save(asked: Asked) -> bool:
    """Tell whether a search has words or filters that can be saved: dates are not, since what comes is of later."""
    return any((asked.q, asked.source, asked.language, asked.section, asked.tag, asked.author)) or any(
        (asked.access, asked.kind, asked.story)
    )


def watched(asked: Asked) -> str:
    """Return the arguments by which `newsdesk watch add` saves a search, "" when it has none for what is asked."""
    if any((asked.section, asked.tag, asked.author, asked.access, asked.kind, asked.story, asked.since, asked.until)):
        return ""
    named = [("--source", one) for one in asked.source] + [("--language", one) for one in asked.language]
    text = asked.q or ""
    # A word that is left out must not look like an option.
    words = shlex.quote(f" {text}" if text.startswith("-") else text)
    return " ".join([words, *(f"{option} {shlex.quote(value)}" for option, value in named)])


def _counted(request: Request, connection: sa.Connection, query: searching.Query) -> Counted:
    kept: Kept[searching.Query, Counted] = request.app.state.counted
    key = replace(query, after=None, now=None, limit=None, sort="date")
    return kept.get(key, lambda: count_beside(connection, query, query.now or now_utc()))


def _is_empty(connection: sa.Connection) -> str:
    """Tell whether nothing can be found because nothing is there: "sources", "articles", or "" when there is."""
    if connection.execute(sa.select(articles.c.id).limit(1)).first() is not None:
        return ""
    return "articles" if connection.execute(sa.select(sources.c.id).limit(1)).first() is not None else "sources"
