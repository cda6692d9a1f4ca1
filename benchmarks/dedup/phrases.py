"""Common phrases: six words each that many unrelated texts carry, some much more often than others (Zipf)."""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipelines.shingles import POSTED, full_sketch, sketch
from storage.likeness import TAIL

PHRASES = 4_000
WORDS = 6
FILLER = 60
"""Words of a text that is long enough to be posted by its shingles."""


def _postings(text: str) -> list[int]:
    own = sketch("", text)
    return own.postings if own else []


class Phrases:
    """A pool of phrases by rank, each with the value of its one shingle; all of these are posted."""

    def __init__(self, vocabulary: Sequence[str], number: int = PHRASES, seed: int = 5) -> None:
        draw = random.Random(seed)
        filler = " ".join(draw.choices(vocabulary, k=FILLER))
        found: dict[int, str] = {}
        while len(found) < number:
            phrase = " ".join(draw.choices(vocabulary, k=WORDS))
            kept = array("I", full_sketch(phrase).kept)
            if len(kept) == 1 and kept[0] < POSTED:
                found |= {shingle: phrase for shingle in _postings(f"{phrase} {filler}") if shingle >> TAIL == kept[0]}
        self.told = list(found.values())
        self.values: npt.NDArray[np.uint64] = np.array(list(found), np.uint64)
        weights = 1 / np.arange(1, number + 1)
        self._weights = weights / weights.sum()

    def ranks(self, number: int, draw: np.random.Generator) -> npt.NDArray[np.int64]:
        """Return so many ranks, the first ones often."""
        return np.searchsorted(self._weights.cumsum(), draw.random(number)).clip(0, len(self.told) - 1)

    def sentence(self, draw: np.random.Generator) -> str:
        """Return one common phrase as a sentence."""
        return self.told[int(self.ranks(1, draw)[0])].capitalize() + "."
