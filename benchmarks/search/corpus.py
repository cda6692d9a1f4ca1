"""A synthetic database of articles: Zipf vocabularies of five languages, sources, sections, stories, a year of days."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from storage.fulltext import COLUMNS, Indexed
from storage.store import open_store

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAYS, SOURCES, SECTIONS, WORDS = 365, 200, 12, 40_000
"""Words of each language; five languages have 200,000."""
SHARES = {"en": 0.4, "de": 0.2, "fr": 0.15, "es": 0.15, "it": 0.1}
ENDINGS = {
    "en": ("", "s", "ed", "ing", "er"), "de": ("", "en", "er", "es", "ung"), "fr": ("", "s", "er", "ent", "tion"),
    "es": ("o", "os", "a", "as", "ando"), "it": ("o", "i", "a", "e", "are"),
}  # fmt: skip
MIDDLE, SPREAD, SHORTEST, LONGEST = 110, 0.5, 30, 600
"""Words of a body: a log-normal distribution."""
IN_STORY, TELLINGS, LATE = 0.15, 4, 0.02
"""Shares of articles that are in a story (of so many), and that were stored long after they were published."""
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Made:
    """A database that was made: its file, how many articles, seconds that it took, and words by language and rank."""

    path: Path
    articles: int
    seconds: float
    words: dict[str, list[str]]


def vocabulary(language: str) -> list[str]:
    """Return the words of a language, the most frequent first."""
    draw = Random(language)
    onsets, vowels = [*"bcdfgklmnprstv", "br", "gr", "pl", "st", "tr"], [*"aeiou", "ai", "ou"]
    found: dict[str, None] = {}
    while len(found) < WORDS:
        base = "".join(draw.choice(onsets) + draw.choice(vowels) for _ in range(draw.choice((1, 2, 2, 3, 3))))
        base += draw.choice("lnrstdm")
        for ending in draw.sample(ENDINGS[language], draw.randint(1, 3)):
            found[base + ending] = None
    return list(found)[:WORDS]


def articles(number: int, words: dict[str, list[str]], seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield so many articles in the order in which they were stored."""
    draw = np.random.default_rng(seed)
    chance = 1 / (np.arange(WORDS) + 2.7)
    rising = np.cumsum(chance / chance.sum())
    names = {language: np.array(own, dtype=object) for language, own in words.items()}
    codes = list(SHARES)
    for start in range(0, number, BATCH):
        size = min(BATCH, number - start)
        languages = draw.choice(len(codes), size, p=list(SHARES.values()))
        lengths = np.clip(draw.lognormal(np.log(MIDDLE), SPREAD, size), SHORTEST, LONGEST).astype(int)
        late, told, jitter = draw.random(size), draw.random(size), draw.random(size)
        for place in range(size):
            one = start + place + 1
            language = codes[languages[place]]
            ranks = np.searchsorted(rising, draw.random(lengths[place] + 8))
            text = names[language][np.minimum(ranks, WORDS - 1)]
            seen = NOW - timedelta(days=DAYS) * (1 - one / number)
            age = jitter[place] if late[place] > LATE else jitter[place] * DAYS
            yield {
                "id": one,
                "language": language,
                "headline": " ".join(text[:8]),
                "body": " ".join(text[8:]),
                "source_id": int(draw.zipf(1.3)) % SOURCES + 1,
                "section": int(draw.integers(SECTIONS)),
                "seen": seen,
                "at": max(seen - timedelta(days=float(age)), NOW - timedelta(days=DAYS)),
                "story_id": one // TELLINGS + 1 if told[place] < IN_STORY else None,
            }


def make(path: Path, number: int) -> Made:
    """Make the database with so many articles; the texts take the way into the index that all texts take."""
    began = datetime.now(UTC)
    words = {language: vocabulary(language) for language in SHARES}
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        _others(connection, number)
        made = articles(number, words)
        while batch := list(islice(made, BATCH)):
            connection.executemany(_INSERT, [_row(one) for one in batch])
            connection.executemany(_INDEX, [_indexed(one) for one in batch])
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")
    return Made(path, number, (datetime.now(UTC) - began).total_seconds(), words)


NAMES = (
    "id", "url", "url_key", "outlet", "source_id", "headline", "authors", "date_published", "language", "section",
    "tags", "body", "word_count", "access", "kind", "content_hash", "first_seen", "last_fetched", "extractor",
    "story_id",
)  # fmt: skip
_INSERT = f"INSERT INTO articles ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})"
_INDEX = f"INSERT INTO articles_fts (rowid, {', '.join(COLUMNS)}) VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"


def _others(connection: sqlite3.Connection, number: int) -> None:
    time = _time(NOW)
    own = [(one, f"source{one}", f"Source {one}", True, True, time) for one in range(1, SOURCES + 1)]
    connection.executemany(
        "INSERT INTO sources (id, name, title, declared, enabled, first_seen) VALUES (?, ?, ?, ?, ?, ?)", own
    )
    told = ((one, time, TELLINGS, TELLINGS) for one in range(1, number // TELLINGS + 2))
    connection.executemany("INSERT INTO stories (id, first_seen, articles, outlets) VALUES (?, ?, ?, ?)", told)
    connection.executemany("INSERT INTO search_languages VALUES (?)", [(language,) for language in SHARES])


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _section(one: dict[str, Any]) -> str:
    return f"Section {one['section']}"


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    host = f"source{one['source_id']}.example"
    url, seen = f"https://{host}/{one['id']}", _time(one["seen"])
    return (
        one["id"], url, f"{host}/{one['id']}", host, one["source_id"], one["headline"], json.dumps(["Ann Lee"]),
        _time(one["at"]), one["language"], _section(one), json.dumps([f"Tag {one['id'] % 500}"]), one["body"],
        len(one["body"].split()), "free", "article", f"{one['id']:x}", seen, seen, "synthetic", one["story_id"],
    )  # fmt: skip


def _indexed(one: dict[str, Any]) -> tuple[Any, ...]:
    text = Indexed(
        one["headline"], ("Ann Lee",), one["body"], one["language"], _section(one), (f"Tag {one['id'] % 500}",)
    )
    found = text.columns()
    return (one["id"], *(" ".join(found[name]) for name in COLUMNS))
