"""`python -m benchmarks.pages [--articles N] [--database FILE] [--rounds N] [--json FILE] [--quick]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sqlite3
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter, process_time

import httpx

from benchmarks.pages.asked import PAGES, Asked, add_others, asked_words
from benchmarks.search.corpus import make
from storage.store import open_store
from storage.web.app import make_app
from storage.web.settings import WebSettings

ARTICLES, QUICK = 100_000, 10_000
ROUNDS = 15
LIMIT = 100.0
"""Milliseconds at the median that a page may take."""


def main() -> None:
    """Make the database, ask for each page, print, and delete it."""
    options = _options()
    directory = Path(tempfile.mkdtemp(prefix="newsdesk-pages-"))
    try:
        path = options.database
        if path is None:
            path = make(directory / "newsdesk.db", options.articles or (QUICK if options.quick else ARTICLES)).path
            add_others(path)
        figures = _show(path, options.rounds)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    finally:
        shutil.rmtree(directory)


def _show(path: Path, rounds: int) -> dict[str, float]:
    words = asked_words(path)
    asked = [Asked(one.name, one.path.format(**words), one.bare) for one in PAGES]
    times = asyncio.run(_ask(path, asked, rounds))
    figures: dict[str, float] = {}
    print(f"{'milliseconds':<24}{'first':>9}{'p50':>9}{'worst':>9}{'CPU p50':>9}{'bare SQL':>10}{'over it':>9}")
    for one, (own, busy) in zip(asked, times, strict=True):
        bare, middle = _bare(path, one.bare, words, rounds), statistics.median(own[1:])
        cpu = statistics.median(busy[1:])
        mark = "" if middle <= LIMIT else f"   ABOVE {LIMIT:.0f}"
        values = f"{own[0]:>9.1f}{middle:>9.1f}{max(own[1:]):>9.1f}{cpu:>9.1f}{bare:>10.1f}{middle - bare:>9.1f}"
        print(f"{one.name:<24}{values}{mark}")
        slug = one.name.replace(" ", "_")
        figures |= {f"{slug}_first": own[0], f"{slug}_p50": middle, f"{slug}_cpu_p50": cpu, f"{slug}_bare": bare}
    return figures


async def _ask(path: Path, asked: Sequence[Asked], rounds: int) -> list[tuple[list[float], list[float]]]:
    """Return the milliseconds of each request for each page, and those of the processor.

    The first one finds nothing that was kept.
    """
    store = open_store(f"sqlite:///{path}")
    transport = httpx.ASGITransport(make_app(store, WebSettings(rate=10**7)))
    found = []
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"accept": "text/html"}
    ) as client:
        await client.get("/login")  # templates and parameters are read at the first page
        for one in asked:
            own, busy = [], []
            for _ in range(rounds + 1):
                began, worked = perf_counter(), process_time()
                answer = await client.get(one.path)
                own.append((perf_counter() - began) * 1000)
                busy.append((process_time() - worked) * 1000)
                assert answer.status_code == 200, answer.text
            found.append((own, busy))
    store.close()
    return found


def _bare(path: Path, statements: Sequence[str], words: dict[str, str], rounds: int) -> float:
    """Return the milliseconds at the median that the statements take when all their rows are read."""
    with closing(sqlite3.connect(path)) as connection:
        own = []
        for _ in range(rounds):
            began = perf_counter()
            for statement in statements:
                connection.execute(statement.format(**words)).fetchall()
            own.append((perf_counter() - began) * 1000)
    return statistics.median(own)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.pages")
    parser.add_argument("--articles", type=int, help=f"how many (default {ARTICLES:,})")
    parser.add_argument("--database", type=Path, help="one that was made before")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} articles")
    return parser.parse_args()


if __name__ == "__main__":
    main()
