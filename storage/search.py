"""Find articles: full text and filters behind one Query, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from storage.articles import as_article, select_articles
from storage.errors import UsageError
from storage.querytext import Parsed, Term, parse_query, to_fts5, to_tsquery
from storage.schema import article_time, articles, sources
from storage.searchtext import words
from storage.snippets import Span, marks, snippet
from storage.types import StoredArticle

COLUMN_WEIGHTS = "5.0, 2.0, 1.0"
"""What a word counts in the headline, among the authors, in the body (bm25 on SQLite)."""
CHUNK = 200
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_].*)?")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Without `text` all articles match. `since` is inclusive, `until` exclusive.

    The date of an article is its publication, or when it was first seen if it has none. `author` is the beginning
    of a part of a name, whatever its case and diacritics. `sort` is relevance (only with `text`) | date.
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
    """An article that was found. `score` grows with relevance and is 0 without a text.

    `marks` and `headline_marks` say where the words asked for stand in `snippet` and in the headline.
    """

    article: StoredArticle
    score: float
    snippet: str
    marks: tuple[Span, ...] = ()
    headline_marks: tuple[Span, ...] = ()


def search(connection: sa.Connection, query: Query) -> list[Hit]:
    """Return what matches, best or newest first. Raises UsageError for a query that cannot be understood."""
    parsed = _parse(query)
    statement = _ordered(_matching(connection, query, parsed), query)
    scores = {row.id: row.score for row in connection.execute(statement.limit(query.limit).offset(query.offset))}
    terms = parsed.terms() if parsed is not None and query.text is not None else []
    return [_hit(article, scores[article.id], terms) for article in _load(connection, list(scores))]


def _hit(article: StoredArticle, score: float, terms: Sequence[Term]) -> Hit:
    shown = snippet(article.body, terms)
    return Hit(article, float(score), shown, marks(shown, terms), marks(article.headline, terms, "headline"))


def count(connection: sa.Connection, query: Query) -> int:
    """Return how many articles match, whatever the limit."""
    inner = _matching(connection, query, _parse(query)).with_only_columns(articles.c.id).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())


def stream(connection: sa.Connection, query: Query) -> Iterator[StoredArticle]:
    """Yield what matches in the order of ids, a few at a time: for exports of any size."""
    matching = _matching(connection, query, _parse(query)).with_only_columns(articles.c.id)
    statement = matching.order_by(articles.c.id).limit(query.limit).offset(query.offset)
    ids = connection.execute(statement, execution_options={"yield_per": CHUNK}).scalars()
    while chunk := list(islice(ids, CHUNK)):
        yield from _load(connection, chunk)


def _load(connection: sa.Connection, ids: Sequence[int]) -> Iterator[StoredArticle]:
    """Yield the articles with these ids, in this order: only what is shown is read whole."""
    for at in range(0, len(ids), CHUNK):
        chunk = ids[at : at + CHUNK]
        rows = {row.id: row for row in connection.execute(select_articles().where(articles.c.id.in_(chunk)))}
        yield from (as_article(rows[number]) for number in chunk)


def _parse(query: Query) -> Parsed | None:
    """Return the text and the author as one query of the index, None when neither is asked for."""
    parsed = parse_query(query.text) if query.text is not None else None
    if query.author is None:
        return parsed
    name = tuple(words(query.author))
    if not name:
        raise UsageError(f"the author {query.author!r} has no letter in it")
    author = (Term(name, "author", prefix=True),)
    return replace(parsed, all_of=(*parsed.all_of, author)) if parsed else Parsed((author,))


def _matching(connection: sa.Connection, query: Query, parsed: Parsed | None) -> sa.Select[Any]:
    """Return the SELECT of id and score of what matches."""
    statement: sa.Select[Any] = sa.select(articles.c.id)
    if parsed is None:
        statement = statement.add_columns(sa.literal(0.0).label("score"))
    elif connection.dialect.name == "postgresql":
        statement = _on_postgresql(statement, parsed)
    else:
        statement = _on_sqlite(statement, parsed)
    if query.sources:
        statement = statement.where(articles.c.source_id.in_(_source_ids(connection, query.sources)))
    if query.since is not None:
        statement = statement.where(article_time() >= query.since)
    if query.until is not None:
        statement = statement.where(article_time() < query.until)
    if query.language is not None:
        statement = statement.where(articles.c.language == _language(query.language))
    return statement


def _on_sqlite(statement: sa.Select[Any], parsed: Parsed) -> sa.Select[Any]:
    table = sa.table("articles_fts", sa.column("rowid"))
    matches = sa.text("articles_fts MATCH :match").bindparams(match=to_fts5(parsed))
    score: sa.ColumnElement[float] = sa.literal_column(f"-bm25(articles_fts, {COLUMN_WEIGHTS})")
    joined = statement.join(table, table.c.rowid == articles.c.id)
    return joined.where(matches).add_columns(score.label("score"))


def _on_postgresql(statement: sa.Select[Any], parsed: Parsed) -> sa.Select[Any]:
    table = sa.table("articles_fts", sa.column("article_id"), sa.column("document"))
    wanted = sa.cast(sa.literal(to_tsquery(parsed)), TSQUERY)
    score = sa.func.ts_rank(table.c.document, wanted, 1).label("score")
    joined = statement.join(table, table.c.article_id == articles.c.id)
    return joined.where(table.c.document.op("@@")(wanted)).add_columns(score)


def _source_ids(connection: sa.Connection, names: Sequence[str]) -> list[int]:
    known = {row.name: row.id for row in connection.execute(sa.select(sources.c.name, sources.c.id))}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1) or sorted(known)[:10]
            raise UsageError(f"no source {name!r} is stored; known: {', '.join(near) or 'none yet'}")
    return [known[name] for name in names]


def _language(code: str) -> str:
    found = _LANGUAGE.fullmatch(code.strip())
    if found is None:
        raise UsageError(f"the language {code!r} is not an ISO 639-1 code such as en or de")
    return found.group(1).lower()


def _ordered(statement: sa.Select[Any], query: Query) -> sa.Select[Any]:
    newest = (article_time().desc(), articles.c.id.desc())
    if query.text is None or query.sort == "date":
        return statement.order_by(*newest)
    return statement.order_by(sa.text("score DESC"), *newest)
