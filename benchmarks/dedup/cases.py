"""Make the texts of a round: originals, their edits, texts of several, and pages that only look alike, shuffled."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.dedup import forms
from benchmarks.dedup.bodies import Body
from benchmarks.dedup.edits import REPRINTS, brief, first_words, joined, merge, roundup
from benchmarks.dedup.outlets import Outlet, dress, new_headline, outlets

ORIGINAL = "original"
DRESSED = "headline + boilerplate"
MADE_OF = ("merge", "roundup", "brief")
HELD_OUT = 8
"""One in so many bodies gives no edits: its beginnings stand under common notes, its sentences in captions."""
ROUNDS = 3
SIMILAR = 1.6
"""Two merged texts differ in length by this factor at most."""
MOSTLY = 0.6
"""Of a merge's words from one source: it is that text with an addition, and may be taken for it or not."""
LEAST_FOR_BRIEF = 800
"""Words: of a shorter text cut to 40%, a brief would be no small part but another cut version."""
PAGES = 8
"""Pages of a form at one outlet."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text to store. `tells` is the body that it reprints, itself for an original; `parts` those it has parts of.

    `mostly` is the body that makes most of a merge.
    """

    name: str
    operation: str
    outlet: str
    headline: str
    text: str
    tells: int | None = None
    parts: frozenset[int] = frozenset()
    mostly: int | None = None
    kind: str = "article"


def rounds(bodies: Sequence[Body], number: int = ROUNDS) -> Iterator[list[Told]]:
    """Yield the texts of each round; in all of them together every operation comes once for every body."""
    for turn in range(number):
        yield _Round(bodies, turn, number).told()


class _Round:
    def __init__(self, bodies: Sequence[Body], turn: int, rounds: int) -> None:
        self._draw = random.Random(4_000 + turn)
        self._turn, self._rounds = turn, rounds
        self._outlets = outlets(self._draw)
        self._used: defaultdict[int, set[int]] = defaultdict(set)
        self._bodies = [body for place, body in enumerate(bodies) if place % HELD_OUT]
        self._held = [body for place, body in enumerate(bodies) if not place % HELD_OUT]
        self._headlines = [body.headline for body in bodies]
        self._others: defaultdict[str, list[str]] = defaultdict(list)
        for body in bodies:
            self._others[body.language].append(body.text)

    def told(self) -> list[Told]:
        """Return the round's texts in the order in which they are stored."""
        told = [Told(f"o{b.number}", ORIGINAL, b.outlet, b.headline, b.text, b.number) for b in self._bodies]
        told += [*self._reprints(), *self._merges(), *self._roundups(), *self._briefs()]
        told += [*self._noted(), *self._captions(), *self._forms()]
        self._draw.shuffle(told)
        return told

    def _outlet(self, *bodies: Body) -> Outlet:
        """Return an outlet that has printed none of these texts in this round."""
        free = [one for one in self._outlets if not any(one.number in self._used[body.number] for body in bodies)]
        chosen = self._draw.choice(free or self._outlets)
        for body in bodies:
            self._used[body.number].add(chosen.number)
        return chosen

    def _reprints(self) -> Iterator[Told]:
        names = [DRESSED, *REPRINTS]
        for body in self._bodies:
            others = [text for text in self._others[body.language] if text != body.text]
            for place, name in enumerate(names):
                if (place + body.number) % self._rounds != self._turn or (name != DRESSED and len(others) < 3):
                    continue
                outlet = self._outlet(body)
                if name == DRESSED:
                    text = dress(body.text, outlet, self._headlines, self._draw)
                else:
                    text = REPRINTS[name](body.text, self._draw, others)
                headline = new_headline(body.headline, outlet, self._draw)
                yield Told(f"{name} {body.number}", name, outlet.domain, headline, text, body.number)

    def _groups(self) -> Iterator[list[Body]]:
        """Yield five to eight bodies of one language at a time, each body once."""
        by_language: defaultdict[str, list[Body]] = defaultdict(list)
        for body in self._bodies:
            by_language[body.language].append(body)
        for same in by_language.values():
            self._draw.shuffle(same)
            while len(same) >= (size := self._draw.randint(5, 8)):
                yield [same.pop() for _ in range(size)]

    def _merges(self) -> Iterator[Told]:
        ranked = sorted(
            (b for b in self._bodies if b.number % self._rounds == self._turn),
            key=lambda body: (body.language, body.words),
        )
        for one, other in zip(ranked[::2], ranked[1::2], strict=False):
            if one.language != other.language or other.words > SIMILAR * one.words:
                continue
            text, share = merge(one.text, other.text, self._draw)
            mostly = one.number if share >= MOSTLY else other.number if share <= 1 - MOSTLY else None
            yield self._made_of("merge", [one, other], text, mostly)

    def _roundups(self) -> Iterator[Told]:
        for group in self._groups():
            yield self._made_of("roundup", group, roundup([body.text for body in group], self._draw))

    def _briefs(self) -> Iterator[Told]:
        for body in self._bodies:
            if body.words >= LEAST_FOR_BRIEF and body.number % self._rounds == self._turn:
                yield self._made_of("brief", [body], brief(body.text, self._draw, ()))

    def _made_of(self, name: str, bodies: Sequence[Body], text: str, mostly: int | None = None) -> Told:
        outlet = self._outlet(*bodies)
        parts = frozenset(body.number for body in bodies)
        headline = new_headline(bodies[0].headline, outlet, self._draw)
        return Told(f"{name} {min(parts)}", name, outlet.domain, headline, text, None, parts, mostly)

    def _noted(self) -> Iterator[Told]:
        """Yield short texts of nine papers, each with the long note that the group puts under them."""
        for place, body in enumerate(self._held):
            text = joined([first_words(body.text, 200), *forms.GROUP_NOTE])
            yield Told(f"noted {place}", "common note", f"valley{place % 9}.example", body.headline, text)

    def _captions(self) -> Iterator[Told]:
        """Yield pages of captions, some of which have pictures in common, and flashes of twenty words."""
        every = [" ".join(body.text.split()[at : at + 22]) for body in self._held for at in range(0, 88, 22)]
        captions = [f"{line} {forms.CREDIT.format(name=f'Photographer {n % 7}')}" for n, line in enumerate(every)]
        for number in range(24):
            text = joined(self._draw.sample(captions, self._draw.randint(4, 9)))
            yield Told(
                f"captions {number}",
                "captions",
                f"pictures{number % 6}.example",
                f"The day in pictures {number}",
                text,
                kind="gallery",
            )
        for number, line in enumerate(self._draw.sample(every, min(24, len(every)))):
            yield Told(f"flash {number}", "captions", f"pictures{number % 6}.example", f"Flash {number}", line)

    def _forms(self) -> Iterator[Told]:
        for name, form in forms.FORMS.items():
            yield from self._of_form(name, partial(form, self._draw))

    def _of_form(self, name: str, filled: partial[list[tuple[str, list[int]]]]) -> Iterator[Told]:
        """Yield a form's pages: from day to day all numbers change, or a single one."""
        for outlet in range(2):
            lines = filled()
            for day in range(PAGES):
                whole = day % 2 == 0
                lines = filled() if whole else forms.one_number_changed(lines, self._draw)
                operation = "form, all numbers" if whole else "form, one number"
                yield Told(
                    f"{name} {outlet} {day}",
                    operation,
                    f"district{outlet}.example",
                    f"{name.title()} report {day}",
                    forms.fill(lines),
                )
