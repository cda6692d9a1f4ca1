"""The text metric: precision and recall of 4-gram shingles, with intervals; and when metadata are the same."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Counts = tuple[float, float, float]
"""(tp, fp, fn) of one page, each divided by their sum."""
_TOKEN = re.compile(r"\w+")
_SEPARATOR = re.compile(r"\s+[|–—-]\s+")
_BETWEEN_NAMES = re.compile(r"[,;|]|\s&\s|\sand\s|\n", re.IGNORECASE)
DRAWS = 1_000
OUTLET_WORDS = 5
"""What follows a separator at the end of a headline and is no longer may be an outlet's name."""


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


def page_counts(truth: str, found: str) -> Counts:
    """Return (tp, fp, fn) of one page, each divided by their sum."""
    wanted, got = shingles(truth), shingles(found)
    tp = sum((wanted & got).values())
    fp, fn = sum(got.values()) - tp, sum(wanted.values()) - tp
    total = (tp + fp + fn) or 1
    return tp / total, fp / total, fn / total


def best_counts(truths: Iterable[str], found: str) -> Counts:
    """Return the counts against the one of several accepted texts that fits best."""
    return max((page_counts(truth, found) for truth in truths), key=lambda counts: f1_of([counts])[2])


def f1_of(pages: Sequence[Counts]) -> tuple[float, float, float]:
    """Return the mean precision, the mean recall and their harmonic mean."""
    precisions = [tp / (tp + fp) for tp, fp, _ in pages if tp + fp > 0]
    recalls = [tp / (tp + fn) for tp, _, fn in pages if tp + fn > 0]
    precision = sum(precisions) / len(precisions) if precisions else 0.0
    recall = sum(recalls) / len(recalls) if recalls else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(pairs: Sequence[tuple[str, str]], seed: int = 7) -> Score:
    """Return the score of (truth, found) texts."""
    return score_counts([page_counts(truth, found) for truth, found in pairs], seed)


def score_counts(pages: Sequence[Counts], seed: int = 7) -> Score:
    """Return the score of pages that are counted already."""
    draw = random.Random(seed)
    draws = [f1_of(draw.choices(pages, k=len(pages)))[2] for _ in range(DRAWS)] if pages else [0.0]
    return Score(*f1_of(pages), *_interval(draws))


def error_ratio(ours: Sequence[Counts], theirs: Sequence[Counts], seed: int = 7) -> tuple[float, float, float]:
    """Return (1 − F1 of ours) / (1 − F1 of theirs) on the same pages, and its 95% interval over draws of pages."""

    def ratio(pairs: Sequence[tuple[Counts, Counts]]) -> float:
        error = 1 - f1_of([pair[1] for pair in pairs])[2]
        return (1 - f1_of([pair[0] for pair in pairs])[2]) / error if error else 1.0

    draw, pairs = random.Random(seed), list(zip(ours, theirs, strict=True))
    return ratio(pairs), *_interval([ratio(draw.choices(pairs, k=len(pairs))) for _ in range(DRAWS)])


def _interval(draws: list[float]) -> tuple[float, float]:
    draws = sorted(draws)
    return draws[int(0.025 * len(draws))], draws[int(0.975 * len(draws)) - 1]


def same_headline(truth: str, found: str) -> bool:
    """Tell whether headlines are equal after normalisation, one of them perhaps without an outlet's name at its end."""
    if not _plain_headline(found):
        return False
    wanted, got = _headlines(truth), _headlines(found)
    return got[0] in wanted or wanted[0] in got


def _headlines(text: str) -> list[str]:
    """Return a headline in a form that compares, then without one after another of the short parts at its end."""
    parts = _SEPARATOR.split(text)
    found = [_plain_headline(text)]
    while len(parts) > 1 and len(_TOKEN.findall(parts.pop())) <= OUTLET_WORDS:
        found.append(_plain_headline(" ".join(parts)))
    return found


def _plain_headline(text: str) -> str:
    return " ".join(_TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()))


def names(texts: Iterable[str]) -> frozenset[str]:
    """Return names in a form that compares: each by itself, without "by", accents, case and punctuation."""
    parts = (part for text in texts for part in _BETWEEN_NAMES.split(text))
    plain = (_plain_name(part) for part in parts)
    return frozenset(name for name in plain if name)


def _plain_name(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(_TOKEN.findall(bare)).removeprefix("by ")


def set_f1(truth: frozenset[str], found: frozenset[str]) -> float:
    """Return the F1 of two sets."""
    return 2 * len(truth & found) / (len(truth) + len(found)) if truth or found else 1.0
