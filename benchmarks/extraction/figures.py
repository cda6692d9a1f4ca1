"""From answers to figures: text, metadata and CPU of one extractor on some pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from benchmarks.corpus.pages import TruePage
from benchmarks.extraction.children import Answer
from benchmarks.extraction.run import Column, Run
from benchmarks.metrics import Score, f1_of, names, same_headline, score_counts, set_f1

Judge = Callable[[TruePage, Answer], float | None]
"""How right an answer is, 0 to 1; None when the page has no truth."""


def headline(page: TruePage, answer: Answer) -> float | None:
    """Loosely equal headlines."""
    return float(same_headline(page.title, answer.title)) if page.title else None


def date(page: TruePage, answer: Answer) -> float | None:
    """The same calendar day."""
    return float(answer.day == page.date) if page.date else None


def authors(page: TruePage, answer: Answer) -> float | None:
    """Exactly the same set of names."""
    return float(names([page.authors]) == names(answer.authors)) if page.authors else None


def authors_f1(page: TruePage, answer: Answer) -> float | None:
    """F1 of the sets of names."""
    return set_f1(names([page.authors]), names(answer.authors)) if page.authors else None


METADATA: dict[str, tuple[str, Judge]] = {
    "headline": ("title", headline),
    "date": ("day", date),
    "authors": ("authors", authors),
    "authors_f1": ("authors", authors_f1),
}
"""Each figure's name, the field it is about, and its judge."""


@dataclass(frozen=True, slots=True)
class Work:
    """CPU milliseconds per page, and the pages without an answer."""

    mean: float
    median: float
    empty: int
    problems: int


def text(column: Column, places: Sequence[int]) -> Score:
    """Return the text score on some pages."""
    return score_counts([column.counts[place] for place in places])


def text_f1(column: Column, places: Sequence[int]) -> float:
    """Return F1 alone, without an interval."""
    return f1_of([column.counts[place] for place in places])[2]


def lenient_f1(column: Column, places: Sequence[int]) -> float:
    """Return F1 where optional paragraphs may be there or not."""
    return f1_of([column.lenient[place] for place in places])[2]


def has_optional(run: Run, places: Sequence[int]) -> bool:
    """Tell whether there are optional paragraphs on some pages."""
    return any(run.pages[place].optional for place in places)


def work(column: Column, places: Sequence[int]) -> Work:
    """Return what some pages cost, and how many gave nothing."""
    answers = [column.answers[place] for place in places]
    times = [answer.ms for answer in answers]
    empty = sum(not answer.text for answer in answers)
    return Work(fmean(times), median(times), empty, sum(bool(answer.problem) for answer in answers))


def metadata(column: Column, name: str, places: Sequence[int] | None = None) -> tuple[float, int] | None:
    """Return the mean of one metadata figure and its number of pages; None when there is no truth or no such field."""
    wanted, judge = METADATA[name]
    if wanted not in column.fields:
        return None
    every = range(len(column.pages)) if places is None else places
    judged = [judge(column.pages[place], column.answers[place]) for place in every]
    right = [value for value in judged if value is not None]
    return (fmean(right), len(right)) if right else None


def flat(run: Run) -> dict[str, float | int | str]:
    """Return every figure under a name of its own."""
    figures: dict[str, float | int | str] = {"pages": len(run.pages)}
    for name, column in run.columns.items():
        figures[f"{name}_version"] = column.version
        for corpus in run.sets:
            figures |= _of_set(run, column, corpus)
        for language, places in run.languages.items():
            figures[f"language_{language}_{name}_f1"] = round(text_f1(column, places), 4)
        for what in METADATA:
            if (got := metadata(column, what)) is not None:
                figures[f"{name}_{what}"], figures[f"{what}_pages"] = round(got[0], 4), got[1]
        figures[f"{name}_cpu_ms"] = round(work(column, range(len(run.pages))).mean, 2)
    figures |= {f"language_{language}_pages": len(places) for language, places in run.languages.items()}
    return figures | {f"{name}_missing": why for name, why in run.missing.items()}


def _of_set(run: Run, column: Column, corpus: str) -> dict[str, float | int | str]:
    places, start = run.places(corpus), f"{corpus}_{column.name}"
    got, cost = text(column, places), work(column, places)
    lenient: dict[str, float | int | str]
    lenient = {f"{start}_f1_lenient": round(lenient_f1(column, places), 4)} if has_optional(run, places) else {}
    return lenient | {
        f"{start}_precision": round(got.precision, 4),
        f"{start}_recall": round(got.recall, 4),
        f"{start}_f1": round(got.f1, 4),
        f"{start}_f1_low": round(got.low, 4),
        f"{start}_f1_high": round(got.high, 4),
        f"{start}_cpu_ms": round(cost.mean, 2),
        f"{start}_cpu_ms_median": round(cost.median, 2),
        f"{start}_empty": cost.empty,
        f"{start}_problems": cost.problems,
    }
