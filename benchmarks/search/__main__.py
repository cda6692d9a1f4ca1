"""`python -m benchmarks.search [--articles N] [--directory DIR] [--database FILE] [--postgresql URL]
[--json FILE] [--quick]`."""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.search.corpus import SHARES, Made, make, vocabulary
from benchmarks.search.measure import Times, measure
from benchmarks.search.questions import ask
from benchmarks.search.server import copy, database, measure_server

ARTICLES, QUICK = 1_000_000, 50_000
QUESTIONS, QUICK_QUESTIONS = 500, 100
BYTES = 9_000
"""Room on the disk that an article takes while the database is made."""
P50, P95 = 50.0, 250.0
"""Milliseconds that two words with facets may take."""


def main() -> None:
    """Make the database, ask, print, and delete it."""
    options = _options()
    number = options.articles or (QUICK if options.quick else ARTICLES)
    directory = Path(tempfile.mkdtemp(prefix="newsdesk-search-", dir=options.directory))
    try:
        if options.database:
            made = _made(options.database)
        else:
            if shutil.disk_usage(directory).free < number * BYTES:
                sys.exit(f"{directory} has no room for {number * BYTES / 1e9:.1f} GB")
            made = make(directory / "newsdesk.db", number)
            print(f"{number:,} articles in {made.seconds:.0f} s")
        if options.postgresql:
            _ask_server(made, options.postgresql, number)
            return
        times = measure(made, ask(made, QUICK_QUESTIONS if options.quick else QUESTIONS))
        figures = _show(made, times)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    finally:
        shutil.rmtree(directory)


def _ask_server(made: Made, server: str, number: int) -> None:
    with database(server) as url:
        print(f"{number:,} articles on PostgreSQL in {copy(made, url, number):.0f} s")
        _print(measure_server(url, ask(made, QUICK_QUESTIONS)))


def _made(path: Path) -> Made:
    with closing(sqlite3.connect(path)) as connection:
        number = connection.execute("SELECT max(id) FROM articles").fetchone()[0]
    return Made(path, number, 0.0, {language: vocabulary(language) for language in SHARES})


def _show(made: Made, times: Sequence[Times]) -> dict[str, float]:
    figures = {"articles": made.articles, "build_seconds": made.seconds} | _print(times)
    figures |= _sizes(made)
    asked = next(one for one in times if one.name == "two words, facets")
    for name, limit, value in (("p50", P50, asked.at(0.5)), ("p95", P95, asked.at(0.95))):
        print(f"two words with facets, {name}: {value:.0f} ms, {'within' if value <= limit else 'ABOVE'} {limit:.0f}")
    return figures


def _print(times: Sequence[Times]) -> dict[str, float]:
    figures: dict[str, float] = {}
    print(f"\n{'milliseconds':<28}{'p50':>9}{'p95':>9}{'CPU p50':>9}{'CPU p95':>9}{'× bare':>14}")
    beside: Times | None = None
    for one in times:
        ratio = ""
        if one.name.startswith("bare"):
            beside = one
        elif beside is not None and beside.name.partition(", ")[2].split(",")[0] in one.name:
            ratio = f"{one.at(0.5) / beside.at(0.5):.2f} / {one.at(0.95) / beside.at(0.95):.2f}"
        values = (one.at(0.5), one.at(0.95), one.cpu_at(0.5), one.cpu_at(0.95))
        print(f"{one.name:<28}" + "".join(f"{value:>9.1f}" for value in values) + f"{ratio:>14}")
        slug = one.name.replace(", ", "_").replace(" ", "_")
        figures |= dict(zip((f"{slug}_{end}" for end in ("p50", "p95", "cpu_p50", "cpu_p95")), values, strict=True))
    return figures


def _sizes(made: Made) -> dict[str, float]:
    """Return bytes an article: of the file, of the index, of the folded text that FTS5 keeps."""
    with closing(sqlite3.connect(made.path)) as connection:
        index = connection.execute("SELECT sum(length(block)) FROM articles_fts_data").fetchone()[0]
        kept = connection.execute(
            "SELECT avg(length(c0) + length(c1) + length(c2) + length(c3) + length(c4) + length(c5)) FROM "
            "(SELECT * FROM articles_fts_content LIMIT 5000)"
        ).fetchone()[0]
        words = connection.execute(
            "SELECT avg(word_count) FROM (SELECT word_count FROM articles LIMIT 5000)"
        ).fetchone()[0]
    found = {"file": made.path.stat().st_size / made.articles, "index": index / made.articles, "kept": kept}
    print("\nbytes an article: " + ", ".join(f"{name} {value:.0f}" for name, value in found.items()))
    print(f"words a body: {words:.0f}")
    return {f"bytes_{name}": value for name, value in found.items()} | {"words": words}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--articles", type=int, help=f"how many ({ARTICLES:,}; {QUICK:,} with --quick)")
    parser.add_argument("--directory", type=Path, help="where to make the database; it is deleted at the end")
    parser.add_argument("--database", type=Path, help="ask one that an earlier run has made, instead")
    parser.add_argument(
        "--postgresql", metavar="URL", help="copy the articles to a database on this server and ask that"
    )
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--quick", action="store_true", help="fewer articles and questions")
    return parser.parse_args()


if __name__ == "__main__":
    main()
