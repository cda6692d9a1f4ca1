"""Options and arguments that several commands share, with what a shell completes them to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.completion import source_names
from crawler.commands.rendering import Format, TextFormat
from crawler.commands.times import parse_time

if TYPE_CHECKING:
    import sqlalchemy as sa

    from storage.search import Query
    from storage.types import StoredArticle

SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source (repeatable).", autocompletion=source_names),
]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Published at or after: 2026-11-01, yesterday, 7d.")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Published before the end of this day, or this time.")
]
LanguageOption = Annotated[str | None, typer.Option("--language", metavar="CODE", help="ISO 639-1 code, e.g. de.")]
AuthorOption = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="The beginning of a part of an author's name.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
TextFormatOption = Annotated[TextFormat, typer.Option("--format", help="How to print.")]
ArticleArgument = Annotated[str, typer.Argument(help="An article's id, or any URL that leads to it.")]


def query_of(
    text: str | None,
    source: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    language: str | None = None,
    author: str | None = None,
    limit: int | None = None,
) -> Query:
    """Return the query that these options ask for. Raises UsageError."""
    from storage.search import Query

    return Query(
        text=text,
        sources=tuple(source or ()),
        since=parse_time(since, "--since"),
        until=parse_time(until, "--until", end=True),
        languages=(language,) if language is not None else (),
        author=author,
        limit=limit,
        sort="date",
    )


def find_named(connection: sa.Connection, article: str) -> StoredArticle:
    """Return the article that an id or URL names. Raises UsageError for neither, FailureError when none is stored."""
    from pipelines.hosts import host_of
    from pipelines.urls import url_key
    from storage.articles import find_article, get_article
    from storage.errors import FailureError, UsageError

    found: StoredArticle | None
    if article.isdecimal() and len(article) < 19:
        found = get_article(connection, int(article))
    elif host_of(article):
        found = find_article(connection, url_key(article))
    else:
        raise UsageError(f"{article!r} is neither an article's id nor a URL")
    if found is None:
        hint = f"; `newsdesk why {article}` tells its fate" if not article.isdecimal() else ""
        raise FailureError(f"no article {article} is stored{hint}")
    return found
