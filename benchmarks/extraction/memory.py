"""The memory curve: one of newsdesk's worker processes, never replaced, over many pages that are never the same."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.corpus.pages import TruePage
from pipelines import workers
from pipelines.extract import extract
from pipelines.fingerprint import content_hash
from pipelines.workers import WorkerFailure, WorkerPool
from storage.types import Drop, Page

PAGES = 20_000
STEP, STEPS = 1_000, 20
"""There is a point every so many pages, or so many points when there are fewer pages."""
SETTLED = 2_000
"""What the last point is compared with: the one after so many pages, or half-way when there are fewer."""
TAIL = 100
"""A point is the median after so many pages, as single pages differ."""
TIMEOUT, MEMORY_MB = 60.0, 1024


@dataclass(frozen=True, slots=True)
class Point:
    """After so many pages: resident MB, and the highest so far."""

    pages: int
    rss: float
    peak: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What was measured. `life` is the peak over the tasks after which a worker is replaced in earnest."""

    points: list[Point]
    life_tasks: int
    life: float
    failures: list[str]

    @property
    def settled(self) -> Point:
        """The point that the last one is compared with."""
        return next(point for point in self.points if point.pages >= min(SETTLED, self.points[-1].pages // 2))

    @property
    def ratio(self) -> float:
        """The last point's memory in terms of the settled one's."""
        return self.points[-1].rss / self.settled.rss

    def flat(self) -> dict[str, float | int]:
        """Return every figure under a name of its own."""
        figures: dict[str, float | int] = {f"memory_rss_mb_after_{point.pages}": point.rss for point in self.points}
        figures |= {"memory_pages": self.points[-1].pages, "memory_peak_mb": self.points[-1].peak}
        figures |= {"memory_ratio": round(self.ratio, 3), "memory_failures": len(self.failures)}
        return figures | {"memory_worker_tasks": self.life_tasks, "memory_worker_peak_mb": self.life}


def measure(pages: Sequence[TruePage], number: int) -> Curve:
    """Return the curve over so many pages, the corpus round and round."""
    life_tasks, workers.TASKS_PER_WORKER = workers.TASKS_PER_WORKER, number + 2
    try:
        return asyncio.run(_measure(pages, number, life_tasks))
    finally:
        workers.TASKS_PER_WORKER = life_tasks


async def _measure(pages: Sequence[TruePage], number: int, life_tasks: int) -> Curve:
    pool = WorkerPool(1, TIMEOUT, MEMORY_MB)
    failures: list[str] = []
    try:
        seen = [await pool.run(held)]
        points = [Point(0, *seen[0])]
        for done, (url, body) in zip(range(1, number + 1), _rounds(pages), strict=False):
            try:
                seen.append(await pool.run(work, url, body))
            except WorkerFailure as failure:  # a new worker begins below: the curve says so
                failures.append(f"page {done}, {url}: {failure}")
            if done % min(STEP, max(1, number // STEPS)) == 0 or done == number:
                points.append(_point(done, seen))
                _progress(done, number)
    finally:
        pool.close()
    return Curve(points, life_tasks, max(peak for _, peak in seen[: life_tasks + 1]), failures)


def _point(done: int, seen: Sequence[tuple[float, float]]) -> Point:
    return Point(done, round(median(rss for rss, _ in seen[-TAIL:]), 1), max(peak for _, peak in seen))


def _rounds(pages: Sequence[TruePage]) -> Iterator[tuple[str, bytes]]:
    for turn in count():
        for page in pages:
            yield f"{page.url}#{turn}", altered(page.body(), turn)


def altered(body: bytes, turn: int) -> bytes:
    """Return a page with other classes and other paragraphs in each round, so that no cache knows it."""
    number = str(turn).encode()
    return body.replace(b'class="', b'class="turn' + number + b" ").replace(b"</p>", b" " + number + b"</p>")


def work(url: str, body: bytes) -> tuple[float, float]:
    """Do in a worker what newsdesk does there; return what `held` returns."""
    got = extract(Page(url, body))
    if not isinstance(got, Drop):
        content_hash(got.headline, got.body)
    return held()


def held() -> tuple[float, float]:
    """Return this process's resident MB, now and at most (Linux)."""
    lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    values = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
    now, peak = (int(values[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return round(now, 1), round(peak, 1)


def show(curve: Curve) -> None:
    """Print the curve."""
    print(f"one worker, never replaced; median after {TAIL} pages\n{'pages':>8}{'RSS MB':>9}{'peak MB':>9}")
    top = max(point.rss for point in curve.points)
    for point in curve.points:
        print(f"{point.pages:>8,}{point.rss:>9.1f}{point.peak:>9.1f}  {'█' * round(40 * point.rss / top)}")
    print(f"last ÷ after {curve.settled.pages:,}: {curve.ratio:.2f}; peak {curve.points[-1].peak:.0f} MB")
    print(f"newsdesk replaces a worker after {curve.life_tasks:,} tasks; until there the peak was {curve.life:.0f} MB")
    for failure in curve.failures:
        print(f"the worker failed and was replaced: {failure}")


def _progress(done: int, number: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} of {number:,} pages", end="" if done < number else "\n", file=sys.stderr)
