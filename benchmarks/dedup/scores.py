"""Precision and recall of what a system says of a round's texts, per operation and over all, with intervals."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.dedup.cases import DRESSED, MADE_OF, ORIGINAL, Told
from benchmarks.dedup.edits import REPRINTS

REPRINTED = (DRESSED, *REPRINTS)
STRANGE = "sentences 30%"
LOOKALIKE = ("common note", "captions", "form, one number", "form, all numbers")
DRAWS = 1_000
Pair = tuple[int, int]


@dataclass(slots=True)
class Tally:
    """Judged pairs, each with the text that it is drawn by. `found` says of true pairs whether a system has them,
    `right` of a system's pairs whether they are true."""

    found: list[tuple[str, bool]] = field(default_factory=list)
    right: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of the true pairs that was found."""
        return _mean(self.found)

    @property
    def precision(self) -> float:
        """The share of the found pairs that is true."""
        return _mean(self.right)

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def intervals(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the 95% intervals of precision and recall, over draws of originals with all their pairs."""
        return _interval(self.right), _interval(self.found)


def _mean(judged: Sequence[tuple[str, bool]]) -> float:
    return sum(ok for _, ok in judged) / len(judged) if judged else 1.0


def _interval(judged: Sequence[tuple[str, bool]]) -> tuple[float, float]:
    groups: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for key, ok in judged:
        groups[key][0] += ok
        groups[key][1] += 1
    if not groups:
        return 1.0, 1.0
    draw, every = random.Random(7), list(groups.values())
    means = []
    for _ in range(DRAWS):
        drawn = draw.choices(every, k=len(every))
        means.append(sum(ok for ok, _ in drawn) / sum(number for _, number in drawn))
    means.sort()
    return means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS) - 1]


