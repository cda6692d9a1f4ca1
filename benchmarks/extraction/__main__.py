"""`python -m benchmarks.extraction --corpus DIR [--json FILE] [--quick]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.corpus.pages import TruePage, read_corpus
from benchmarks.extraction import memory
from benchmarks.extraction.bars import STOCK, bars
from benchmarks.extraction.children import OURS
from benchmarks.extraction.closeup import misses, worst
from benchmarks.extraction.figures import flat
from benchmarks.extraction.peers import SYSTEMS
from benchmarks.extraction.report import show
from benchmarks.extraction.run import run

QUICK = 10
WITHOUT_PEERS = (OURS, STOCK, "stock-fast")


def main() -> None:
    """Read the pages, measure, print."""
    options = _options()
    pages = _pages(options)
    if not pages:
        sys.exit("no pages: is that a corpus folder, and is there such a set?")
    figures = _memory(pages, options.memory) if options.memory else _compare(pages, options)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _compare(pages: list[TruePage], options: argparse.Namespace) -> dict[str, Any]:
    done = run(pages, _interpreters(options))
    show(done)
    if options.worst:
        worst(done, options.worst)
    for name in options.misses or ():
        misses(done, name)
    return flat(done) | {bar.name: round(bar.value, 4) for bar in bars(done)}


def _memory(pages: list[TruePage], number: int) -> dict[str, Any]:
    curve = memory.measure(pages, number)
    memory.show(curve)
    return curve.flat()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of pages with their truth")
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--quick", action="store_true", help="only every tenth page, without peers")
    parser.add_argument("--sets", metavar="NAME,…", help="only these sets: articles, fundus, sites")
    parser.add_argument("--systems", metavar="NAME,…", help=f"only these of {', '.join((OURS, *SYSTEMS))}")
    parser.add_argument(
        "--peer-python", default=sys.executable, metavar="PATH", help="the interpreter that has the peers"
    )
    parser.add_argument("--worst", type=int, metavar="N", help="print newsdesk's N worst pages of each set")
    parser.add_argument("--misses", action="append", choices=["headline", "date", "authors"],
                        help="print what was missed of these metadata")  # fmt: skip
    parser.add_argument("--memory", type=int, nargs="?", const=memory.PAGES, metavar="N",
                        help=f"instead of all that, one worker's memory over N pages ({memory.PAGES:,})")  # fmt: skip
    return parser.parse_args()


def _pages(options: argparse.Namespace) -> list[TruePage]:
    wanted = options.sets.split(",") if options.sets else None
    pages = [page for page in read_corpus(options.corpus) if wanted is None or page.corpus in wanted]
    return pages[:: QUICK if options.quick else 1]


def _interpreters(options: argparse.Namespace) -> dict[str, str]:
    """Return the extractors to run and the interpreter of each."""
    every = WITHOUT_PEERS if options.quick else (OURS, *SYSTEMS)
    names = options.systems.split(",") if options.systems else every
    if unknown := set(names) - {OURS, *SYSTEMS}:
        sys.exit(f"no such system: {', '.join(sorted(unknown))}")
    return {name: sys.executable if name in WITHOUT_PEERS else options.peer_python for name in names}


if __name__ == "__main__":
    main()
