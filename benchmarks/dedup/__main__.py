"""`python -m benchmarks.dedup --corpus DIR [--json FILE] [--quick]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.dedup import bars, bigstory, quality, report, scale
from benchmarks.dedup.bodies import LEAST_WORDS, ONE_TEXT, Body, read_bodies
from benchmarks.dedup.cases import ROUNDS

PARTS = ("quality", "scale", "story")
DATABASES = ("sqlite", "postgresql")
QUICK_BODIES, QUICK_SIZES, QUICK_OUTLETS, QUICK_BACKGROUND = 8, scale.SIZES[:2], 120, 2_000


def main() -> None:
    """Read the bodies, measure part by part, print."""
    options = _options()
    bodies, pairs = read_bodies(options.corpus)
    if not bodies:
        sys.exit("no bodies: is that a corpus folder?")
    print(f"{len(bodies)} bodies of at least {LEAST_WORDS} words")
    print(f"{len(pairs)} pairs with {ONE_TEXT:.0%} of the shorter one's 6-grams in common; one of each is left out")
    for pair in pairs:
        print(f"  {pair[0]} × {pair[1]}: {pair[2]:.2f}")
    figures: report.Figures = {"bodies": len(bodies)}
    for part in options.parts.split(","):
        figures |= _PARTS[part](bodies, options)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _quality(bodies: Sequence[Body], options: argparse.Namespace) -> report.Figures:
    own = bodies[::QUICK_BODIES] if options.quick else bodies
    found = quality.measure(own, ROUNDS, QUICK_BACKGROUND if options.quick else quality.BACKGROUND)
    figures = report.show_quality(found)
    for title, lines in (("wrong", found.wrong), ("missed", found.missed)):
        print(f"\n{len(lines)} pairs {title}" + (":" if options.errors and lines else ""))
        for line in lines[: options.errors]:
            print(f"  {line}")
    return figures | report.show_bars(bars.of_quality(found))


def _scale(bodies: Sequence[Body], options: argparse.Namespace) -> report.Figures:
    usual = QUICK_SIZES if options.quick else scale.SIZES
    sizes = [int(size) for size in options.sizes.split(",")] if options.sizes else list(usual)
    figures, points = report.show_scale(scale.measure(bodies, options.databases.split(","), sizes))
    return figures | report.show_bars(bars.of_scale(points))


def _story(bodies: Sequence[Body], options: argparse.Namespace) -> report.Figures:
    figures: report.Figures = {}
    for dialect in options.databases.split(","):
        story = bigstory.measure(bodies, dialect, QUICK_OUTLETS if options.quick else bigstory.OUTLETS)
        figures |= report.show_story(story) | report.show_bars(bars.of_story(story))
    return figures


_PARTS = {"quality": _quality, "scale": _scale, "story": _story}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dedup", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of pages with their truth")
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--quick", action="store_true", help="fewer texts, 10,000 and 100,000 sketches on SQLite only")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="NAME,…", help=f"only these of {', '.join(PARTS)}")
    parser.add_argument("--databases", metavar="NAME,…", help=f"only these of {', '.join(DATABASES)}")
    parser.add_argument("--sizes", metavar="N,…", help="sizes of the past, ascending")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print N wrong and N missed pairs")
    options = parser.parse_args()
    options.databases = options.databases or ("sqlite" if options.quick else ",".join(DATABASES))
    for given, known in ((options.parts, PARTS), (options.databases, DATABASES)):
        if unknown := set(given.split(",")) - set(known):
            sys.exit(f"unknown: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    main()
