"""Show single pages, for a person to judge: the worst texts, the metadata that differ from the truth."""

from __future__ import annotations

from benchmarks.extraction.bars import STOCK
from benchmarks.extraction.children import OURS, Answer
from benchmarks.extraction.figures import METADATA
from benchmarks.extraction.run import Column, Run
from benchmarks.metrics import f1_of


def worst(run: Run, number: int) -> None:
    """Print newsdesk's worst pages of each set, with stock's figures."""
    ours, stock = run.columns[OURS], run.columns.get(STOCK)
    for corpus in run.sets:
        print(f"\nworst of {corpus}")
        print(f"{'P':>6}{'R':>7}{'F1':>7}{'stock':>7}")
        for place in sorted(run.places(corpus), key=lambda place: _f1(ours, place))[:number]:
            precision, recall, found = f1_of([ours.counts[place]])
            theirs = f"{_f1(stock, place):>7.3f}" if stock else f"{'–':>7}"
            page = run.pages[place]
            print(f"{precision:>6.3f}{recall:>7.3f}{found:>7.3f}{theirs}  {page.file.name}  {page.url}")


def _f1(column: Column, place: int) -> float:
    return f1_of([column.counts[place]])[2]


def misses(run: Run, name: str) -> None:
    """Print the pages on which newsdesk or stock misses one kind of metadata."""
    _, judge = METADATA[name]
    columns = {column: run.columns[column] for column in (OURS, STOCK) if column in run.columns}
    print(f"\n{name}: what newsdesk or stock misses (= marks what is right)")
    for place, page in enumerate(run.pages):
        judged = {column: judge(page, found.answers[place]) for column, found in columns.items()}
        if None in judged.values() or all(value == 1 for value in judged.values()):
            continue
        print(f"{page.file.name}  {page.url}\n   truth      {_truth(name, run, place)}")
        for column, found in columns.items():
            print(f" {'=' if judged[column] == 1 else ' '} {column:<10} {_said(name, found.answers[place])}")


def _truth(name: str, run: Run, place: int) -> str | None:
    page = run.pages[place]
    return {"headline": page.title, "date": page.date, "authors": page.authors}[name]


def _said(name: str, answer: Answer) -> str:
    said = {"headline": answer.title, "date": answer.day, "authors": "; ".join(answer.authors)}[name]
    return said or f"– {answer.problem}"
