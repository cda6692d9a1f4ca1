"""Put a synthetic past into a database at once: sorted batches on SQLite, COPY on PostgreSQL.

Article rows are of real size (the body is one of some hundred texts), since stories are read from them through SQLite's
overflow pages; they are not in the full-text index, which near-duplicates never touch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import sqlalchemy as sa

from benchmarks.dedup.background import ARTICLE, Background, Longs, Sketches
from benchmarks.dedup.databases import Database
from storage.channels import ensure_source
from storage.engine import sqlite_path

OUTLETS = 2_000
PAST = timedelta(days=40)
"""The whole past lies in the window."""
BATCH = 1_000_000
_ARTICLE = np.uint64((1 << int(ARTICLE)) - 1)
_ARTICLES = (
    "id",
    "url",
    "url_key",
    "outlet",
    "source_id",
    "headline",
    "authors",
    "date_published",
    "tags",
    "body",
    "word_count",
    "access",
    "kind",
    "content_hash",
    "first_seen",
    "last_fetched",
    "extractor",
)
_SKETCHES = ("article_id", "shingles", "bound", "numbers", "kept", "tails", "seen_at", "outlet", "strict", "waits")


def source_of(database: Database, now: datetime) -> int:
    """Return the source that the past's articles come from."""
    with database.store.begin() as connection:
        return ensure_source(connection, "past", now)


class Past:
    """The synthetic past of one database, as far as it has grown."""

    def __init__(self, database: Database, background: Background, source_id: int, now: datetime, most: int) -> None:
        self._database, self._background = database, background
        self._source_id, self._now, self._most = source_id, now, most
        with database.store.read() as connection:
            self._before: int = connection.execute(sa.text("SELECT coalesce(max(id), 0) FROM articles")).scalar_one()
        self.size = 0

    def grow(self, size: int) -> None:
        """Add articles until there are so many."""
        with self._database.store.read() as connection:
            first = connection.execute(sa.text("SELECT coalesce(max(id), 0) + 1 FROM articles")).scalar_one()
        number, self.size = size - self.size, size
        chunks = self._background.draw(first, number)
        if self._database.dialect == "sqlite":
            self._into_sqlite(chunks)
        else:
            self._into_postgresql(chunks)

    def _moment(self, article_id: int) -> datetime:
        share = (article_id - self._before) / (1.1 * self._most)
        return self._now - PAST * (1 - min(share, 0.99))

    def _rows(self, sketches: Sketches, is_text: bool) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """Yield each article's row and its sketch's; times as text where the database has them so."""
        bodies = self._background.bodies
        for one, shingles, bound, numbers, kept, tails in sketches.rows():
            outlet, moment = f"outlet{one % OUTLETS}.example", self._moment(one)
            at: Any = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if is_text else moment
            false: Any = 0 if is_text else False
            key, hash_ = f"{outlet}/{(one * 2654435761) % 2**32:08x}-{one}", f"{one * 0x9E3779B97F4A7C15 % 2**64:064x}"
            yield (
                (
                    one,
                    f"https://{key}",
                    key,
                    outlet,
                    self._source_id,
                    f"What happened in story {one}",
                    "[]",
                    at,
                    "[]",
                    bodies[one % len(bodies)],
                    shingles,
                    "free",
                    "article",
                    hash_,
                    at,
                    at,
                    "text",
                ),
                (one, shingles, bound, numbers, kept, tails, at, outlet, false, false),
            )

    def _into_sqlite(self, chunks: Iterator[Sketches]) -> None:
        path = sqlite_path(sa.make_url(self._database.url))
        assert path is not None
        raw = sqlite3.connect(path, isolation_level=None)
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000", "wal_autocheckpoint = 20000"):
            raw.execute(f"PRAGMA {pragma}")
        for chunk in chunks:
            raw.execute("BEGIN IMMEDIATE")
            rows = list(self._rows(chunk, is_text=True))
            raw.executemany(_insert("articles", _ARTICLES), (article for article, _ in rows))
            raw.executemany(_insert("sketches", _SKETCHES), (sketch for _, sketch in rows))
            raw.execute("COMMIT")
        postings, stopped = self._background.take_postings()
        at = self._now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        raw.execute("BEGIN IMMEDIATE")
        full = ((value, at) for value in stopped.tolist())
        raw.executemany("INSERT OR IGNORE INTO full_shingles VALUES (?, 1, ?)", full)
        raw.executemany("DELETE FROM postings WHERE shingle = ?", ((value,) for value in stopped.tolist()))
        raw.execute("COMMIT")
        for start in range(0, len(postings), BATCH):
            raw.execute("BEGIN IMMEDIATE")
            pairs = zip(*_split(postings[start : start + BATCH]), strict=True)
            raw.executemany("INSERT INTO postings VALUES (?, ?)", pairs)
            raw.execute("COMMIT")
        raw.execute("ANALYZE")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()

    def _into_postgresql(self, chunks: Iterator[Sketches]) -> None:
        """Copy everything; the postings' key is made anew, as it would be if it had grown row by row."""
        with psycopg.connect(self._database.url, autocommit=True) as raw:
            raw.execute("SET synchronous_commit = off")
            raw.execute("SET maintenance_work_mem = '1GB'")
            raw.execute("SET session_replication_role = replica")
            for chunk in chunks:
                rows = list(self._rows(chunk, is_text=False))
                _copy_rows(raw, "articles", _ARTICLES, [article for article, _ in rows])
                _copy_rows(raw, "sketches", _SKETCHES, [sketch for _, sketch in rows])
            postings, stopped = self._background.take_postings()
            raw.execute("DELETE FROM postings WHERE shingle = ANY(%s::bigint[])", [stopped.tolist()])
            raw.execute(
                "INSERT INTO full_shingles SELECT value, true, %s FROM unnest(%s::bigint[]) value "
                "ON CONFLICT DO NOTHING",
                [self._now, stopped.tolist()],
            )
            raw.execute("ALTER TABLE postings DROP CONSTRAINT pk_postings")
            by_article = postings[np.argsort(postings & _ARTICLE, kind="stable")]
            for start in range(0, len(by_article), BATCH):
                _copy_postings(raw, by_article[start : start + BATCH])
            raw.execute("ALTER TABLE postings ADD CONSTRAINT pk_postings PRIMARY KEY (shingle, article_id)")
            raw.execute("SELECT setval(pg_get_serial_sequence('articles', 'id'), (SELECT max(id) FROM articles))")
            raw.execute("VACUUM ANALYZE postings")
            raw.execute("VACUUM ANALYZE sketches")
            raw.execute("ANALYZE")
            raw.execute("CHECKPOINT")


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _split(postings: Longs) -> tuple[list[int], list[int]]:
    return (postings >> ARTICLE).tolist(), (postings & _ARTICLE).tolist()


def _copy_rows(raw: psycopg.Connection[Any], table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with raw.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_postings(raw: psycopg.Connection[Any], postings: Longs) -> None:
    """Copy in PostgreSQL's binary form, which numpy writes at once."""
    form = np.dtype([("fields", ">i2"), ("size", ">i4"), ("shingle", ">i8"), ("other_size", ">i4"), ("article", ">i8")])
    rows = np.empty(len(postings), form)
    rows["fields"], rows["size"], rows["other_size"] = 2, 8, 8
    rows["shingle"], rows["article"] = postings >> ARTICLE, postings & _ARTICLE
    with raw.cursor().copy("COPY postings (shingle, article_id) FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\x00" + bytes(8))
        copy.write(rows.tobytes())
        copy.write(b"\xff\xff")
