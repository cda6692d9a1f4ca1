"""Find articles: full text and filters behind one Query, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.articles import as_article, select_articles
from storage.querytext import Parsed, parse_query, to_fts5, to_tsquery
from storage.schema import articles, sources
from storage.searchtext import fold
from storage.snippets import snippet
from storage.types import StoredArticle

HEADLINE_WEIGHT = 5.0
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Without `text` all articles match. `since` is inclusive, `until` exclusive.

    The date of an article is its publication, or when it was first seen if it has none. `author` is part of a
    name, whatever its case and diacritics. `sort` is relevance (only with `text`) | date.
    """

    text: str | None = None
    sources: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    language: str | None = None
    author: str | None = None
    limit: int | None = 20
    offset: int = 0
    sort: str = "relevance"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. `score` grows with relevance and is 0 without a text."""

    article: StoredArticle
    score: float
    snippet: str


def search(connection: sa.Connection, query: Query) -> list[Hit]:
    """Return what matches, best or newest first. Raises UsageError for a text that cannot be understood."""
    parsed = parse_query(query.text) if query.text is not None else None
    statement = _ordered(_statement(connection, query, parsed), query, parsed)
    rows = connection.execute(statement.limit(query.limit).offset(query.offset))
    terms = parsed.terms() if parsed else []
    return [Hit(as_article(row), float(row.score), snippet(row.body, terms)) for row in rows]


def count(connection: sa.Connection, query: Query) -> int:
    """Return how many articles match, whatever the limit."""
    parsed = parse_query(query.text) if query.text is not None else None
    inner = _statement(connection, query, parsed).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())


def stream(connection: sa.Connection, query: Query) -> Iterator[StoredArticle]:
    """Yield what matches in the order of ids, in chunks: for exports of any size."""
    parsed = parse_query(query.text) if query.text is not None else None
    statement = _statement(connection, query, parsed)
    after, left = 0, query.limit
    while left is None or left > 0:
        size = CHUNK if left is None else min(CHUNK, left)
        rows = connection.execute(statement.where(articles.c.id > after).order_by(articles.c.id).limit(size)).all()
        yield from (as_article(row) for row in rows)
        if len(rows) < size:
            return
        after = rows[-1].id
        left = left - size if left is not None else None


def when() -> sa.ColumnElement[Any]:
    """Return the expression for an article's date."""
    return sa.func.coalesce(articles.c.date_published, articles.c.first_seen)


def _statement(connection: sa.Connection, query: Query, parsed: Parsed | None) -> sa.Select[Any]:
    statement = select_articles()
    if parsed is None:
        statement = statement.add_columns(sa.literal(0.0).label("score"))
    elif connection.dialect.name == "postgresql":
        statement = _on_postgresql(statement, parsed)
    else:
        statement = _on_sqlite(statement, parsed)
    if query.sources:
        statement = statement.where(sources.c.name.in_(query.sources))
    if query.since is not None:
        statement = statement.where(when() >= query.since)
    if query.until is not None:
        statement = statement.where(when() < query.until)
    if query.language is not None:
        statement = statement.where(articles.c.language == query.language.lower())
    if query.author is not None:
        statement = statement.where(_has_author(connection, query.author))
    return statement


def _on_sqlite(statement: sa.Select[Any], parsed: Parsed) -> sa.Select[Any]:
    table = sa.table("articles_fts", sa.column("rowid"))
    matches = sa.text("articles_fts MATCH :match").bindparams(match=to_fts5(parsed))
    score: sa.Label[Any] = sa.literal_column(f"-bm25(articles_fts, {HEADLINE_WEIGHT}, 1.0)").label("score")
    return statement.join(table, table.c.rowid == articles.c.id).where(matches).add_columns(score)


def _on_postgresql(statement: sa.Select[Any], parsed: Parsed) -> sa.Select[Any]:
    table = sa.table("articles_fts", sa.column("article_id"), sa.column("document"))
    wanted = sa.cast(sa.literal(to_tsquery(parsed)), sa.dialects.postgresql.TSQUERY)
    score = sa.func.ts_rank(table.c.document, wanted, 1).label("score")
    joined = statement.join(table, table.c.article_id == articles.c.id)
    return joined.where(table.c.document.op("@@")(wanted)).add_columns(score)


def _has_author(connection: sa.Connection, author: str) -> sa.ColumnElement[bool]:
    """Match a folded part of an author's name. Folding is Python's, so the distinct author lists are asked first."""
    wanted = fold(author).strip()
    lists = connection.execute(sa.select(articles.c.authors).distinct().where(_not_empty(connection))).scalars()
    fitting = [names for names in lists if any(wanted in fold(name) for name in names)]
    return articles.c.authors.in_(fitting) if fitting else sa.false()


def _not_empty(connection: sa.Connection) -> sa.ColumnElement[bool]:
    return articles.c.authors != sa.literal([], articles.c.authors.type)


def _ordered(statement: sa.Select[Any], query: Query, parsed: Parsed | None) -> sa.Select[Any]:
    newest = (when().desc(), articles.c.id.desc())
    if parsed is None or query.sort == "date":
        return statement.order_by(*newest)
    return statement.order_by(sa.text("score DESC"), *newest)
