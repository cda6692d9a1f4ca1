"""Keep the full-text table in step with the articles: FTS5 on SQLite, tsvector on PostgreSQL.

Both get the words of `storage.searchtext` and the tokens of `storage.stemming`. On PostgreSQL the tsvector is written
out here, so that no parser, dictionary or locale of the server has a say in what a word is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.schema_search import search_languages
from storage.searchtext import words
from storage.stemming import STEMMERS, label_tokens, stem_tokens
from storage.upsert import insert_ignore

COLUMNS = ("headline", "author", "labels", "body", "headline_stems", "body_stems")
"""The columns on SQLite, in order; labels are sections and tags."""
WEIGHTS = {"headline": "A", "author": "B", "body": "D"}
"""The tsvector weight that marks each field that can be asked for."""
_WEIGHT = WEIGHTS | {"labels": "C", "headline_stems": "A", "body_stems": "D"}
TSVECTOR_BYTES = 1_000_000
"""PostgreSQL takes 1 MB a tsvector: of a longer text the rest is not indexed."""
TSVECTOR_POSITIONS = 255
LAST_POSITION = 16_383
GAP = 8
"""Positions left free between fields, so that no phrase reaches from one into the next."""
BATCH = 500

_SQLITE_DELETE = sa.text("DELETE FROM articles_fts WHERE rowid = :id")
_DELETE = {
    "sqlite": _SQLITE_DELETE,
    "postgresql": sa.text("DELETE FROM articles_fts WHERE article_id = :id"),
}
_SQLITE_INSERT = sa.text(
    f"INSERT INTO articles_fts (rowid, {', '.join(COLUMNS)}) VALUES (:id, {', '.join(f':{name}' for name in COLUMNS)})"
)
_POSTGRESQL_UPSERT = sa.text(
    "INSERT INTO articles_fts (article_id, document) VALUES (:id, CAST(:document AS tsvector)) "
    "ON CONFLICT (article_id) DO UPDATE SET document = excluded.document"
)


@dataclass(frozen=True, slots=True)
class Indexed:
    """What of an article is searched by words."""

    headline: str
    authors: Sequence[str]
    body: str
    language: str | None = None
    section: str | None = None
    tags: Sequence[str] = ()

    def columns(self) -> dict[str, list[str]]:
        """Return the words and tokens of each of COLUMNS."""
        return {
            "headline": words(self.headline),
            "author": words(" ".join(self.authors)),
            "labels": label_tokens(self.section, self.tags),
            "body": words(self.body),
            "headline_stems": stem_tokens(self.headline, self.language),
            "body_stems": stem_tokens(self.body, self.language),
        }


def index(connection: sa.Connection, article_id: int, text: Indexed) -> None:
    """Index the article's present text, in place of an earlier one."""
    if text.language in STEMMERS:
        connection.execute(insert_ignore(connection, search_languages).values(language=text.language))
    if connection.dialect.name == "postgresql":
        connection.execute(_POSTGRESQL_UPSERT, _document(article_id, text))
        return
    connection.execute(_SQLITE_DELETE, {"id": article_id})
    connection.execute(_SQLITE_INSERT, _row(article_id, text))


def forget(connection: sa.Connection, article_id: int) -> None:
    """Take an article out of the index."""
    connection.execute(_DELETE[connection.dialect.name], {"id": article_id})


def index_all(connection: sa.Connection, rows: Iterator[tuple[int, Indexed]]) -> int:
    """Index many articles that the index does not hold yet; return how many."""
    is_server = connection.dialect.name == "postgresql"
    statement, values = (_POSTGRESQL_UPSERT, _document) if is_server else (_SQLITE_INSERT, _row)
    languages: set[str] = set()
    batch: list[dict[str, object]] = []
    number = 0
    for article_id, text in rows:
        number += 1
        batch.append(values(article_id, text))
        languages |= {text.language} if text.language in STEMMERS else set()
        if len(batch) == BATCH:
            connection.execute(statement, batch)
            batch = []
    if batch:
        connection.execute(statement, batch)
    if languages:
        rows_of = [{"language": language} for language in sorted(languages)]
        connection.execute(insert_ignore(connection, search_languages), rows_of)
    return number


def _row(article_id: int, text: Indexed) -> dict[str, object]:
    return {"id": article_id} | {name: " ".join(found) for name, found in text.columns().items()}


def _document(article_id: int, text: Indexed) -> dict[str, object]:
    fields = [(found, _WEIGHT[name]) for name, found in text.columns().items()]
    return {"id": article_id, "document": tsvector(fields)}


def tsvector(fields: Sequence[tuple[Sequence[str], str]]) -> str:
    """Return words with their weights in PostgreSQL's notation of a tsvector, as many as it takes."""
    places: dict[str, list[str]] = {}
    position = size = 0
    for found, weight in fields:
        for word in found:
            position = min(position + 1, LAST_POSITION)
            own = places.get(word)
            if own is None:
                size += len(word.encode()) + 4
                own = places[word] = []
            if len(own) < TSVECTOR_POSITIONS:
                size += 2
                own.append(f"{position}{weight}")
            if size > TSVECTOR_BYTES:
                return _notation(places)
        position += GAP
    return _notation(places)


def _notation(places: dict[str, list[str]]) -> str:
    return " ".join(f"{word}:{','.join(own)}" for word, own in places.items())
