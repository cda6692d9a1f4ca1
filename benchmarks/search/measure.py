"""Time searches as the web and the command line make them, beside FTS5 asked by itself on the same file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time

import numpy as np
import sqlalchemy as sa

from benchmarks.search.corpus import NOW, SOURCES, Made
from benchmarks.search.questions import Questions
from storage.search import Query, facets, histogram, search
from storage.store import Store, open_store

BARE = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rank LIMIT 20"
COLD, DEEP = 50, 10
Ask = Callable[[sa.Connection, str], object]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of many runs of one case: wall time, and CPU of this process."""

    name: str
    wall: tuple[float, ...]
    cpu: tuple[float, ...]
    matches: int = 0

    def at(self, share: float) -> float:
        """Return the wall time below which this share of the runs is."""
        return float(np.quantile(self.wall, share))

    def cpu_at(self, share: float) -> float:
        """Return the CPU time below which this share of the runs is."""
        return float(np.quantile(self.cpu, share))


def with_facets(connection: sa.Connection, text: str) -> int:
    """Search as a page does: hits, total, four facets. Returns the total."""
    query = Query(text, now=NOW)
    found = search(connection, query)
    facets(connection, query)
    return found.total


def cases() -> dict[str, Ask]:
    """Return what is timed with questions of two words, by its name."""
    draw = Random(3)

    def of_source(connection: sa.Connection, text: str) -> object:
        return search(connection, Query(text, sources=(f"source{draw.randint(1, SOURCES // 10)}",), now=NOW))

    def dated(connection: sa.Connection, text: str) -> object:
        query = Query(text, sort="date", now=NOW)
        return search(connection, query), facets(connection, query)

    def month(connection: sa.Connection, text: str) -> object:
        return search(connection, Query(text, since=NOW - timedelta(days=30), now=NOW))

    def over_time(connection: sa.Connection, text: str) -> object:
        return histogram(connection, Query(text, since=NOW - timedelta(days=30), now=NOW))

    return {
        "hits alone": lambda connection, text: search(connection, Query(text, now=NOW)),
        "by date, facets": dated,
        "one source": of_source,
        "last 30 days": month,
        "collapsed": lambda connection, text: search(connection, Query(text, collapse=True, now=NOW)),
        "30 days by day": over_time,
    }


def deep(connection: sa.Connection, text: str, sort: str) -> None:
    """Go through ten pages, and time the last alone by the caller's clock."""
    query = Query(text, sort=sort, now=NOW)
    for _ in range(DEEP - 1):
        found = search(connection, query)
        if found.next_cursor is None:
            return
        query = replace(query, after=found.next_cursor)
    search(connection, query)


def measure(made: Made, questions: Questions) -> list[Times]:
    """Return the times of all cases, bare FTS5 beside those that it can be asked."""
    store = open_store(f"sqlite:///{made.path}")
    some = questions.pairs[:: max(1, len(questions.pairs) // 100)]
    try:
        found = [
            bare("bare FTS5, two words", made.path, questions.pairs),
            timed("two words, facets", store, questions.pairs, with_facets),
            *(timed(name, store, some, ask) for name, ask in cases().items()),
            bare("bare FTS5, phrase", made.path, questions.phrases),
            timed("phrase, facets", store, questions.phrases, with_facets),
            bare("bare FTS5, prefix", made.path, questions.prefixes),
            timed("prefix, facets", store, questions.prefixes, with_facets),
            bare("bare FTS5, frequent words", made.path, questions.frequent),
            timed("frequent words, facets", store, questions.frequent, with_facets),
            timed("ten pages", store, some[:20], lambda connection, text: deep(connection, text, "relevance")),
            timed("ten pages by date", store, some[:20], lambda connection, text: deep(connection, text, "date")),
            timed("no words, newest", store, [""], lambda connection, _: search(connection, Query(now=NOW))),
            timed("no words, facets", store, [""], lambda connection, _: facets(connection, Query(now=NOW))),
        ]
    finally:
        store.close()
    return [*found, *cold(made.path, questions.pairs[:COLD])]


def timed(name: str, store: Store, texts: Sequence[str], ask: Ask) -> Times:
    """Run a case over texts, each in a transaction of its own, after a few to warm up."""
    wall, cpu, matches = [], [], 0
    for place, text in enumerate((*texts[:3], *texts)):
        with store.read() as connection:
            began, spent = perf_counter(), process_time()
            answer = ask(connection, text)
            if place >= len(texts[:3]):
                wall.append((perf_counter() - began) * 1000)
                cpu.append((process_time() - spent) * 1000)
                matches += answer if isinstance(answer, int) else 0
    return Times(name, tuple(wall), tuple(cpu), matches // max(1, len(texts)))


def bare(name: str, path: Path, texts: Sequence[str]) -> Times:
    """Ask FTS5 itself for the best twenty."""
    wall, cpu = [], []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA cache_size = -32000")
        for text in texts:
            match = text if '"' in text or "*" in text else " ".join(f'"{word}"' for word in text.split())
            began, spent = perf_counter(), process_time()
            connection.execute(BARE, (match,)).fetchall()
            wall.append((perf_counter() - began) * 1000)
            cpu.append((process_time() - spent) * 1000)
    return Times(name, tuple(wall), tuple(cpu))


def cold(path: Path, texts: Sequence[str]) -> list[Times]:
    """Time each question on a new connection, with the file out of the system's cache."""
    wall: dict[str, list[float]] = {"bare FTS5, cold": [], "two words, facets, cold": []}
    for text in texts:
        _forget(path)
        wall["bare FTS5, cold"] += bare("", path, [text]).wall
        _forget(path)
        store = open_store(f"sqlite:///{path}")
        with store.read() as connection:
            began = perf_counter()
            with_facets(connection, text)
            wall["two words, facets, cold"].append((perf_counter() - began) * 1000)
        store.close()
    return [Times(name, tuple(own), tuple(own)) for name, own in wall.items()]


def _forget(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
