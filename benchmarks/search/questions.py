"""What is asked: words by the logarithm of their rank, words that occur together, phrases, beginnings of words."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass
from random import Random

from benchmarks.search.corpus import SHARES, Made

FIRST, LAST = 30, 10_000
"""Ranks of words that people search for: not the most frequent ones, and none that a handful of articles have."""
MOST_FREQUENT = 20


@dataclass(frozen=True, slots=True)
class Questions:
    """Texts to search for, each a list."""

    pairs: list[str]
    phrases: list[str]
    prefixes: list[str]
    frequent: list[str]


def ask(made: Made, number: int, seed: int = 7) -> Questions:
    """Return so many questions of two words (half of them occur together), and a few of other kinds."""
    draw = Random(seed)
    together, phrases = _together(made, number - number // 2, draw)
    apart = [" ".join(_words(made, draw, 2)) for _ in range(number // 2)]
    pairs = [one for two in zip(apart, together, strict=False) for one in two] + together[len(apart) :]
    few = max(20, number // 5)
    return Questions(
        pairs=pairs,
        phrases=phrases[:few],
        prefixes=[f"{word[:5]}* {other}" for word, other in (_words(made, draw, 2) for _ in range(few))],
        frequent=[" ".join(draw.sample(_of(made, draw)[:MOST_FREQUENT], 2)) for _ in range(few)],
    )


def _of(made: Made, draw: Random) -> list[str]:
    return made.words[draw.choices(list(SHARES), list(SHARES.values()))[0]]


def _words(made: Made, draw: Random, number: int) -> list[str]:
    own = _of(made, draw)
    return [own[int(math.exp(draw.uniform(math.log(FIRST), math.log(LAST))))] for _ in range(number)]


def _together(made: Made, number: int, draw: Random) -> tuple[list[str], list[str]]:
    """Return pairs of words of one article, by the logarithm of their rank too, and phrases."""
    pairs: list[str] = []
    phrases: list[str] = []
    with sqlite3.connect(made.path) as connection:
        while len(pairs) < number:
            one = draw.randint(1, made.articles)
            row = connection.execute("SELECT language, body FROM articles WHERE id = ?", (one,)).fetchone()
            rank = {word: place for place, word in enumerate(made.words[row[0]][:LAST])}
            body = row[1].split()
            useful = [word for word in dict.fromkeys(body) if rank.get(word, 0) >= FIRST]
            if len(useful) > 1:
                pairs.append(" ".join(draw.sample(useful, 2)))
                place = draw.randrange(len(body) - 1)
                phrases.append(f'"{body[place]} {body[place + 1]}"')
    return pairs, phrases
