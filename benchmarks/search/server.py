"""The same articles and questions on a PostgreSQL server: a database of its own, dropped at the end."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from benchmarks.search.corpus import BATCH, NAMES, Made
from benchmarks.search.measure import Times, cases, deep, timed, with_facets
from benchmarks.search.questions import Questions
from storage.fulltext import Indexed, index_all
from storage.search import Query, facets, search
from storage.store import open_store

NAME = "newsdesk_bench_search"
BARE = sa.text(
    "SELECT article_id FROM articles_fts, plainto_tsquery('simple', :text) AS asked WHERE document @@ asked "
    "ORDER BY ts_rank(document, asked) DESC LIMIT 20"
)


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make an empty database on a server and yield its URL; drop it at the end."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {NAME}")
    try:
        yield sa.make_url(server).set(database=NAME).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {NAME} WITH (FORCE)")
        engine.dispose()


def copy(made: Made, url: str, number: int) -> float:
    """Copy the first articles of a SQLite file with all that search reads; return the seconds that it took."""
    began = perf_counter()
    store = open_store(url)
    with store.begin() as connection, closing(sqlite3.connect(made.path)) as source:
        connection.exec_driver_sql("DROP INDEX ix_articles_fts_document")
        _copy(connection, source, "sources", ("id", "name", "title", "declared", "enabled", "first_seen"))
        _copy(connection, source, "stories", ("id", "first_seen", "articles", "outlets"))
        _copy(connection, source, "articles", NAMES, f"WHERE id <= {number} ORDER BY id")
        index_all(connection, _texts(source, number))
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        connection.exec_driver_sql("CREATE INDEX ix_articles_fts_document ON articles_fts USING gin (document)")
    store.close()
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
    return perf_counter() - began


def _copy(
    connection: sa.Connection, source: sqlite3.Connection, table: str, names: Sequence[str], rest: str = ""
) -> None:
    listed = ", ".join(names)
    driver: Any = connection.connection.cursor()
    with driver.copy(f"COPY {table} ({listed}) FROM STDIN") as out:
        for row in source.execute(f"SELECT {listed} FROM {table} {rest}"):
            out.write_row(
                [
                    bool(value) if name in ("declared", "enabled") else value
                    for name, value in zip(names, row, strict=True)
                ]
            )


def _texts(source: sqlite3.Connection, number: int) -> Iterator[tuple[int, Indexed]]:
    rows = source.execute(
        "SELECT id, headline, authors, body, language, section, tags FROM articles WHERE id <= ? ORDER BY id", (number,)
    )
    while batch := list(islice(rows, BATCH)):
        for one, headline, authors, body, language, section, tags in batch:
            yield one, Indexed(headline, json.loads(authors), body, language, section, json.loads(tags))


def measure_server(url: str, questions: Questions) -> list[Times]:
    """Return the times of the cases, the server's own ranking by ts_rank beside those of two words."""
    store = open_store(url)
    some = questions.pairs[:: max(1, len(questions.pairs) // 100)]
    try:
        return [
            timed("bare tsvector, two words", store, questions.pairs, _bare),
            timed("two words, facets", store, questions.pairs, with_facets),
            *(timed(name, store, some, ask) for name, ask in cases().items()),
            timed("phrase, facets", store, questions.phrases, with_facets),
            timed("prefix, facets", store, questions.prefixes, with_facets),
            timed("frequent words, facets", store, questions.frequent, with_facets),
            timed("ten pages", store, some[:20], lambda connection, text: deep(connection, text, "relevance")),
            timed("no words, newest", store, [""], lambda connection, _: search(connection, Query())),
            timed("no words, facets", store, [""], lambda connection, _: facets(connection, Query())),
        ]
    finally:
        store.close()


def _bare(connection: sa.Connection, text: str) -> None:
    connection.execute(BARE, {"text": text}).fetchall()
