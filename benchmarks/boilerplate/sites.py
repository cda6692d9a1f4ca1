"""Generate sites: real texts with the lines that sites add to them, and the confounders that come again by right."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.boilerplate import phrases as say

SERVICE = "service"
ARTICLE = "article"
EITHER = "either"
LEAST_LINES = 4
LEAST_WORDS = 120
"""Of a follow-up."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; `truth` is service, article or either, `kind` says which sort."""

    text: str
    truth: str
    kind: str


@dataclass(frozen=True, slots=True)
class Told:
    """A page as extraction would give it: an address, a headline and labelled lines."""

    name: str
    headline: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A real article."""

    headline: str
    lines: tuple[str, ...]


class Site:
    """One outlet's habits: which service lines it has, how often, and where."""

    def __init__(self, number: int, texts: Sequence[Text], pages: int) -> None:
        self.outlet = f"site{number}.example"
        self._draw = random.Random(number)
        self._name = self._draw.choice(("Courier", "Beacon", "Ledger", "Tribune", "Echo")) + f" {chr(65 + number % 26)}"
        self._long = self._some(say.LONG_SERVICE, 3)
        self._inserted = self._some(say.INSERTED, 1)
        self._ends = self._some(say.SHORT_END, 2)
        self._tops = self._some(say.SHORT_TOP, 1)
        self._bios = [self._bio(name) for name in self._draw.sample(say.NAMES, 5)]
        self._subheads = self._draw.sample(say.SUBHEADS, 4)
        own = self._draw.sample(list(texts), min(pages, len(texts)))
        self.pages = self._told(own)[:pages]

    def _some(self, lines: Sequence[str], number: int) -> list[str]:
        return [line.format(outlet=self._name) for line in self._draw.sample(lines, number)]

    def _bio(self, name: str) -> str:
        draw = self._draw
        return draw.choice(say.BIO).format(name=name, beat=draw.choice(say.BEATS), outlet=self._name)

    def _told(self, texts: Sequence[Text]) -> list[Told]:
        """Return the pages: stories, their updates under new addresses, follow-ups with the same background."""
        bare: list[tuple[str, list[Line]]] = []
        for text in texts:
            bare += self._follow_ups(text) or self._versions(text)
        self._draw.shuffle(bare)
        return [Told(f"p{n}", headline, tuple(self._dress(lines))) for n, (headline, lines) in enumerate(bare)]

    def _versions(self, text: Text) -> list[tuple[str, list[Line]]]:
        lines = [Line(line, ARTICLE, "text") for line in text.lines]
        told = [(text.headline, lines)]
        if self._draw.random() < 0.05:
            for turn in range(self._draw.randint(2, 4)):
                more = Line(f"Update {'i' * (turn + 1)}: {self._words(12)}.", ARTICLE, "text")
                told.append(
                    (f"{text.headline} – update {turn}", [more, *(Line(t.text, ARTICLE, "update") for t in lines)])
                )
        return told

    def _follow_ups(self, text: Text) -> list[tuple[str, list[Line]]] | None:
        """Split a long text into reports on one matter, each with the same background and quote."""
        parts = min(6, len(text.lines) // 6, sum(len(line.split()) for line in text.lines) // LEAST_WORDS)
        if parts < 3 or self._draw.random() > 0.25:
            return None
        lines = list(text.lines)
        background = [Line(lines.pop(len(lines) // 2), ARTICLE, "background")]
        if self._draw.random() < 0.5:
            background.append(Line(say.QUOTE.format(words=self._words(14)), ARTICLE, "quote"))
        told = []
        for part in range(parts):
            own = (
                lines[part::parts]
                if self._draw.random() < 0.5
                else lines[part * len(lines) // parts :][: len(lines) // parts]
            )
            place = self._draw.choice((len(own) // 2, len(own)))
            bare = [Line(line, ARTICLE, "text") for line in own]
            about = f"{' '.join(text.headline.split()[:5])}: {' '.join(own[0].split()[:5])}"
            told.append((about, [*bare[:place], *background, *bare[place:]]))
        return told

    def _words(self, number: int) -> str:
        return " ".join("".join(self._draw.choices("aeioulnrst", k=6)) for _ in range(number))

    def _dress(self, lines: list[Line]) -> list[Line]:
        """Return a page's lines with what the site adds, and with what comes again by right."""
        draw, told = self._draw, list(lines)
        if draw.random() < 0.35 and len(told) > 3:
            told.insert(draw.randint(1, len(told) - 1), Line(draw.choice(self._subheads), ARTICLE, "subhead"))
        if draw.random() < 0.15 and len(told) > 6:
            told.insert(draw.randint(1, len(told) - 1), Line(draw.choice(self._subheads), ARTICLE, "subhead"))
        if draw.random() < 0.06:
            told.insert(0, Line(say.COLUMN, EITHER, "column"))
        if draw.random() < 0.15:
            told.insert(0, Line(draw.choice(say.DATELINES), ARTICLE, "dateline"))
        if draw.random() < 0.08:
            number = draw.randint
            report = draw.choice((say.MARKET, say.WEATHER))
            filled = report.format(
                outlet=self._name, a=number(1, 29), b=number(1, 9), c=number(10, 99), d=number(100, 999)
            )
            told.insert(draw.randint(0, len(told)), Line(filled, ARTICLE, "report"))
        if draw.random() < 0.4:
            told.insert(draw.randint(1, max(1, len(told) - 1)), Line(draw.choice(self._inserted), SERVICE, "inserted"))
        return self._above() + told + self._below()

    def _above(self) -> list[Line]:
        draw = self._draw
        lines = [Line(line, SERVICE, "short top") for line in self._tops if draw.random() < 0.8]
        if draw.random() < 0.4:
            lines.append(Line(draw.choice(say.RUBRICS), SERVICE, "rubric"))
        return lines

    def _below(self) -> list[Line]:
        draw = self._draw
        lines = [Line(draw.choice(self._bios), SERVICE, "bio")] if draw.random() < 0.7 else []
        if draw.random() < 0.3:
            moment = {"day": draw.randint(1, 28), "hour": draw.randint(10, 23), "minute": draw.randint(10, 59)}
            lines.append(Line(say.DATED.format(outlet=self._name, month="March", **moment), SERVICE, "dated"))
        for line, share in zip(self._long, (0.9, 0.5, 0.15), strict=True):
            lines += [Line(line, SERVICE, "long")] if draw.random() < share else []
        lines += [Line(line, SERVICE, "short end") for line in self._ends if draw.random() < 0.6]
        return lines
