"""The page of an article, as a reader wants it and as a researcher checks it; and what changed in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from storage.articles import read_revisions
from storage.dossier import read_dossier
from storage.removals import read_removed
from storage.schema import sources
from storage.story_views import Story, read_story
from storage.types import Revision, StoredArticle
from storage.web.api import articles as api
from storage.web.asking import LARGEST_ID, Parameters
from storage.web.comparing import Changes, compare_articles, compare_revisions
from storage.web.deps import TheAbilities, TheDatabase
from storage.web.feeds.texts import web_address
from storage.web.pages.rendering import here_of, render
from storage.web.pages.texts import blocks
from storage.web.pages.twins import csv_response

MOST_TELLINGS = 12
TABLE = ("revision", "seen_at", "headline", "authors", "date_modified", "changes", "body")
router = APIRouter(include_in_schema=False)
router.get("/articles/{article_id}.json")(api.one_article)
router.get("/articles/{article_id}/diff.json")(api.diff)
router.get("/articles/{article_id}/revisions.json")(api.revisions)
ArticleId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class ArticleParameters(Parameters):
    """How an article is shown: with its picture from the outlet; with the lines that were taken out."""

    images: bool = Field(False)
    original: bool = Field(False)


class DiffParameters(api.DiffParameters):
    """Which versions are compared, and whether paragraphs that are the same are shown."""

    all: bool = Field(False)


@router.get("/articles/{article_id}/revisions.csv")
def revisions_table(article_id: ArticleId, database: TheDatabase, request: Request) -> Response:
    """Return the versions of an article as CSV."""
    with database.read() as connection:
        found = read_revisions(connection, api.article_here(connection, article_id, request).id)
    rows = ({name: getattr(one, name) for name in TABLE} for one in found)
    return csv_response(f"newsdesk-article-{article_id}", TABLE, rows)


@router.get("/articles/{article_id}")
def article_page(
    article_id: ArticleId, asked: Annotated[ArticleParameters, Query()], database: TheDatabase, request: Request
) -> Response:
    """Return an article with its text, where its facts come from, and what is known around it."""
    with database.read() as connection:
        found = api.article_here(connection, article_id, request)
        removed = read_removed(connection, found.id)
        story = read_story(connection, found.story_id) if found.story_id is not None else None
        shown: dict[str, Any] = {
            "removed": removed,
            "dossier": read_dossier(connection, found.id),
            "revisions": _versions(connection, found.id),
            "story": story,
            "tellings": _around(story, found.id),
            "source_title": _title(connection, found.source),
        }
    return render(
        request,
        "article.html",
        with_images=asked.images,
        article=found,
        asked=asked,
        blocks=blocks(found.body, removed if asked.original else ()),
        image=picture(found.main_image),
        **shown,
    )


@router.get("/articles/{article_id}/diff")
def diff_page(
    article_id: ArticleId,
    asked: Annotated[DiffParameters, Query()],
    database: TheDatabase,
    abilities: TheAbilities,
    request: Request,
) -> Response:
    """Return what lies between two versions of an article, or between two articles."""
    other: StoredArticle | None = None
    versions: tuple[Revision, ...] = ()
    with database.read() as connection:
        found = api.article_here(connection, article_id, request)
        if asked.other is None:
            versions = tuple(read_revisions(connection, found.id))
        else:
            other = api.stored_article(connection, asked.other)
    if other is not None:
        between = compare_articles(abilities, found, other)
    else:
        between = compare_revisions(abilities, found.id, versions, asked.old, asked.new)
    return render(
        request,
        "diff.html",
        article=found,
        other=other,
        versions=versions,
        between=between,
        runs=runs(between, with_all=asked.all),
        asked=asked,
        twin=here_of(request).twin("json", "all"),
    )


def picture(url: str | None) -> str | None:
    """Return the address of a picture that a page may load: over https alone."""
    address = web_address(url)
    return address if address is not None and address.lower().startswith("https:") else None


def runs(between: Changes, *, with_all: bool) -> list[tuple[Any, int]]:
    """Return the paragraphs to be shown: (paragraph, 0), and (None, how many) where equal ones are left out.

    A paragraph next to one that has changed is always shown.
    """
    found: list[tuple[Any, int]] = []
    kinds = [line.kind for line in between.lines]
    for place, line in enumerate(between.lines):
        if with_all or any(kind != "same" for kind in kinds[max(place - 1, 0) : place + 2]):
            found.append((line, 0))
        elif found and found[-1][0] is None:
            found[-1] = (None, found[-1][1] + 1)
        else:
            found.append((None, 1))
    return found


def _versions(connection: sa.Connection, article_id: int) -> list[Revision]:
    """Return the versions of an article, the latest first."""
    return list(read_revisions(connection, article_id))[::-1]


def _around(story: Story | None, article_id: int) -> list[tuple[Any, datetime]]:
    """Return other tellings of a story, the first ones, each with when it appeared."""
    told = [one for one in story.tellings if one.article_id != article_id] if story is not None else []
    return [(one, one.appeared.at) for one in told[:MOST_TELLINGS]]


def _title(connection: sa.Connection, name: str) -> str:
    """Return what people call a source."""
    return str(connection.execute(sa.select(sources.c.title).where(sources.c.name == name)).scalar() or name)
