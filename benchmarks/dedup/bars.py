"""The bars that newsdesk is held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.dedup.bigstory import BigStory
from benchmarks.dedup.quality import OURS, Quality
from benchmarks.dedup.scale import Point

PRECISION, RECALL = 0.98, 0.95
RECALLS = {"drop 60%": 0.99, "reorder paragraphs": 0.99, "reorder sentences": 0.99}
LINKS = {"roundup": 0.99, "merge": 0.9}
WORK_MS, LOOKUP_MS, GROWTH = 3.0, 1.0, 3.0
SLOWER = 2.0
"""Times the first articles of a big story that its last ones may cost."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and what it has to be: `least` unless `at_most` is set."""

    name: str
    value: float
    wanted: float
    at_most: bool = False

    @property
    def passed(self) -> bool:
        """Whether the figure is good enough."""
        return self.value <= self.wanted if self.at_most else self.value >= self.wanted


def of_quality(quality: Quality) -> list[Bar]:
    """Return the bars on what is found."""
    outcome = quality.outcomes[OURS]
    found = [
        Bar("reprint precision", outcome.reprints.precision, PRECISION),
        Bar("reprint recall", outcome.reprints.recall, RECALL),
    ]
    found += [Bar(f"{name} recall", outcome.operations[name].recall, least) for name, least in RECALLS.items()]
    return found + [Bar(f"{name} recall as a link", outcome.links[name].recall, least) for name, least in LINKS.items()]


def of_scale(points: Sequence[Point]) -> list[Bar]:
    """Return the bars on cost, for SQLite, at its largest size and from its smallest to it."""
    own = [point for point in points if point.dialect == "sqlite"]
    if not own:
        return []
    first, last = own[0], own[-1]
    label = f"at {last.size:,}"
    found = [
        Bar(f"identity + story CPU ms {label}", last.work, WORK_MS, at_most=True),
        Bar(f"lookup p50 ms {label}", float(np.median(last.wall)), LOOKUP_MS, at_most=True),
    ]
    if len(own) > 1:
        found.append(Bar("growth of the work", last.work / first.work, GROWTH, at_most=True))
        found.append(
            Bar("growth of lookup p50", float(np.median(last.wall) / np.median(first.wall)), GROWTH, at_most=True)
        )
    return found


def of_story(story: BigStory) -> list[Bar]:
    """Return the bars on a story of many outlets."""
    return [
        Bar(f"{story.dialect}: stories of {story.outlets} copies", story.stories, 1, at_most=True),
        Bar(f"{story.dialect}: CPU of the last copies beside the first", story.ratio, SLOWER, at_most=True),
    ]
