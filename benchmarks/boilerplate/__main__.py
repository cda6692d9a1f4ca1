"""`python -m benchmarks.boilerplate --corpus DIR [--json FILE] [--quick]`."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.boilerplate.sites import ARTICLE, EITHER, LEAST_LINES, SERVICE, Line, Site, Text, Told
from benchmarks.corpus.pages import read_corpus
from pipelines.blocks import LONG, READING, read_block
from pipelines.fingerprint import content_hash
from pipelines.lines import count_words
from storage.articles import get_article, store_article
from storage.blocks import weave
from storage.channels import ensure_source
from storage.cleaning import clean_waiting
from storage.removals import read_removed
from storage.store import open_store
from storage.types import Article, Identity

SIZES = (20, 30, 50, 100, 200, 300)
ROUNDS = 5
Gone = list[tuple[Line, bool]]
"""A page's lines, each with whether it was taken out."""


def main() -> None:
    """Generate sites, store them, compare with the truth, print."""
    parser = argparse.ArgumentParser(description="Learn the boilerplate of synthetic sites made of real texts.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one round of smaller sites")
    options = parser.parse_args()
    texts = _texts(options.corpus)
    sizes, rounds = (SIZES[:4], 1) if options.quick else (SIZES, ROUNDS)
    sites = [Site(number * 100 + turn, texts, size) for turn in range(rounds) for number, size in enumerate(sizes)]
    figures: dict[str, Any] = {"texts": len(texts), "sites": len(sites), "pages": sum(len(s.pages) for s in sites)}
    naive = [_by_rule(site.pages, lambda words, df, total: df >= 2) for site in sites]
    facts = [_by_rule(site.pages, _facts_rule) for site in sites]
    learned, millis, extra = _learned(sites)
    print(f"{figures['pages']} pages of {len(sites)} sites made of {len(texts)} texts")
    for name, results in (("newsdesk", learned), ("df >= 3 / 10", facts), ("df >= 2", naive)):
        figures |= _report(name, [page for pages in results for page in pages])
    for key in ("line_precision", "line_precision_strict", "recall_loss", "service_recall"):
        base = figures[f"df >= 2/{key}"]
        figures[f"ratio/{key}"] = round(figures[f"newsdesk/{key}"] / base, 4) if base else None
    figures |= {"cpu_ms_per_article": millis, "cpu_ms_learning": extra}
    print(f"CPU ms an article in the store: {millis:.2f}, of it for boilerplate {extra:.2f}")
    _by_kind(learned)
    _by_size(sites, learned)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _texts(corpus: Path) -> list[Text]:
    """Return the corpus' articles that have a few lines of their own."""
    found = []
    for page in read_corpus(corpus):
        lines = tuple(dict.fromkeys(" ".join(line.split()) for line in page.text.split("\n") if line.strip()))
        if len(lines) >= LEAST_LINES:
            found.append(Text(page.title or " ".join(lines[0].split()[:10]), lines))
    return found


def _facts_rule(words: int, df: int, total: int) -> bool:
    return df >= 3 if words >= LONG else df >= 10 and df >= 0.02 * total


def _by_rule(pages: Sequence[Told], rule: Callable[[int, int, int], bool]) -> list[Gone]:
    """Take out what a plain rule of article counts says, once all pages are known."""
    df = Counter(number for page in pages for number in {read_block(line.text).hash for line in page.lines})
    return [
        [(line, rule(read_block(line.text).words, df[read_block(line.text).hash], len(pages))) for line in page.lines]
        for page in pages
    ]


def _learned(sites: Sequence[Site]) -> tuple[list[list[Gone]], float, float]:
    """Store every site as a crawl does; return what is out at the end, and CPU ms an article with and for it."""
    pages = sum(len(site.pages) for site in sites)
    with tempfile.TemporaryDirectory() as folder:
        bare = _store(f"sqlite:///{folder}/bare.db", sites, learn=False)[1]
        results, seconds = _store(f"sqlite:///{folder}/learned.db", sites, learn=True)
    return results, 1000 * seconds / pages, 1000 * (seconds - bare) / pages


def _store(url: str, sites: Sequence[Site], *, learn: bool) -> tuple[list[list[Gone]], float]:
    store = open_store(url)
    now = datetime.now(UTC)
    results: list[list[Gone]] = []
    spent = 0.0
    for site in sites:
        with store.begin() as connection:
            source = ensure_source(connection, site.outlet, now)
            items = [_article(site.outlet, page) for page in site.pages]
            start = time.process_time()
            ids = [
                store_article(connection, *item, source, now, READING if learn else None).article_id for item in items
            ]
            spent += time.process_time() - start
            while learn and clean_waiting(connection, READING) is not None:
                continue
            results.append([_gone(connection, number, page) for number, page in zip(ids, site.pages, strict=True)])
    store.close()
    return results, spent


def _article(outlet: str, page: Told) -> tuple[Article, Identity]:
    body = "\n\n".join(line.text for line in page.lines)
    article = Article(f"https://{outlet}/{page.name}", page.headline, body, word_count=count_words(body))
    return article, Identity(f"{outlet}/{page.name}", outlet, content_hash(page.headline, body))


def _gone(connection: sa.Connection, article_id: int, page: Told) -> Gone:
    article = get_article(connection, article_id)
    assert article is not None
    pieces = weave(article.body, read_removed(connection, article_id))
    assert [piece.text for piece in pieces] == [line.text for line in page.lines], "the original can be put back"
    return [(line, piece.rule is not None) for line, piece in zip(page.lines, pieces, strict=True)]


def _report(name: str, pages: Iterable[Gone]) -> dict[str, float]:
    """Print and return the figures of one way."""
    lines: Counter[tuple[str, bool]] = Counter()
    words: Counter[tuple[str, bool]] = Counter()
    for line, gone in (pair for page in pages for pair in page):
        lines[line.truth, gone] += 1
        words[line.truth, gone] += count_words(line.text)
    right, wrong, either = lines[SERVICE, True], lines[ARTICLE, True], lines[EITHER, True]
    figures = {
        "line_precision": right / ((right + wrong) or 1),
        "line_precision_strict": right / ((right + wrong + either) or 1),
        "recall_loss": words[ARTICLE, True] / ((words[ARTICLE, True] + words[ARTICLE, False]) or 1),
        "service_recall": right / ((right + lines[SERVICE, False]) or 1),
    }
    shown = "  ".join(f"{key} {value:.4f}" for key, value in figures.items())
    print(f"{name:<14} {shown}  ({right} right, {wrong} wrong, {either} column intros)")
    return {f"{name}/{key}": round(value, 5) for key, value in figures.items()}


def _by_kind(results: Sequence[list[Gone]]) -> None:
    counts: defaultdict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for line, gone in (pair for pages in results for page in pages for pair in page):
        counts[line.truth, line.kind][gone] += 1
    for (truth, kind), count in sorted(counts.items()):
        out, total = count[True], count.total()
        print(f"  {truth:<8} {kind:<11} {out:>6} of {total:>6} taken out ({out / total:.4f})")


def _by_size(sites: Sequence[Site], results: Sequence[list[Gone]]) -> None:
    sizes: defaultdict[int, list[Gone]] = defaultdict(list)
    for site, pages in zip(sites, results, strict=True):
        sizes[len(site.pages)] += pages
    for size, pages in sorted(sizes.items()):
        _report(f"{size} pages", pages)


if __name__ == "__main__":
    main()
