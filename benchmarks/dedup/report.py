"""Print what was measured, and give every figure a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.dedup.bars import Bar
from benchmarks.dedup.bigstory import BigStory
from benchmarks.dedup.cases import MADE_OF
from benchmarks.dedup.quality import OURS, Quality
from benchmarks.dedup.scale import Point
from benchmarks.dedup.scores import LOOKALIKE, REPRINTED, Outcome

Figures = dict[str, float | int | str]


def show_quality(quality: Quality) -> Figures:
    """Print the tables of part A."""
    outcomes = quality.outcomes
    print(f"\n{quality.texts} texts stored; {quality.aliases} of them as aliases of another")
    widths = "".join(f"{name:>20}" for name in outcomes)
    print(f"\nreprints, precision / recall / F1 of pairs\n{'':<24}{'pairs':>6}{widths}")
    figures: Figures = {"texts": quality.texts}
    for operation in REPRINTED:
        tallies = {name: outcome.operations[operation] for name, outcome in outcomes.items()}
        cells = "".join(f"{f'{t.precision:.3f} {t.recall:.3f} {t.f1:.3f}':>20}" for t in tallies.values())
        print(f"{operation:<24}{len(tallies[OURS].found):>6}{cells}")
        for name, tally in tallies.items():
            own = {what: getattr(tally, what) for what in ("precision", "recall", "f1")}
            figures |= {f"{operation}/{name}/{what}": round(value, 4) for what, value in own.items()}
    print()
    for name, outcome in outcomes.items():
        figures |= _overall(name, outcome, quality)
    _show_links(outcomes, figures)
    _show_alike(outcomes, figures)
    for name, millis in quality.millis.items():
        print(f"{name}: {millis:.2f} CPU ms an article for the hashes and the search among a round's texts, in memory")
        figures[f"{name}/cpu_ms"] = round(millis, 3)
    return figures


def _overall(name: str, outcome: Outcome, quality: Quality) -> Figures:
    """Print a system's line over all reprint pairs."""
    tally, plain, ours = outcome.reprints, outcome.plain, quality.outcomes[OURS].reprints
    (p_low, p_high), (r_low, r_high) = tally.intervals()
    threshold = quality.thresholds.get(name)
    at = "" if threshold is None else f" at {threshold:.2f}"
    missed = (1 - ours.recall) / (1 - tally.recall) if tally.recall < 1 else 1.0
    told, known = outcome.told_in_story, outcome.in_story
    precision = f"{tally.precision:.4f} ({p_low:.3f}–{p_high:.3f})"
    recall = f"{tally.recall:.4f} ({r_low:.3f}–{r_high:.3f})"
    beside = f"; newsdesk misses {missed:.2f}× as many" if name != OURS else ""
    print(f"{name + at:<24} P {precision}  R {recall}  F1 {tally.f1:.4f}{beside}")
    print(f"{'':<24} P without look-alikes {plain.precision:.4f}, without texts of parts {outcome.whole.precision:.4f}")
    right, wrong = known[True], known[False]
    share = right / ((right + wrong) or 1)
    home = told[True] / (told.total() or 1)
    print(
        f"{'':<28} in stories: {share:.4f} of the pairs are right, {home:.4f} of the reprints are with their original"
    )
    return {
        f"all/{name}/{key}": round(value, 4)
        for key, value in {
            "precision": tally.precision,
            "precision_low": p_low,
            "precision_high": p_high,
            "recall": tally.recall,
            "recall_low": r_low,
            "recall_high": r_high,
            "f1": tally.f1,
            "precision_without_lookalikes": plain.precision,
            "precision_without_parts": outcome.whole.precision,
            "story_precision": share,
            "story_recall": home,
            "either": outcome.neutral,
        }.items()
    }


def _show_links(outcomes: dict[str, Outcome], figures: Figures) -> None:
    print(
        "\ntexts of parts: precision / recall of links to their sources; texts united with a source, "
        "bridging two sources' stories"
    )
    for operation in MADE_OF:
        number = outcomes[OURS].texts[operation]
        for name, outcome in outcomes.items():
            tally = outcome.links[operation]
            united, known, bridged = (count[operation] for count in (outcome.united, outcome.known, outcome.bridged))
            print(
                f"  {operation:<10}{name:<20} P {tally.precision:.3f}  R {tally.recall:.3f}  united {united:>3} "
                f"({known:>2} after all their sources), bridging {bridged:>3} of {number}"
            )
            figures |= {
                f"{operation}/{name}/precision": round(tally.precision, 4),
                f"{operation}/{name}/recall": round(tally.recall, 4),
                f"{operation}/{name}/united": united,
                f"{operation}/{name}/united_after_sources": known,
                f"{operation}/{name}/bridging": bridged,
                f"{operation}/texts": number,
            }


