"""The ways that others find near-duplicates, on the same texts: MinHash with LSH, SimHash, an exact hash."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from time import process_time

import numpy as np

from benchmarks.dedup.bodies import grams

PERMUTATIONS, BANDS, ROWS, GRAM = 128, 32, 4, 5
JACCARD, HAMMING = 0.15, 3
BITS, FARTHEST = 64, 12
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs that a method scores, the higher the more alike, from a floor upwards; `usual` is its threshold."""

    pairs: dict[tuple[int, int], float]
    usual: float
    millis: float

    def above(self, threshold: float) -> set[tuple[int, int]]:
        """Return the pairs that are near-duplicates at a threshold."""
        return {pair for pair, score in self.pairs.items() if score >= threshold}

    def thresholds(self) -> list[float]:
        """Return thresholds worth trying."""
        found = sorted(set(self.pairs.values()))
        return found[:: max(1, len(found) // 25)]


def minhash(texts: Sequence[str]) -> Scored:
    """Return the pairs that share a band, with their estimated Jaccard similarity."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    start = process_time()
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    hashes: list[MinHash] = []
    pairs: dict[tuple[int, int], float] = {}
    for place, text in enumerate(texts):
        one = MinHash(num_perm=PERMUTATIONS)
        one.update_batch([" ".join(gram).encode() for gram in grams(text, GRAM)])
        for other in index.query(one):
            pairs[other, place] = one.jaccard(hashes[other])
        index.insert(place, one)
        hashes.append(one)
    return Scored(pairs, JACCARD, 1000 * (process_time() - start) / len(texts))


def simhash(texts: Sequence[str]) -> Scored:
    """Return the pairs within a distance, the distance as a negative score (Charikar 2002, over counted words)."""
    start = process_time()
    prints = np.array([_simhash(text) for text in texts], np.uint64)
    pairs = {}
    for place in range(1, len(prints)):
        distances = np.bitwise_count(prints[:place] ^ prints[place])
        for other in np.nonzero(distances <= FARTHEST)[0]:
            pairs[int(other), place] = -float(distances[other])
    return Scored(pairs, -HAMMING, 1000 * (process_time() - start) / len(texts))


def _simhash(text: str) -> int:
    counts = Counter(_WORD.findall(text.lower()))
    if not counts:
        return 0
    hashes = np.array([int.from_bytes(blake2b(word.encode(), digest_size=8).digest()) for word in counts], np.uint64)
    bits = (hashes[:, None] >> np.arange(BITS, dtype=np.uint64)) & np.uint64(1)
    weights = np.array(list(counts.values()))[:, None]
    ones = ((2 * bits.astype(np.int64) - 1) * weights).sum(axis=0) > 0
    return int((ones.astype(np.uint64) << np.arange(BITS, dtype=np.uint64)).sum())


def exact(texts: Sequence[str]) -> Scored:
    """Return the pairs of equal texts, white space and case aside."""
    start = process_time()
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        groups[" ".join(text.lower().split())].append(place)
    pairs = {pair: 1.0 for places in groups.values() for pair in combinations(places, 2)}
    return Scored(pairs, 1.0, 1000 * (process_time() - start) / len(texts))


METHODS = {"MinHash-LSH": minhash, "SimHash": simhash, "exact": exact}
