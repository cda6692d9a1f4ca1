"""`python -m benchmarks.corpus --corpus DIR [--json FILE] [--quick]`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.corpus.pages import TruePage, read_corpus
from benchmarks.corpus.server import CorpusWeb
from benchmarks.metrics import same_headline, score
from storage.search import Query, stream
from storage.stats import overview
from storage.store import open_store

FIELDS = (
    "headline",
    "authors",
    "date_published",
    "date_modified",
    "language",
    "section",
    "tags",
    "description",
    "main_image",
)


def main() -> None:
    """Serve, crawl twice, compare, print."""
    parser = argparse.ArgumentParser(description="Crawl a corpus of real pages on loopback with the real command.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="only every tenth page")
    options = parser.parse_args()
    pages = read_corpus(options.corpus)[:: 10 if options.quick else 1]
    with tempfile.TemporaryDirectory() as directory, CorpusWeb(pages) as web:
        figures = _crawl_and_compare(Path(directory), web, pages)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _crawl_and_compare(directory: Path, web: CorpusWeb, pages: list[TruePage]) -> dict[str, Any]:
    (directory / "sources.toml").write_text(web.sources_toml(), "utf-8")
    url = f"sqlite:///{directory / 'newsdesk.db'}"
    seconds = _crawl(directory, url)
    first = web.requests
    again = _crawl(directory, url)
    store = open_store(url)
    with store.read() as connection:
        articles = {article.url: article for article in stream(connection, Query(limit=None))}
        found = overview(connection)
    store.close()
    figures: dict[str, Any] = {"pages": len(pages), "articles": len(articles), "sites": len(web.sites)}
    figures |= {"first_run_seconds": round(seconds, 1), "second_run_seconds": round(again, 1)}
    figures |= {"first_run_requests": first, "second_run_requests": web.requests - first}
    figures |= {f"links_{state}": number for state, number in found.links.items()}
    print(f"{len(pages)} pages of {len(web.sites)} sites: {len(articles)} articles stored in {seconds:.1f} s")
    print(f"second run: {web.requests - first} requests in {again:.1f} s; not stored: {found.reasons or 'none'}")
    filled = Counter(name for article in articles.values() for name in FIELDS if getattr(article, name))
    for name in FIELDS:
        figures[f"filled_{name}"] = round(filled[name] / max(len(articles), 1), 4)
    print("fields filled: " + ", ".join(f"{name} {filled[name] / max(len(articles), 1):.0%}" for name in FIELDS))
    _texts(web, articles, figures)
    return figures


def _texts(web: CorpusWeb, articles: dict[str, Any], figures: dict[str, Any]) -> None:
    print(f"{'set':<10}{'pages':>6}{'P':>8}{'R':>8}{'F1':>8}   95% interval   headline")
    for corpus in ("articles", "fundus", "sites"):
        place = {url: page for url, page in web.place.items() if page.corpus == corpus}
        if not place:
            continue
        got = score([(page.text, articles[url].body if url in articles else "") for url, page in place.items()])
        told = [(page.title, articles[url].headline) for url, page in place.items() if page.title and url in articles]
        headline = sum(same_headline(truth, found) for truth, found in told) / len(told) if told else None
        shown = f"{headline:.3f}" if headline is not None else "–"
        print(f"{corpus:<10}{len(place):>6}{got.precision:>8.4f}{got.recall:>8.4f}{got.f1:>8.4f}   "
              f"{got.low:.4f}–{got.high:.4f}   {shown}")  # fmt: skip
        figures |= {f"{corpus}_f1": round(got.f1, 4), f"{corpus}_precision": round(got.precision, 4)}
        figures |= {f"{corpus}_recall": round(got.recall, 4), f"{corpus}_headline": headline}


def _crawl(directory: Path, url: str) -> float:
    environment = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "NEWSDESK_DATABASE_URL": url,
        "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8",
        "NEWSDESK_DELAY": "0",
        "PYTHONPATH": str(Path.cwd()),
    }
    began = time.monotonic()
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-L", "WARNING"]
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or "Traceback" in done.stderr:
        sys.exit(done.stderr[-4000:])
    sys.stderr.write(done.stderr[-2000:])
    return time.monotonic() - began


main()
