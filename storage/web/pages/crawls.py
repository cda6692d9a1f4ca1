"""The pages of the crawl log: crawls with their outcomes, and one with its attempts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from storage.web.api import crawls as api
from storage.web.asking import LARGEST_ID
from storage.web.deps import TheDatabase
from storage.web.pages.rendering import here_of, render
from storage.web.pages.twins import csv_response, row

MOST_ROWS = 10_000
CRAWL = (
    "id", "kind", "subject", "state", "started_at", "finished_at", "requests", "bytes", "links_found", "links_new",
    "outcomes", "note",
)  # fmt: skip
ATTEMPT = (
    "id", "at", "url", "outcome", "reason", "detail", "status", "final_url", "bytes", "millis", "found", "new",
)  # fmt: skip
GOOD = ("stored", "revised", "unchanged", "alias", "joined", "polled", "not-modified")
OUTCOMES = (*GOOD, "dropped", "deferred", "gone", "failed", "poll-failed")
router = APIRouter(include_in_schema=False)
router.get("/crawls.json")(api.list_crawls)
router.get("/crawls/{crawl_id}.json")(api.one_crawl)
CrawlId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class TableParameters(api.PageParameters):
    """Crawls as a table."""

    limit: int = Field(1_000, ge=1, le=MOST_ROWS)


class AttemptsTableParameters(api.AttemptsParameters):
    """Attempts as a table."""

    limit: int = Field(1_000, ge=1, le=MOST_ROWS)


class PageParameters(api.PageParameters):
    """A page of crawls."""

    limit: int = Field(50, ge=1, le=100)


class AttemptsPageParameters(api.AttemptsParameters):
    """A page of attempts."""

    limit: int = Field(50, ge=1, le=100)


@router.get("/crawls.csv")
def crawls_table(asked: Annotated[TableParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return the log of crawls as CSV, newest first."""
    found = api.list_crawls(asked, database, request, Response())
    link = here_of(request).to(cursor=found.next_cursor) if found.next_cursor else None
    return csv_response("newsdesk-crawls", CRAWL, (row(one) for one in found.items), link)


@router.get("/crawls/{crawl_id}.csv")
def attempts_table(
    crawl_id: CrawlId, asked: Annotated[AttemptsTableParameters, Query()], database: TheDatabase, request: Request
) -> Response:
    """Return the attempts of a crawl as CSV, newest first."""
    found = api.one_crawl(crawl_id, asked, database, request, Response())
    link = here_of(request).to(cursor=found.next_cursor) if found.next_cursor else None
    return csv_response(f"newsdesk-crawl-{crawl_id}", ATTEMPT, (row(one) for one in found.attempts), link)


@router.get("/crawls")
def crawls_page(asked: Annotated[PageParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return the log of crawls, newest first."""
    found = api.list_crawls(asked, database, request, Response())
    return render(request, "crawls.html", found=found, outcomes=OUTCOMES, good=GOOD)


@router.get("/crawls/{crawl_id}")
def crawl_page(
    crawl_id: CrawlId, asked: Annotated[AttemptsPageParameters, Query()], database: TheDatabase, request: Request
) -> Response:
    """Return a crawl with what its attempts came to."""
    found = api.one_crawl(crawl_id, asked, database, request, Response())
    return render(request, "crawl.html", found=found, asked=asked, outcomes=OUTCOMES, good=GOOD)
