"""Which pages are asked for, what bare SQL reads the same, and what the search corpus lacks for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.search.corpus import NOW, SOURCES

CRAWLS, ATTEMPTS, DAYS = 500, 40, 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, and statements that read what it shows. Both may have names of `asked_words` in braces."""

    name: str
    path: str
    bare: tuple[str, ...]


_LATEST = "SELECT * FROM articles ORDER BY coalesce(date_published, first_seen) DESC, id DESC LIMIT 20"
_COUNTED = ("source_id", "language", "section", "at / 86400000000")
_FACTS = "FROM article_facts WHERE at >= {month}"
_MATCH = "FROM articles_fts JOIN article_facts f ON f.id = articles_fts.rowid WHERE articles_fts MATCH '{word}'"
PAGES = (
    Asked("latest articles", "/", (
        _LATEST,
        *(f"SELECT {one}, count(*) {_FACTS} GROUP BY 1" for one in _COUNTED),
    )),
    Asked("one word", "/?q={word}", (
        "SELECT a.*, bm25(articles_fts) FROM articles_fts JOIN articles a ON a.id = articles_fts.rowid "
        "WHERE articles_fts MATCH '{word}' ORDER BY bm25(articles_fts) LIMIT 20",
        *(f"SELECT {one}, count(*) {_MATCH} GROUP BY 1" for one in _COUNTED),
    )),
    Asked("one source", "/?source={source}", (
        "SELECT a.* FROM articles a JOIN article_facts f USING (id) WHERE f.source_id = {source_id} "
        "ORDER BY at DESC LIMIT 20",
        "SELECT count(*) FROM article_facts WHERE source_id = {source_id}",
    )),
    Asked("article", "/articles/{article}", ("SELECT * FROM articles WHERE id = {article}",
                                             "SELECT * FROM removals WHERE article_id = {article}")),
    Asked("stories", "/stories", (
        "SELECT s.id, a.headline FROM (SELECT id FROM stories WHERE outlets > 1 ORDER BY last_seen DESC, id DESC "
        "LIMIT 20) s JOIN articles a ON a.story_id = s.id",
    )),
    Asked("story", "/stories/{story}", ("SELECT * FROM articles WHERE story_id = {story}",)),
    Asked("trends, two words", "/trends?q={word}&q={other}&since=2026-09-01&until=2026-11-26", (
        f"SELECT at / 86400000000, count(*) {_MATCH} GROUP BY 1",
        f"SELECT at / 86400000000, count(*) {_MATCH.replace('word', 'other')} GROUP BY 1",
        "SELECT at / 86400000000, count(*) FROM article_facts WHERE at >= {quarter} GROUP BY 1",
    )),
    Asked("sources", "/sources", (
        "SELECT source_id, count(*), max(at) FROM article_facts GROUP BY 1", "SELECT * FROM sources",
        "SELECT source_id, day, stored FROM source_days", "SELECT * FROM channels",
    )),
    Asked("source", "/sources/{source}", (
        "SELECT count(*), max(at) FROM article_facts WHERE source_id = {source_id}",
        "SELECT * FROM source_days WHERE source_id = {source_id}",
        "SELECT * FROM channels WHERE source_id = {source_id}",
    )),
    Asked("crawls", "/crawls", ("SELECT * FROM crawls ORDER BY id DESC LIMIT 50",)),
    Asked("crawl", "/crawls/{crawl}", (
        "SELECT * FROM attempts WHERE crawl_id = {crawl} ORDER BY id DESC LIMIT 50",
        "SELECT outcome, reason, count(*) FROM attempts WHERE crawl_id = {crawl} GROUP BY 1, 2",
    )),
)  # fmt: skip


def asked_words(path: Path) -> dict[str, str]:
    """Return what pages are asked for: words of the corpus, ids, times in µs."""
    with closing(sqlite3.connect(path)) as connection:
        number = connection.execute("SELECT max(id) FROM articles").fetchone()[0]
        row = connection.execute("SELECT headline FROM articles WHERE id = ?", (number // 2,)).fetchone()
        story = connection.execute("SELECT story_id FROM articles WHERE story_id IS NOT NULL LIMIT 1").fetchone()[0]
    words = sorted(row[0].split(), key=len)
    micros = {
        name: int((NOW - timedelta(days=days)).timestamp() * 1e6) for name, days in (("month", 30), ("quarter", 86))
    }
    named = {"word": words[-1], "other": words[-2], "article": number // 2, "story": story, "crawl": CRAWLS // 2}
    return {name: str(value) for name, value in (named | micros | {"source": "source3", "source_id": 3}).items()}


def add_others(path: Path) -> None:
    """Add what the search corpus lacks: last days, channels, crawls with attempts, when stories were told last."""
    draw = Random(1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE stories SET last_seen = first_seen WHERE last_seen IS NULL")
        _insert(connection, "channels", _channels())
        _insert(connection, "source_days", _days(draw))
        _insert(connection, "crawls", _crawls())
        _insert(connection, "attempts", _attempts(draw))
        connection.execute("ANALYZE")


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    for row in rows:
        names = ", ".join(row)
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


def _time(days: float) -> str:
    return (NOW - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")


def _channels() -> Iterator[dict[str, Any]]:
    for source in range(1, SOURCES + 1):
        host, is_broken = f"source{source}.example", source % 9 == 0
        row = {"source_id": source, "url": f"https://{host}/feed", "host": host, "kind": "feed", "enabled": True}
        row |= {"failures": int(is_broken), "last_error": "http-503" if is_broken else None}
        yield row | {"first_seen": _time(90), "last_polled": _time(0.01)}


def _days(draw: Random) -> Iterator[dict[str, Any]]:
    counted = ("polls", "polls_failed", "links_new", "pages", "stored", "revised", "unchanged", "duplicates", "dropped")
    counted += ("failed", "blocked", "short", "undated", "words", "bytes", "millis")
    for source in range(1, SOURCES + 1):
        for day in range(DAYS):
            row = {"source_id": source, "day": (NOW - timedelta(days=day)).date().isoformat()}
            yield row | {name: draw.randint(0, 30) for name in counted} | {"delays": "{}", "reasons": '{"empty": 2}'}


def _crawls() -> Iterator[dict[str, Any]]:
    for crawl in range(1, CRAWLS + 1):
        at = _time((CRAWLS - crawl) / 100)
        row = {"id": crawl, "kind": "visit", "subject": f"source{crawl % SOURCES + 1}.example", "crawler": "host 1"}
        row |= {"state": "finished", "started_at": at, "finished_at": at, "requests": ATTEMPTS, "bytes": 10**6}
        yield row | {"links_found": 100, "links_new": 9, "outcomes": '{"stored": 30, "polled": 5, "failed": 5}'}


def _attempts(draw: Random) -> Iterator[dict[str, Any]]:
    for crawl in range(1, CRAWLS + 1):
        for place in range(ATTEMPTS):
            outcome = draw.choice(("stored", "stored", "polled", "failed"))
            row = {"crawl_id": crawl, "url": f"https://source{crawl % SOURCES + 1}.example/{place}", "outcome": outcome}
            row |= {
                "at": _time((CRAWLS - crawl) / 100),
                "reason": None,
                "bytes": 9_000,
                "millis": 90,
                "found": 0,
                "new": 0,
            }
            yield row
