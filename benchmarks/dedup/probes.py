"""Texts to store and look up while the past grows: new ones of real words, and reprints of stored ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.dedup.bodies import Body
from benchmarks.dedup.cases import Told
from benchmarks.dedup.edits import REPRINTS, Edit, joined, paragraphs
from benchmarks.dedup.outlets import dress, new_headline, outlets
from benchmarks.dedup.phrases import Phrases

COMMON = 2
"""Phrases that every text has in common with many."""
EDITS = ("drop 30%", "first 40%", "words 10%", "sentences 30%", "reorder paragraphs")
REPRINTED = 3
"""One text in so many is a reprint."""


class Probes:
    """A supply of texts, none of which comes twice."""

    def __init__(self, bodies: Sequence[Body], phrases: Phrases, seed: int = 23) -> None:
        self._bodies, self._phrases = bodies, phrases
        self._reprinted = bodies
        self._draw, self._ranks = random.Random(seed), np.random.default_rng(seed)
        self._outlets = outlets(self._draw, 400)
        self._headlines = [body.headline for body in bodies]
        self._count = 0

    def originals(self) -> Iterator[Told]:
        """Yield the real texts as they are, for the past."""
        for body in self._bodies:
            yield Told(f"real {body.number}", "original", body.outlet, body.headline, body.text, body.number)

    def turn(self, place: int, places: int) -> None:
        """Reprint other originals from now on, so that stories at the next size are no larger than at this one."""
        self._reprinted = self._bodies[place::places]

    def texts(self, number: int) -> list[Told]:
        """Return so many texts, a third of them reprints; some of these with the lines of a page around them."""
        return [self._reprint() if place % REPRINTED == 0 else self._new() for place in range(number)]

    def _new(self) -> Told:
        """Return a text that nobody has: a real one with all its words in another order."""
        body = self._draw.choice(self._bodies)
        words = body.text.split()
        self._draw.shuffle(words)
        told, start = [], 0
        for paragraph in paragraphs(body.text):
            size = len(paragraph.split())
            told.append(" ".join(words[start : start + size]) + ".")
            start += size
        headline = " ".join(self._draw.sample(words, min(9, len(words))))
        return self._told("new", headline, joined(told), None)

    def _reprint(self) -> Told:
        body = self._draw.choice(self._reprinted)
        edit: Edit = REPRINTS[self._draw.choice(EDITS)]
        others = [one.text for one in self._draw.sample(list(self._bodies), 4) if one.number != body.number]
        told = self._told("reprint", body.headline, edit(body.text, self._draw, others), body.number)
        outlet = self._outlets[self._count % len(self._outlets)]
        text = dress(told.text, outlet, self._headlines, self._draw) if self._draw.random() < 0.3 else told.text
        return replace(told, text=text, headline=new_headline(body.headline, outlet, self._draw))

    def _told(self, operation: str, headline: str, text: str, tells: int | None) -> Told:
        self._count += 1
        outlet = self._outlets[self._count % len(self._outlets)]
        text = joined([text, *(self._phrases.sentence(self._ranks) for _ in range(COMMON))])
        return Told(f"{operation} {self._count}", operation, outlet.domain, headline, text, tells)
