"""What editors do to a text, one pure function each: `draw` decides, the same seed gives the same edit.

A text is paragraphs with blank lines between. The first ones below make a reprint, the others a text of parts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

Edit = Callable[[str, random.Random, Sequence[str]], str]
"""An edit of a text; the last argument are other texts of the same language, to take words and sentences from."""
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text."""
    return [line for line in text.split("\n") if line.strip()]


def joined(parts: Sequence[str]) -> str:
    """Return a text of paragraphs."""
    return "\n\n".join(parts)


def sentences(text: str) -> list[list[str]]:
    """Return the sentences of each paragraph of a text."""
    return [_cut(paragraph) for paragraph in paragraphs(text)]


def _cut(paragraph: str) -> list[str]:
    places = [0, *(found.end() for found in _SENTENCE_ENDS.finditer(paragraph)), len(paragraph)]
    parts = [paragraph[one:other].strip() for one, other in pairwise(places)]
    return [part for part in parts if part]


def _put(told: Sequence[Sequence[str]]) -> str:
    return joined([" ".join(parts) for parts in told if parts])


def drop(share: float) -> Edit:
    """Leave out sentences, drawn at random, until so much of the words is gone."""

    def edit(text: str, draw: random.Random, _: Sequence[str]) -> str:
        told = sentences(text)
        places = [(row, column) for row, parts in enumerate(told) for column in range(len(parts))]
        draw.shuffle(places)
        spare = share * len(text.split())
        gone = set()
        for row, column in places[:-1]:
            words = len(told[row][column].split())
            if words <= spare:
                spare -= words
                gone.add((row, column))
        kept = [
            [one for column, one in enumerate(parts) if (row, column) not in gone] for row, parts in enumerate(told)
        ]
        return _put(kept)

    return edit


def cut(share: float) -> Edit:
    """Keep the beginning: whole sentences until so much of the words is reached, as desks cut from the bottom."""

    def edit(text: str, _: random.Random, __: Sequence[str]) -> str:
        return first_words(text, round(share * len(text.split())))

    return edit


def first_words(text: str, number: int) -> str:
    """Return the sentences that a text begins with until there are so many words."""
    kept: list[list[str]] = []
    count = 0
    for parts in sentences(text):
        kept.append([])
        for sentence in parts:
            if count >= number:
                return _put(kept)
            kept[-1].append(sentence)
            count += len(sentence.split())
    return _put(kept)


def reorder_paragraphs(text: str, draw: random.Random, _: Sequence[str]) -> str:
    """Tell the paragraphs in another order."""
    parts = paragraphs(text)
    draw.shuffle(parts)
    return joined(parts)


def reorder_sentences(text: str, draw: random.Random, _: Sequence[str]) -> str:
    """Tell the sentences in another order, in paragraphs of two."""
    told = [sentence for parts in sentences(text) for sentence in parts]
    draw.shuffle(told)
    return _put([told[place : place + 2] for place in range(0, len(told), 2)])


def replace_words(share: float) -> Edit:
    """Put other words of the language in the place of some, each with the same chance."""

    def edit(text: str, draw: random.Random, others: Sequence[str]) -> str:
        strange = draw.choice(others).split()
        told = [paragraph.split() for paragraph in paragraphs(text)]
        places = [(row, column) for row, words in enumerate(told) for column in range(len(words))]
        for row, column in draw.sample(places, round(share * len(places))):
            told[row][column] = draw.choice(strange)
        return _put(told)

    return edit


def replace_sentences(share: float) -> Edit:
    """Put sentences of others, of about the same length, in the place of some: so much of the words is theirs."""

    def edit(text: str, draw: random.Random, others: Sequence[str]) -> str:
        told = sentences(text)
        strange = [one for other in draw.sample(list(others), 3) for parts in sentences(other) for one in parts]
        places = [(row, column) for row, parts in enumerate(told) for column in range(len(parts))]
        draw.shuffle(places)
        spare = share * len(text.split())
        for row, column in places:
            words = len(told[row][column].split())
            if words <= spare and strange:
                spare -= words
                told[row][column] = strange.pop(_nearest(strange, words))
        return _put(told)

    return edit


def _nearest(candidates: Sequence[str], words: int) -> int:
    return min(range(len(candidates)), key=lambda place: abs(len(candidates[place].split()) - words))


def merge(one: str, other: str, draw: random.Random) -> tuple[str, float]:
    """Make one text of two, of each the first 60 to 100%: one below the other, or paragraph by paragraph in turn.

    Return with it the first text's share of the words.
    """
    parts = [paragraphs(first_words(text, round(draw.uniform(0.6, 1) * len(text.split())))) for text in (one, other)]
    sizes = [sum(len(part.split()) for part in own) for own in parts]
    share = sizes[0] / sum(sizes)
    if draw.random() < 0.5:
        return joined(parts[0] + parts[1]), share
    woven: list[str] = []
    while parts[0] or parts[1]:
        for rest in parts:
            woven += rest[:1]
            del rest[:1]
    return joined(woven), share


def roundup(texts: Sequence[str], draw: random.Random) -> str:
    """Tell several texts in brief, of each the first 80 to 150 words."""
    return joined([first_words(text, draw.randint(80, 150)) for text in texts])


def brief(text: str, draw: random.Random, _: Sequence[str]) -> str:
    """Keep sentences of 60 to 80 words or little more: the beginning, or one place in the text."""
    told = [sentence for parts in sentences(text) for sentence in parts]
    number = draw.randint(60, 70)
    place = draw.randrange(len(told)) if draw.random() < 0.5 else 0
    while place and sum(len(sentence.split()) for sentence in told[place:]) < number:
        place -= 1
    kept: list[str] = []
    for sentence in told[place:]:
        if sum(map(len, map(str.split, kept))) >= number:
            break
        kept.append(sentence)
    return " ".join(kept)


REPRINTS: dict[str, Edit] = {
    "drop 30%": drop(0.3),
    "drop 60%": drop(0.6),
    "first 40%": cut(0.4),
    "reorder paragraphs": reorder_paragraphs,
    "reorder sentences": reorder_sentences,
    "words 10%": replace_words(0.1),
    "words 20%": replace_words(0.2),
    "sentences 30%": replace_sentences(0.3),
}
