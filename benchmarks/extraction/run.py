"""Give every page to every extractor, page by page, so that drift of the machine hits all alike."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property

import py3langid

from benchmarks.corpus.pages import TruePage
from benchmarks.extraction.children import Answer, Child, Missing
from benchmarks.metrics import Counts, best_counts, page_counts

WARM_UP = 3
"""So many pages are given to everybody once before anything is timed."""
SAMPLE = 2_000


@dataclass
class Column:
    """What one extractor made of all pages, in their order."""

    name: str
    version: str
    fields: tuple[str, ...]
    pages: Sequence[TruePage]
    answers: list[Answer] = field(default_factory=list)

    @cached_property
    def counts(self) -> list[Counts]:
        """The text metric's counts of each page."""
        return [page_counts(page.text, answer.text) for page, answer in zip(self.pages, self.answers, strict=True)]

    @cached_property
    def lenient(self) -> list[Counts]:
        """The same where a page's optional paragraphs may be there or not."""
        pairs = zip(self.pages, self.answers, self.counts, strict=True)
        return [best_counts(page.texts(), got.text) if page.optional else counts for page, got, counts in pairs]


@dataclass(frozen=True)
class Run:
    """Pages, what each extractor made of them, and which extractors are missing (and why)."""

    pages: Sequence[TruePage]
    columns: dict[str, Column]
    missing: dict[str, str]

    def places(self, corpus: str) -> list[int]:
        """Return the indices of a set's pages."""
        return [place for place, page in enumerate(self.pages) if page.corpus == corpus]

    @cached_property
    def sets(self) -> list[str]:
        """The sets that there are, in order."""
        return list(dict.fromkeys(page.corpus for page in self.pages))

    @cached_property
    def languages(self) -> dict[str, list[int]]:
        """The indices of the pages in each language, most pages first."""
        found: dict[str, list[int]] = {}
        for place, page in enumerate(self.pages):
            found.setdefault(str(py3langid.classify(page.text[:SAMPLE])[0]), []).append(place)
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def run(pages: Sequence[TruePage], pythons: dict[str, str]) -> Run:
    """Return what the extractors, each with the interpreter that it is to run in, make of the pages."""
    columns: dict[str, Column] = {}
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        children: list[Child] = []
        for name, python in pythons.items():
            try:
                child = Child(name, python)
            except Missing as error:
                missing[name] = str(error)
                continue
            stack.callback(child.close)
            children.append(child)
            columns[name] = Column(name, child.version, child.fields, pages)
        _ask(pages, children, columns)
    return Run(pages, columns, missing)


def _ask(pages: Sequence[TruePage], children: list[Child], columns: dict[str, Column]) -> None:
    for page in pages[-WARM_UP:]:
        for child in children:
            child.ask(page.body(), page.url)
    for place, page in enumerate(pages):
        html = page.body()
        for child in children[place % len(children) :] + children[: place % len(children)]:
            columns[child.name].answers.append(child.ask(html, page.url))
        if sys.stderr.isatty():
            print(f"\r{place + 1} of {len(pages)} pages", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr)
