"""Feeds of any search: /feed.json, /feed.rss and /feed.atom take the parameters of the search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from storage import search as searching
from storage.saved import saved_query
from storage.views_articles import last_changes
from storage.web.api.told import PROBLEMS
from storage.web.asking import MOST, Asked, Parameters, parted
from storage.web.deps import TheDatabase, base_address
from storage.web.feeds import atom, jsonfeed, rss
from storage.web.feeds.entries import Feed, make_feed
from storage.web.problems import ProblemError
from storage.web.security import now_utc

router = APIRouter(tags=["feeds"])
Format = Literal["json", "rss", "atom"]
WRITERS: dict[str, tuple[str, Callable[[Feed], bytes]]] = {
    "json": (jsonfeed.MEDIA_TYPE, jsonfeed.write_json_feed),
    "rss": (rss.MEDIA_TYPE, rss.write_rss),
    "atom": (atom.MEDIA_TYPE, atom.write_atom),
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    200: {"content": {media_type: {} for media_type, _ in WRITERS.values()}, "description": "The feed."},
}
OF_THE_FEED = ("limit", "include")
"""Parameters that the page of the search does not have."""


class SavedParameters(Parameters):
    """How much of a saved search is in its feed."""

    limit: int = Field(50, ge=1, le=MOST, description="The most articles.")
    include: Annotated[list[Literal["body"]], BeforeValidator(parted)] = Field([], description="body: the whole texts.")


class FeedParameters(Asked):
    """A search as a feed: the newest first."""

    sort: Literal["relevance", "date"] = Field("date", description="Newest first, or most relevant first.")
    limit: int = Field(50, ge=1, le=MOST, description="The most articles.")
    include: Annotated[list[Literal["body"]], BeforeValidator(parted)] = Field([], description="body: the whole texts.")


@router.get("/feed.{format}", summary="Any search as a feed", response_class=Response, responses=ANSWERS)
def feed(
    format: Annotated[Format, Path(description="JSON Feed 1.1, RSS 2.0 or Atom.")],
    asked: Annotated[FeedParameters, Query()],
    database: TheDatabase,
    request: Request,
) -> Response:
    """Return what a search finds as a feed; without parameters the newest articles."""
    query = asked.query(now_utc())
    page = _address("/", [pair for pair in request.query_params.multi_items() if pair[0] not in OF_THE_FEED])
    with database.read() as connection:
        hits, changed = read_hits(connection, query)
    return feed_response(request, hits, changed, feed_title(asked), page, format, with_body="body" in asked.include)


@router.get("/saved/{name}.{format}", summary="A saved search as a feed", response_class=Response, responses=ANSWERS)
def saved_feed(
    name: Annotated[str, Path(max_length=200, description="The saved search's name.")],
    format: Annotated[Format, Path(description="JSON Feed 1.1, RSS 2.0 or Atom.")],
    asked: Annotated[SavedParameters, Query()],
    database: TheDatabase,
    request: Request,
) -> Response:
    """Return what a saved search finds as a feed, the newest first."""
    with database.read() as connection:
        query = saved_query(connection, name) if "\0" not in name else None
        if query is None:
            raise ProblemError(404, f"there is no saved search {name!r}")
        hits, changed = read_hits(connection, replace(query, sort="date", limit=asked.limit, now=now_utc()))
    title = f"newsdesk: {name}"
    return feed_response(request, hits, changed, title, "/saved", format, with_body="body" in asked.include)


Found = tuple[tuple[searching.Hit, ...], dict[int, datetime]]


def read_hits(connection: sa.Connection, query: searching.Query) -> Found:
    """Return what a search finds, and when its articles have changed last, by id."""
    hits = searching.search(connection, query).hits
    return hits, last_changes(connection, [hit.article.id for hit in hits])


def feed_response(
    request: Request,
    hits: Sequence[searching.Hit],
    changed: Mapping[int, datetime],
    title: str,
    page: str,
    format: str,
    *,
    with_body: bool = False,
) -> Response:
    """Return a feed of what was found. `page` is the path of the page that shows the same."""
    base = base_address(request)
    found = make_feed(
        title=title,
        address=_address(f"{base}{request.scope['path']}", request.query_params.multi_items()),
        page=f"{base}{page}",
        base=base,
        hits=hits,
        changed=changed,
        with_body=with_body,
    )
    media_type, write = WRITERS[format]
    headers = {"Last-Modified": format_datetime(found.updated, usegmt=True)}
    return Response(write(found), headers=headers, media_type=media_type)


def _address(path: str, parameters: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


def feed_title(asked: Asked) -> str:
    """Return what a search is called."""
    silent = {"q", "sort", "limit", "include", "collapse"}
    named = {name: value for name, value in asked.model_dump(exclude_defaults=True, mode="json").items() if value}
    parts = [named.pop("q")] if "q" in named else []
    for name, value in named.items():
        if name not in silent:
            parts.append(f"{name} {', '.join(value) if isinstance(value, list) else value}")
    return f"newsdesk: {' · '.join(parts) or 'all articles'}"
