"""Part A: what newsdesk and the others find among edited copies, texts of parts and pages that only look alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import numpy as np

from benchmarks.dedup.background import Background
from benchmarks.dedup.baselines import METHODS, Scored
from benchmarks.dedup.bodies import Body
from benchmarks.dedup.cases import Told, rounds
from benchmarks.dedup.databases import database
from benchmarks.dedup.loading import Past, source_of
from benchmarks.dedup.ours import Answer, answer
from benchmarks.dedup.phrases import Phrases
from benchmarks.dedup.scores import Outcome, best_threshold, judge, linked_to, stories_of

OURS = "newsdesk"
BACKGROUND = 20_000
Pair = tuple[int, int]


@dataclass(slots=True)
class Quality:
    """Figures by system, and newsdesk's wrong and missed pairs in words."""

    outcomes: dict[str, Outcome]
    thresholds: dict[str, float]
    millis: dict[str, float]
    texts: int = 0
    aliases: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def measure(bodies: Sequence[Body], turns: int, background: int = BACKGROUND) -> Quality:
    """Store every round in a database of its own, ask the others about the same stored bodies, and judge all."""
    quality = Quality({OURS: Outcome()}, {}, {})
    told: list[list[Told]] = list(rounds(bodies, turns))
    stored = []
    for texts in told:
        found = _answer(texts, bodies, background)
        uniting = found.united()
        quality.outcomes[OURS].add(texts, uniting, uniting | set(found.relations), found.stories)
        quality.texts += len(texts)
        quality.aliases += found.aliases
        _note(quality, texts, found, uniting)
        stored.append(found.bodies)
    for name, method in METHODS.items():
        _ask(quality, name, method, told, stored)
    return quality


def _answer(texts: Sequence[Told], bodies: Sequence[Body], background: int) -> Answer:
    now = datetime.now(UTC)
    vocabulary = sorted({word for body in bodies for word in body.text.split()})
    with database("sqlite") as own:
        if background:
            past = Background(Phrases(vocabulary, number=1_000), vocabulary)
            Past(own, past, source_of(own, now), now, background).grow(background)
        return answer(own.store, texts, now)


def _ask(
    quality: Quality,
    name: str,
    method: Callable[[Sequence[str]], Scored],
    told: Sequence[Sequence[Told]],
    stored: Sequence[Sequence[str]],
) -> None:
    """Judge a method at its usual threshold, and at the one that is best on these very texts."""
    scored = [method(bodies) for bodies in stored]
    tried = sorted({threshold for one in scored for threshold in one.thresholds()})
    best = best_threshold([(texts, one.above) for texts, one in zip(told, scored, strict=True)], tried)
    quality.millis[name] = float(np.mean([one.millis for one in scored]))
    for label, threshold in ((name, scored[0].usual), (f"{name}, best", best)):
        if label.endswith("best") and len(tried) < 2:
            continue
        quality.thresholds[label] = threshold
        outcome = quality.outcomes[label] = Outcome()
        for texts, one in zip(told, scored, strict=True):
            pairs = one.above(threshold)
            outcome.add(texts, pairs, pairs, stories_of(len(texts), pairs))


def _note(quality: Quality, texts: Sequence[Told], found: Answer, uniting: set[Pair]) -> None:
    """Keep what newsdesk got wrong in words."""
    show = partial(_in_words, texts, found)
    quality.wrong += [show(pair) for pair in sorted(uniting) if judge(*(texts[place] for place in pair)) is False]
    originals = {text.tells: place for place, text in enumerate(texts) if text.operation == "original"}
    linked = linked_to(texts, uniting | set(found.relations))
    for place, text in enumerate(texts):
        pair = tuple(sorted((place, originals[text.tells]))) if text.tells is not None else None
        if pair is not None and text.operation != "original" and pair not in uniting:
            quality.missed.append(show((pair[0], pair[1])))
        for part in text.parts:
            if (place, part) not in linked:
                one, other = sorted((place, originals[part]))
                quality.missed.append(show((one, other)))


def _in_words(texts: Sequence[Told], found: Answer, pair: Pair) -> str:
    one, other = (texts[place] for place in pair)
    relation = found.relations.get(pair)
    said = f"{relation.kind} {relation.share}/{relation.other_share}" if relation else "nothing"
    stories = " and ".join(str(found.stories[place]) for place in pair)
    return (
        f"{one.name} ({len(one.text.split())} words) × {other.name} ({len(other.text.split())}): {said}; "
        f"stories {stories}"
    )
