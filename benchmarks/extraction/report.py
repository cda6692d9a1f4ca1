"""Print what was measured: a table per set, the metadata, the bars."""

from __future__ import annotations

from benchmarks.extraction.bars import STOCK, bars
from benchmarks.extraction.figures import METADATA, has_optional, lenient_f1, metadata, text, work
from benchmarks.extraction.run import Run


def show(run: Run) -> None:
    """Print everything that is always printed."""
    for name, why in run.missing.items():
        print(f"{name} did not run: {why}")
    for corpus in run.sets:
        _show_set(run, corpus)
    _show_metadata(run)
    _show_bars(run)


def _show_set(run: Run, corpus: str) -> None:
    places = run.places(corpus)
    print(f"\n{corpus}: {len(places)} pages")
    print(
        f"{'':<14}{'P':>8}{'R':>8}{'F1':>8}   {'95% interval':<15}{'CPU ms':>8}{'median':>8}{'× stock':>9}{'empty':>7}"
    )
    stock = work(run.columns[STOCK], places).mean if STOCK in run.columns else None
    for name, column in run.columns.items():
        got, cost = text(column, places), work(column, places)
        ratio = f"{cost.mean / stock:.2f}" if stock else "–"
        print(f"{name:<14}{got.precision:>8.4f}{got.recall:>8.4f}{got.f1:>8.4f}   {got.low:.4f}–{got.high:.4f}"
              f"  {cost.mean:>8.1f}{cost.median:>8.1f}{ratio:>9}{cost.empty:>7}")  # fmt: skip
    if has_optional(run, places):
        f1s = ", ".join(f"{name} {lenient_f1(column, places):.4f}" for name, column in run.columns.items())
        print(f"  F1 where optional paragraphs may be there or not: {f1s}")
    for name, column in run.columns.items():
        for place in places:
            if problem := column.answers[place].problem:
                print(f"  {name} gave nothing for {run.pages[place].file.name}: {problem}")


def _show_metadata(run: Run) -> None:
    truths = {name: metadata(next(iter(run.columns.values())), name) for name in METADATA}
    if not any(truths.values()):
        return
    print("\nmetadata, on the pages that have a truth")
    heads = [f"{name} ({got[1]})" if got else name for name, got in truths.items()]
    print(f"{'':<14}" + "".join(f"{head:>18}" for head in heads))
    for name, column in run.columns.items():
        found = [metadata(column, what) for what in METADATA]
        print(f"{name:<14}" + "".join(f"{got[0]:>18.3f}" if got else f"{'–':>18}" for got in found))


def _show_bars(run: Run) -> None:
    found = bars(run)
    if found:
        print("\nnewsdesk beside stock")
    for bar in found:
        wanted = f"{'≤' if bar.at_most else '≥'} {bar.wanted:g}"
        value = f"{bar.value:.3f}" if bar.at_most else f"{bar.value:+.3f}"
        print(f"{'pass' if bar.passed else 'FAIL':<6}{bar.name:<22}{value:>8}  {wanted:<9}{bar.note}")
