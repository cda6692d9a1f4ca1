"""The text metric: precision and recall of 4-gram shingles, with bootstrap intervals."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\w+")
DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Score:
    """Means over pages, and the 95% interval of F1."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the multiset of 4-gram shingles; a shorter text is one shingle."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3))) if tokens else Counter()


def page_counts(truth: str, found: str) -> tuple[float, float, float]:
    """Return (tp, fp, fn) of one page, each divided by their sum."""
    wanted, got = shingles(truth), shingles(found)
    tp = sum((wanted & got).values())
    fp, fn = sum(got.values()) - tp, sum(wanted.values()) - tp
    total = (tp + fp + fn) or 1
    return tp / total, fp / total, fn / total


def _f1(pages: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    precisions = [tp / (tp + fp) for tp, fp, _ in pages if tp + fp > 0]
    recalls = [tp / (tp + fn) for tp, _, fn in pages if tp + fn > 0]
    precision = sum(precisions) / len(precisions) if precisions else 0.0
    recall = sum(recalls) / len(recalls) if recalls else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(pairs: Sequence[tuple[str, str]], seed: int = 7) -> Score:
    """Return the score of (truth, found) texts."""
    pages = [page_counts(truth, found) for truth, found in pairs]
    draw = random.Random(seed)
    draws = sorted(_f1(draw.choices(pages, k=len(pages)))[2] for _ in range(DRAWS)) if pages else [0.0]
    return Score(*_f1(pages), draws[int(0.025 * len(draws))], draws[int(0.975 * len(draws)) - 1])


def same_headline(truth: str, found: str) -> bool:
    """Tell whether headlines are equal after normalisation and without an outlet's name after a separator."""

    def plain(text: str) -> str:
        text = unicodedata.normalize("NFKC", text).casefold()
        return " ".join(_TOKEN.findall(text))

    cut = re.split(r"\s+[|–—-]\s+", truth)[0]
    return bool(found) and plain(found) in (plain(truth), plain(cut))
