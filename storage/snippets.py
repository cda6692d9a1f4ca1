"""Cut the piece out of a text that shows why it was found. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.querytext import Term
from storage.searchtext import words

_TOKEN = re.compile(r"\w+", re.UNICODE)
WIDTH = 220
LONGEST_SCAN = 200_000


def snippet(body: str, terms: Sequence[Term], width: int = WIDTH) -> str:
    """Return about `width` characters of the body around the first match, the beginning where there is none."""
    text = " ".join(body[:LONGEST_SCAN].split())
    at = _first_match(text, terms)
    if at is None:
        return text if len(text) <= width else text[: _word_end(text, width)] + " …"
    start = max(0, at - width // 3)
    start = 0 if start < 30 else text.find(" ", start) + 1
    end = min(len(text), start + width)
    end = len(text) if end >= len(text) else _word_end(text, end)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


def _word_end(text: str, at: int) -> int:
    end = text.rfind(" ", max(0, at - 40), at)
    return end if end > 0 else at


def _first_match(text: str, terms: Sequence[Term]) -> int | None:
    """Return where the first term begins: matching is by folded words, as the index has it."""
    wanted = [term for term in terms if term.field != "headline"]
    tokens: list[tuple[str, int]] = []
    for found in _TOKEN.finditer(text):
        tokens.extend((word, found.start()) for word in words(found.group(0)))
    folded = [word for word, _ in tokens]
    best: int | None = None
    for term in wanted:
        place = _place(folded, term)
        if place is not None and (best is None or tokens[place][1] < best):
            best = tokens[place][1]
    return best


def _place(folded: list[str], term: Term) -> int | None:
    size = len(term.words)
    first = term.words[0]
    for place in range(len(folded) - size + 1):
        if size > 1 and folded[place] != first:
            continue
        here = folded[place : place + size]
        if here[:-1] != list(term.words[:-1]):
            continue
        if here[-1] == term.words[-1] or (term.prefix and here[-1].startswith(term.words[-1])):
            return place
    return None