def _show_alike(outcomes: dict[str, Outcome], figures: Figures) -> None:
    print("\npages that only look alike: how many are in a story with another text")
    print(f"{'':<24}{'texts':>6}" + "".join(f"{name:>20}" for name in outcomes))
    for operation in LOOKALIKE:
        number = outcomes[OURS].texts[operation]
        cells = "".join(f"{outcome.alike[operation]:>20}" for outcome in outcomes.values())
        print(f"{operation:<24}{number:>6}{cells}")
        figures |= {f"{operation}/{name}/united": outcome.alike[operation] for name, outcome in outcomes.items()}


def show_scale(points: Iterable[Point]) -> tuple[Figures, list[Point]]:
    """Print the table of part B, each line as soon as it is measured."""
    print("\ncost while the past grows; CPU in ms an article; the server's apart for PostgreSQL, and in `work`")
    heads = (
        "lookup p50",
        "p95",
        "cpu p50",
        "cands",
        "identity",
        "new",
        "reprint",
        "tell",
        "commit",
        "again",
        "server",
        "work",
        "store",
        "B/article",
    )
    print(f"{'':<11}{'past':>10}" + "".join(f"{head:>11}" for head in heads))
    figures: Figures = {}
    firsts: dict[str, Point] = {}
    seen: list[Point] = []
    for point in points:
        seen.append(point)
        first = firsts.setdefault(point.dialect, point)
        values = {
            "lookup_p50_ms": float(np.median(point.wall)),
            "lookup_p95_ms": float(np.percentile(point.wall, 95)),
            "lookup_cpu_p50_ms": float(np.median(point.cpu)),
            "candidates": point.candidates,
            "identity": point.identity,
            "tell_new": point.by_operation["new"],
            "tell_reprint": point.by_operation["reprint"],
            "tell": point.story,
            "commit": point.commit,
            "again": point.again,
            "server": point.server,
            "work": point.work,
            "store": point.store,
            "bytes": point.bytes_per_article,
        }
        cells = "".join(f"{value:>11.2f}" if name != "bytes" else f"{value:>11.0f}" for name, value in values.items())
        print(f"{point.dialect:<11}{point.size:>10,}{cells}", flush=True)
        growth = np.median(point.wall) / np.median(first.wall), point.work / first.work
        beside = f"lookup {growth[0]:.2f}×, work {growth[1]:.2f}× that at {first.size:,}"
        print(f"{'':<21}{beside}; loaded in {point.seconds:.0f} s", flush=True)
        figures |= {f"{point.dialect}/{point.size}/{name}": round(value, 4) for name, value in values.items()}
        figures |= {
            f"{point.dialect}/{point.size}/lookup_growth": round(float(growth[0]), 3),
            f"{point.dialect}/{point.size}/work_growth": round(float(growth[1]), 3),
        }
    return figures, seen


def show_story(story: BigStory) -> Figures:
    """Print part C."""
    print(
        f"\n{story.outlets} outlets reprint one text ({story.dialect}): {story.stories} stories, the largest with "
        f"{story.articles} articles of {story.counted_outlets} outlets; CPU ms for each of the first 50: "
        f"{story.first:.1f}, of the last 50: {story.last:.1f} ({story.ratio:.2f}×)"
    )
    own = {
        "stories": story.stories,
        "articles": story.articles,
        "first": story.first,
        "last": story.last,
        "ratio": story.ratio,
    }
    return {f"big_story/{story.dialect}/{name}": round(value, 3) for name, value in own.items()}


def show_bars(bars: Sequence[Bar]) -> Figures:
    """Print the bars."""
    print("\nbars")
    for bar in bars:
        wanted = f"{'≤' if bar.at_most else '≥'} {bar.wanted:g}"
        print(f"{'pass' if bar.passed else 'FAIL':<6}{bar.name:<44}{bar.value:>9.4f}  {wanted}")
    return {f"bar/{bar.name}": round(bar.value, 4) for bar in bars}
