"""Measure extraction on the golden pages: pages/NAME.html with the truth about it in NAME.json."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.metrics import page_counts, same_headline
from pipelines.extract import extract
from storage.types import Article, Drop, Page, Stamp

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.json"))
FIELDS = ("headline", "authors", "published", "language", "kind", "access", "section", "tags", "canonical", "next_page")


@dataclass(frozen=True, slots=True)
class Result:
    """What extraction made of one page, beside the truth. `lines` are without those that the truth calls optional."""

    name: str
    truth: dict[str, Any]
    found: Article | Drop
    lines: tuple[str, ...]

    @property
    def counts(self) -> tuple[float, float, float]:
        """(tp, fp, fn) of the page's shingles."""
        return page_counts("\n".join(self.truth["body"]), "\n".join(self.lines))

    @property
    def f1(self) -> float:
        tp, fp, fn = self.counts
        return 2 * tp / (2 * tp + fp + fn)

    @property
    def wrong(self) -> dict[str, str]:
        """The fields that are not as the truth has them: what was found instead."""
        if isinstance(self.found, Drop):
            return {name: f"dropped: {self.found.reason}" for name in FIELDS if name in self.truth}
        values = {name: _value(self.found, name) for name in FIELDS if name in self.truth}
        return {name: _shown(value) for name, value in values.items() if not _same(name, self.truth[name], value)}

    @property
    def headings(self) -> list[bool]:
        """For each heading of the truth, whether it is a line of its own."""
        return [heading in self.lines for heading in self.truth.get("headings", ())]

    @property
    def leaks(self) -> dict[str, str]:
        """What must not be in the body and is, or must be in it once and is not."""
        body = "\n".join(self.lines)
        found = {text: "is in the body" for text in self.truth.get("absent", ()) if text in body}
        twice = {text: f"{n} times" for text in self.truth.get("once", ()) if (n := body.count(text)) != 1}
        return found | twice

    def diff(self) -> str:
        """A short account of what is missing and what is too much."""
        if isinstance(self.found, Drop):
            return f"dropped: {self.found.reason} {self.found.detail}"
        lacks = [f"    - {line[:110]}" for line in self.truth["body"] if line not in self.lines]
        extra = [f"    + {line[:110]}" for line in self.lines if line not in self.truth["body"]]
        return "\n".join([f"  {self.name}: F1 {self.f1:.3f}", *lacks[:4], *extra[:6]])


def _value(article: Article, name: str) -> Any:
    return getattr(article, {"canonical": "canonical_url"}.get(name, name))


def _shown(value: Any) -> str:
    return repr(value.raw if isinstance(value, Stamp) else value)[:160]


def _same(name: str, truth: Any, found: Any) -> bool:
    if name == "headline":
        return same_headline(truth, found)
    if name == "published":
        return found is not None and _day(truth) == found.value.astimezone(datetime.fromisoformat(truth).tzinfo).date()
    if name in ("authors", "tags"):
        return {text.casefold() for text in truth} == {text.casefold() for text in found}
    if name == "language":
        return bool(truth == found or {truth, found} == {"nb", "no"})
    return bool(truth == found)


def _day(stamp: str) -> date:
    return datetime.fromisoformat(stamp).date()


@cache
def measure(name: str) -> Result:
    """Extract one page."""
    truth = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    found = extract(Page(truth["url"], (PAGES / f"{name}.html").read_bytes()))
    lines = found.body.split("\n\n") if isinstance(found, Article) else []
    return Result(name, truth, found, tuple(line for line in lines if line not in truth.get("optional", ())))


def articles() -> list[Result]:
    """Return the results of all pages that hold an article."""
    return [result for result in map(measure, NAMES) if "drop" not in result.truth]


def figures() -> dict[str, dict[str, float]]:
    """Return all figures that have a floor, by group."""
    results = articles()
    precisions = [tp / (tp + fp) if tp + fp else 0.0 for tp, fp, _ in (result.counts for result in results)]
    recalls = [tp / (tp + fn) for tp, _, fn in (result.counts for result in results)]
    precision, recall = _mean(precisions), _mean(recalls)
    text = {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}
    text["headings"] = _mean([kept for result in results for kept in result.headings])
    told = {name: [name not in result.wrong for result in results if name in result.truth] for name in FIELDS}
    languages: dict[str, list[float]] = defaultdict(list)
    for result in results:
        languages[result.truth["language"]].append(result.f1)
    return {
        "text": text,
        "fields": {name: _mean(values) for name, values in told.items()},
        "language f1": {code: _mean(values) for code, values in sorted(languages.items())},
    }


def _mean(values: list[Any]) -> float:
    return sum(values) / len(values)


def leaks(name: str) -> dict[str, str]:
    """Return the lines of one page that must be absent and are not."""
    return measure(name).leaks


def wrong_drop(name: str) -> dict[str, str]:
    """Return what is wrong with the fate of one page: dropped or not, and for which reason."""
    result = measure(name)
    expected = result.truth.get("drop", "")
    got = result.found.reason if isinstance(result.found, Drop) else ""
    return {} if got == expected else {expected or "article": got or "an article"}
