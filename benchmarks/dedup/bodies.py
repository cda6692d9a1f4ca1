"""Read the real texts that edits are made of: the corpus's true bodies, without those that are one text twice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.corpus.pages import read_corpus
from pipelines.language import detect

LEAST_WORDS = 100
WIDTH = 6
ONE_TEXT = 0.3
"""Of the shorter text's 6-grams: two corpus texts that have so much in common may be one story, and one is left out."""


@dataclass(frozen=True, slots=True)
class Body:
    """A real article: a line is a paragraph."""

    number: int
    outlet: str
    url: str
    headline: str
    text: str
    language: str
    words: int


def read_bodies(corpus: Path) -> tuple[list[Body], list[tuple[str, str, float]]]:
    """Return the corpus's texts of at least 100 words, and the pairs of addresses that seem to be one text."""
    bodies: list[Body] = []
    for page in read_corpus(corpus):
        lines = [" ".join(unicodedata.normalize("NFC", line).split()) for line in page.text.split("\n")]
        text = "\n\n".join(line for line in lines if line)
        words = len(text.split())
        if words >= LEAST_WORDS:
            headline = page.title or " ".join(text.split()[:10])
            host = urlsplit(page.url).netloc.removeprefix("www.")
            bodies.append(Body(len(bodies), host, page.url, headline, text, detect(text) or "", words))
    pairs = _one_text(bodies)
    left_out = {number for _, number, _ in pairs}
    kept = [body for body in bodies if body.number not in left_out]
    return kept, [(bodies[one].url, bodies[other].url, share) for one, other, share in pairs]


def _one_text(bodies: Sequence[Body]) -> list[tuple[int, int, float]]:
    carriers: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    sizes = {}
    for body in bodies:
        own = grams(body.text)
        sizes[body.number] = len(own)
        for gram in own:
            carriers[gram].append(body.number)
    shared = Counter((one, other) for ids in carriers.values() for other in ids for one in ids if one < other)
    shares = ((one, other, count / min(sizes[one], sizes[other])) for (one, other), count in shared.items())
    return [pair for pair in shares if pair[2] >= ONE_TEXT]


def grams(text: str, width: int = WIDTH) -> set[tuple[str, ...]]:
    """Return the word n-grams of a text, lower-cased."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[place : place + width]) for place in range(max(1, len(words) - width + 1))}
