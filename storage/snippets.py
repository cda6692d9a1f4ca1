"""Find in a text the words that a query asked for, and cut the piece out that shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storage.querytext import Term
from storage.searchtext import word_pattern, words
from storage.stemming import is_form

WIDTH = 220
LONGEST_SCAN = 200_000

Span = tuple[int, int]


def snippet(body: str, terms: Sequence[Term], language: str | None = None, width: int = WIDTH) -> str:
    """Return about `width` characters of the body around the first match, the beginning where there is none."""
    text = " ".join(body[:LONGEST_SCAN].split())
    first = next(_matches(text, terms, "body", language), None)
    at = first[0] if first is not None else 0
    start = _start(text, at, width)
    end = min(len(text), start + width)
    end = _word_end(text, end) if end < len(text) else end
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


def marks(text: str, terms: Sequence[Term], field: str = "body", language: str | None = None) -> tuple[Span, ...]:
    """Return where in a text of that field the terms stand, as (start, end), in order and apart from each other.

    Other forms of a word are found by the stems of the article's language.
    """
    spans: list[Span] = []
    for start, end in _matches(text, terms, field, language):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)


def _start(text: str, at: int, width: int) -> int:
    """Return where to begin so that the match has some context before it: at a word's beginning, if one is near."""
    start = at - width // 3
    if start < 30:
        return 0
    space = text.find(" ", start, at)
    return space + 1 if space >= 0 else start


def _word_end(text: str, at: int) -> int:
    end = text.rfind(" ", max(0, at - 40), at + 1)
    return end if end > 0 else at


def _matches(text: str, terms: Sequence[Term], field: str, language: str | None) -> Iterator[Span]:
    """Yield where a term stands, by folded words, as the index has it."""
    tokens = [(word, *found.span()) for found in word_pattern().finditer(text) for word in words(found.group())]
    wanted = [term for term in terms if term.field in (None, field)]
    for place, (_, start, end) in enumerate(tokens):
        for term in wanted:
            last = place + len(term.words) - 1
            if last < len(tokens) and _stands(term, [token[0] for token in tokens[place : last + 1]]):
                yield start, tokens[last][2]
            elif term.stems and is_form(text[start:end], term.stems, language):
                yield start, end


def _stands(term: Term, here: list[str]) -> bool:
    if term.prefix:
        return here[-1].startswith(term.words[-1]) and here[:-1] == list(term.words[:-1])
    return here == list(term.words)
