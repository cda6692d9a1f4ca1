"""Routes of articles: search, one article, its versions, what changed between them."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BeforeValidator, Field

from storage.articles import find_article, get_article, read_revisions
from storage.blocks import original
from storage.dossier import read_dossier
from storage.removals import read_removed
from storage.search import Facets, facets, search
from storage.types import StoredArticle
from storage.web.api.articles_told import Article, ArticlePage, Revisions, facts_of, found_article
from storage.web.api.told import next_link
from storage.web.asking import LARGEST_ID, AskedPage, Id, NoParameters, Parameters, parted
from storage.web.comparing import Changes, compare_articles, compare_revisions
from storage.web.deps import TheAbilities, TheDatabase, read_address
from storage.web.moved import MovedError
from storage.web.problems import ProblemError
from storage.web.security import now_utc

router = APIRouter(prefix="/articles", tags=["articles"])
ArticleId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The article's id.")]
Extra = Literal["aliases", "removed", "original", "revisions"]


class SearchParameters(AskedPage):
    """A page of a search, with or without the texts."""

    include: Annotated[list[Literal["body"]], BeforeValidator(parted)] = Field([], description="body: the whole texts.")


class ArticleParameters(Parameters):
    """What is told of one article beside its facts and text."""

    include: Annotated[list[Extra], BeforeValidator(parted)] = Field(
        [], description="With commas between them, or repeated."
    )


class UrlParameters(ArticleParameters):
    """One article by any address that leads to it."""

    url: str = Field(
        min_length=1, description="Any URL of the article: with tracking parameters, its AMP page, an earlier address."
    )


class DiffParameters(Parameters):
    """Which versions are compared: two revisions, or (`with`) the texts of two articles as they are now."""

    old: int | None = Field(None, alias="from", ge=1, le=10**6, description="The older revision.")
    new: int | None = Field(None, alias="to", ge=1, le=10**6, description="The newer revision; by default the last.")
    other: Id | None = Field(None, alias="with", description="The id of another article.")


@router.get("", summary="Search articles")
def search_articles(
    asked: Annotated[SearchParameters, Query()], database: TheDatabase, request: Request, response: Response
) -> ArticlePage:
    """Return what matches, best or newest first; without `q` the newest articles."""
    query = asked.query(now_utc(), asked.cursor)
    with database.read() as connection:
        results = search(connection, query)
        counted = facets(connection, query, asked.facets) if asked.facets else Facets({}, 0, True)
    next_link(request, response, results.next_cursor)
    return ArticlePage(
        items=tuple(found_article(hit, with_body="body" in asked.include) for hit in results),
        total=results.total,
        total_is_exact=results.total_is_exact,
        next_cursor=results.next_cursor,
        facets=dict(counted),
        facets_counted=counted.counted,
        facets_are_exact=counted.is_exact,
    )


@router.get("/by-url", summary="The article at a URL")
def article_by_url(
    asked: Annotated[UrlParameters, Query()], database: TheDatabase, abilities: TheAbilities, response: Response
) -> Article:
    """Return the article that this URL leads to; /links tells why there is none."""
    address = read_address(abilities, asked.url)
    with database.read() as connection:
        found = find_article(connection, address.key)
        if found is None:
            raise ProblemError(404, f"no article is stored of {asked.url[:200]}; /api/v1/links tells its fate")
        response.headers["Content-Location"] = f"/api/v1/articles/{found.id}"
        return _told(connection, found, asked.include)


@router.get("/{article_id}", summary="One article", responses={308: {"description": "It was joined into another one."}})
def one_article(
    article_id: ArticleId, asked: Annotated[ArticleParameters, Query()], database: TheDatabase, request: Request
) -> Article:
    """Return one article with its text."""
    with database.read() as connection:
        return _told(connection, article_here(connection, article_id, request), asked.include)


@router.get("/{article_id}/revisions", summary="The versions of an article")
def revisions(article_id: ArticleId, _: NoParameters, database: TheDatabase, request: Request) -> Revisions:
    """Return all versions with their texts, in order; none while the article has never changed."""
    with database.read() as connection:
        return Revisions(tuple(read_revisions(connection, article_here(connection, article_id, request).id)))


@router.get("/{article_id}/diff", summary="What changed, word by word")
def diff(
    article_id: ArticleId,
    asked: Annotated[DiffParameters, Query()],
    database: TheDatabase,
    abilities: TheAbilities,
    request: Request,
) -> Changes:
    """Return what lies between two versions of an article (by default the last two), or between two articles."""
    with database.read() as connection:
        found = article_here(connection, article_id, request)
        if asked.other is None:
            versions = read_revisions(connection, found.id)
        elif asked.old or asked.new:
            raise ProblemError(400, "with: compares the texts as they are now; leave from and to out")
        else:
            other = stored_article(connection, asked.other)
    if asked.other is not None:
        return compare_articles(abilities, found, other)
    return compare_revisions(abilities, found.id, versions, asked.old, asked.new)


def stored_article(connection: sa.Connection, article_id: int) -> StoredArticle:
    """Return the article with this id, or the one that it was joined into. Raises ProblemError for none."""
    found = get_article(connection, article_id)
    if found is None:
        raise ProblemError(404, f"there is no article {article_id}")
    return found


def article_here(connection: sa.Connection, article_id: int, request: Request) -> StoredArticle:
    """Return the article with this id. One that was joined into another is a redirect to that one."""
    found = stored_article(connection, article_id)
    if found.id != article_id:
        raise MovedError(request, article_id, found.id)
    return found


def _told(connection: sa.Connection, article: StoredArticle, include: list[Extra]) -> Article:
    removed = read_removed(connection, article.id) if {"removed", "original"} & set(include) else ()
    dossier = read_dossier(connection, article.id) if "aliases" in include else None
    return Article(
        **facts_of(article),
        body=article.body,
        aliases=dossier.addresses if dossier else None,
        joined=dossier.joined if dossier else None,
        removed=removed if "removed" in include else None,
        original=original(article.body, removed) if "original" in include else None,
        revisions=tuple(read_revisions(connection, article.id)) if "revisions" in include else None,
    )
