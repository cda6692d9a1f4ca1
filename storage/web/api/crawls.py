"""Routes of the crawling: the log of crawls, one with its attempts, the fate of a link, numbers of everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from storage.crawls import CrawlRecord
from storage.fate import Fate, fate
from storage.stats import Overview, overview
from storage.types import Outcome
from storage.views_crawls import LoggedAttempt, ReasonCount, attempt_page, crawl_page, crawl_reasons, read_crawl
from storage.web.api.told import next_link
from storage.web.asking import LARGEST_ID, MOST, NoParameters, Parameters
from storage.web.cursors import read_cursor, write_cursor
from storage.web.deps import TheAbilities, TheDatabase, read_address
from storage.web.problems import ProblemError

router = APIRouter()


class PageParameters(Parameters):
    """A page of a list."""

    limit: int = Field(20, ge=1, le=MOST, description="The most on a page.")
    cursor: str | None = Field(None, description="next_cursor of the page before.")


class AttemptsParameters(PageParameters):
    """A page of a crawl's attempts."""

    outcome: Outcome | None = Field(None, description="Only attempts that came to this.")


class LinkParameters(Parameters):
    """A URL."""

    url: str = Field(min_length=1, description="Any URL: an article's, a feed's, one that was never stored.")


@dataclass(frozen=True, slots=True)
class CrawlPage:
    """A page of crawls, newest first; `next_cursor` is null on the last."""

    items: tuple[CrawlRecord, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class WholeCrawl:
    """A crawl with its attempts, newest first, page by page. The log of attempts is kept for a time; `reasons` count
    what is still there.
    """

    crawl: CrawlRecord
    reasons: tuple[ReasonCount, ...]
    attempts: tuple[LoggedAttempt, ...]
    next_cursor: str | None


@router.get("/crawls", tags=["crawls"], summary="List crawls")
def list_crawls(
    asked: Annotated[PageParameters, Query()], database: TheDatabase, request: Request, response: Response
) -> CrawlPage:
    """Return the log of crawls, newest first."""
    below = read_cursor("crawls", asked.cursor, 1)
    with database.read() as connection:
        found, end = crawl_page(connection, asked.limit, below[0] if below else None)
    cursor = write_cursor("crawls", [end]) if end is not None else None
    next_link(request, response, cursor)
    return CrawlPage(tuple(found), cursor)


@router.get("/crawls/{crawl_id}", tags=["crawls"], summary="One crawl")
def one_crawl(
    crawl_id: Annotated[int, Path(ge=1, le=LARGEST_ID, description="The crawl's id.")],
    asked: Annotated[AttemptsParameters, Query()],
    database: TheDatabase,
    request: Request,
    response: Response,
) -> WholeCrawl:
    """Return a crawl with its attempts at channels and links."""
    about = f"crawl {crawl_id} {asked.outcome}"
    below = read_cursor(about, asked.cursor, 1)
    outcome = asked.outcome.value if asked.outcome is not None else None
    with database.read() as connection:
        crawl = read_crawl(connection, crawl_id)
        if crawl is None:
            raise ProblemError(404, f"there is no crawl {crawl_id} in the log")
        found, end = attempt_page(connection, crawl_id, asked.limit, below[0] if below else None, outcome)
        reasons = crawl_reasons(connection, crawl_id)
    cursor = write_cursor(about, [end]) if end is not None else None
    next_link(request, response, cursor)
    return WholeCrawl(crawl, tuple(reasons), tuple(found), cursor)


@router.get("/links", tags=["crawls"], summary="The fate of a URL")
def link(asked: Annotated[LinkParameters, Query()], database: TheDatabase, abilities: TheAbilities) -> Fate:
    """Return where a URL was found, each attempt at it, and what became of it."""
    address = read_address(abilities, asked.url)
    with database.read() as connection:
        found = fate(connection, address.url, address.key, address.host)
    if found is None:
        raise ProblemError(404, f"{asked.url[:200]} was never seen: no channel that was read lists it")
    return found


@router.get("/stats", tags=["stats"], summary="The database in numbers")
def stats(_: NoParameters, database: TheDatabase) -> Overview:
    """Return totals, and for each source what it gives."""
    with database.read() as connection:
        return overview(connection)
