"""Find in a text the words that a query asked for, and cut the piece out that shows them. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from storage.querytext import Term
from storage.searchtext import pattern_for, words
from storage.stemming import is_form

WIDTH = 220
LONGEST_SCAN = 200_000

Span = tuple[int, int]
Token = tuple[str, int, int]


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
    """Yield where a term stands, by folded words, as the index has it; the text is read as far as it is asked for."""
    wanted = [term for term in terms if term.field in (None, field)]
    if not wanted:
        return
    single = {term.words[0] for term in wanted if len(term.words) == 1 and not term.prefix}
    stems = frozenset(stem for term in wanted for stem in term.stems)
    longer = [term for term in wanted if len(term.words) > 1 or term.prefix]
    if not longer:
        for one in pattern_for(text).finditer(text):
            if not single.isdisjoint(_folded(one.group())) or (stems and is_form(one.group(), stems, language)):
                yield one.span()
        return
    tokens = ((word, *one.span()) for one in pattern_for(text).finditer(text) for word in _folded(one.group()))
    ahead = deque(islice(tokens, max(len(term.words) for term in wanted)))
    while ahead:
        word, start, end = ahead[0]
        if word in single or (stems and is_form(text[start:end], stems, language)):
            yield start, end
        for term in longer:
            if _stands(term, ahead):
                yield start, ahead[len(term.words) - 1][2]
        ahead.popleft()
        ahead.extend(islice(tokens, 1))


@lru_cache(50_000)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(words(word))


def _stands(term: Term, ahead: Sequence[Token]) -> bool:
    """Tell whether the words ahead begin with a term's."""
    last = len(term.words) - 1
    if last >= len(ahead) or any(ahead[place][0] != word for place, word in enumerate(term.words[:-1])):
        return False
    return ahead[last][0] == term.words[-1] or (term.prefix and ahead[last][0].startswith(term.words[-1]))