@dataclass(slots=True)
class Outcome:
    """A system's figures, added up over rounds."""

    reprints: Tally = field(default_factory=Tally)
    plain: Tally = field(default_factory=Tally)
    """The same without forms, captions and common notes."""
    whole: Tally = field(default_factory=Tally)
    """The same without merges, roundups and briefs."""
    operations: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    links: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    united: Counter[str] = field(default_factory=Counter)
    """Of the texts of parts: how many were united with a source."""
    known: Counter[str] = field(default_factory=Counter)
    """How many of these were stored when the originals of all their sources were there."""
    bridged: Counter[str] = field(default_factory=Counter)
    """How many stand in a story with originals of two sources."""
    texts: Counter[str] = field(default_factory=Counter)
    alike: Counter[str] = field(default_factory=Counter)
    """Of the pages that only look alike: texts in a story with another text."""
    in_story: Counter[bool] = field(default_factory=Counter)
    told_in_story: Counter[bool] = field(default_factory=Counter)
    """Whether reprints stand in the story of their original."""
    neutral: int = 0

    def add(self, texts: Sequence[Told], uniting: set[Pair], related: set[Pair], stories: Sequence[int | None]) -> None:
        """Add a round: the pairs that a system unites, those that it relates at all, and the stories it makes."""
        self.texts.update(text.operation for text in texts)
        self._add_true(texts, uniting, related)
        for pair in uniting:
            self._add_found(texts, pair)
        for one, other in related:
            self._add_link(texts[one], texts[other])
        self._add_stories(texts, uniting, stories)

    def _add_true(self, texts: Sequence[Told], uniting: set[Pair], related: set[Pair]) -> None:
        originals = {text.tells: place for place, text in enumerate(texts) if text.operation == ORIGINAL}
        linked = linked_to(texts, related)
        for place, text in enumerate(texts):
            if text.tells is not None and text.operation != ORIGINAL:
                found = _pair(originals[text.tells], place) in uniting
                for tally in (self.reprints, self.plain, self.whole, self.operations[text.operation]):
                    tally.found.append((str(text.tells), found))
            for part in text.parts:
                self.links[text.operation].found.append((str(part), (place, part) in linked))

    def _add_found(self, texts: Sequence[Told], pair: Pair) -> None:
        one, other = (texts[place] for place in pair)
        right = judge(one, other)
        if right is None:
            self.neutral += 1
            return
        key = str(one.tells) if one.tells is not None else one.name
        self.reprints.right.append((key, right))
        if one.operation not in LOOKALIKE and other.operation not in LOOKALIKE:
            self.plain.right.append((key, right))
        if one.operation not in MADE_OF and other.operation not in MADE_OF:
            self.whole.right.append((key, right))
        for operation in {one.operation, other.operation} - {ORIGINAL}:
            self.operations[operation].right.append((key, right))

    def _add_link(self, one: Told, other: Told) -> None:
        """Judge a link of a text of parts; one to a text with strange sentences may be a true one."""
        if STRANGE in (one.operation, other.operation):
            return
        common = _about(one) & _about(other)
        for operation in {one.operation, other.operation} & set(MADE_OF):
            self.links[operation].right.append((one.name, bool(common)))

    def _add_stories(self, texts: Sequence[Told], uniting: set[Pair], stories: Sequence[int | None]) -> None:
        where = {text.tells: place for place, text in enumerate(texts) if text.operation == ORIGINAL}
        joined = {place for pair in uniting if judge(*(texts[one] for one in pair)) is False for place in pair}
        for place, text in enumerate(texts):
            if text.operation in MADE_OF and place in joined:
                self.united[text.operation] += 1
                self.known[text.operation] += all(where[part] < place for part in text.parts)
        homes = {text.tells: stories[place] for place, text in enumerate(texts) if text.operation == ORIGINAL}
        for place, text in enumerate(texts):
            if text.tells is not None and text.operation != ORIGINAL:
                self.told_in_story[stories[place] is not None and stories[place] == homes[text.tells]] += 1
        members: defaultdict[int, list[int]] = defaultdict(list)
        for place, story in enumerate(stories):
            if story is not None:
                members[story].append(place)
        for together in members.values():
            self._add_story([texts[place] for place in together])

    def _add_story(self, members: list[Told]) -> None:
        told = {text.tells for text in members if text.tells is not None}
        for text in members:
            if text.operation in MADE_OF:
                self.bridged[text.operation] += len(text.parts & told) > 1
            if text.operation in LOOKALIKE and len(members) > 1:
                self.alike[text.operation] += 1
        for place, one in enumerate(members):
            for other in members[:place]:
                right = judge(one, other)
                if right is not None:
                    self.in_story[right] += 1


def judge(one: Told, other: Told) -> bool | None:
    """Tell whether two texts belong to one story; None where either answer will do."""
    if one.tells is not None and one.tells == other.tells:
        return True
    for merged, source in ((one, other), (other, one)):
        if merged.mostly is not None and merged.mostly == source.tells:
            return None
    return False


def linked_to(texts: Sequence[Told], related: set[Pair]) -> set[tuple[int, int | None]]:
    """Return which text is related to a text that tells which body: its original, or a reprint of it."""
    ends = [*related, *((other, one) for one, other in related)]
    return {(place, texts[other].tells) for place, other in ends}


def _about(text: Told) -> frozenset[int]:
    return text.parts | ({text.tells} if text.tells is not None else set())


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def stories_of(number: int, pairs: Iterable[Pair]) -> list[int | None]:
    """Return the story of each text when all pairs are joined, None for a text that is in no pair."""
    parent = list(range(number))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    seen = set()
    for one, other in pairs:
        parent[root(one)] = root(other)
        seen |= {one, other}
    return [root(place) if place in seen else None for place in range(number)]


Answers = tuple[Sequence[Told], Callable[[float], set[Pair]]]
"""A round's texts, and the pairs that a method gives at a threshold."""


def best_threshold(rounds: Sequence[Answers], tried: Iterable[float]) -> float:
    """Return the threshold with the best F1 over all reprint pairs, look-alikes aside."""

    def f1(threshold: float) -> float:
        outcome = Outcome()
        for texts, pairs in rounds:
            found = pairs(threshold)
            outcome._add_true(texts, found, found)
            for pair in found:
                outcome._add_found(texts, pair)
        return outcome.plain.f1

    return max(tried, key=f1, default=1.0)
