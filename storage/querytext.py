"""Parse what a person types into the search: words, "phrases", -without, OR, prefix*, headline:word. Never SQL.

There are no brackets: `a OR b c` asks for c and one of a and b.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.errors import UsageError
from storage.fulltext import WEIGHTS
from storage.searchtext import words

MAX_CHARACTERS = 256
MAX_TERMS = 32
FIELDS = tuple(WEIGHTS)
_NAMES = {name: name for name in FIELDS} | {"title": "headline", "by": "author"}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_TOKEN = re.compile(r'(-?)(?:([A-Za-z]+):)?("[^"]*"|[^\s"]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: folded words in a row. `prefix` lets the last word go on."""

    words: tuple[str, ...]
    field: str | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query: each group of `all_of` needs one of its terms, none of `none_of` may occur."""

    all_of: tuple[tuple[Term, ...], ...]
    none_of: tuple[Term, ...] = ()

    def terms(self) -> list[Term]:
        """Return the terms that are looked for."""
        return [term for group in self.all_of for term in group]


def parse_query(text: str) -> Parsed:
    """Return the parsed query. Raises UsageError with a line that says what is wrong with it."""
    if len(text) > MAX_CHARACTERS:
        raise UsageError(f"the query has {len(text)} characters; {MAX_CHARACTERS} are the most")
    typed, text = text, text.translate(_QUOTES)
    if text.count('"') % 2:
        raise UsageError(f"the query {typed!r} opens a quote and does not close it")
    groups: list[tuple[Term, ...]] = []
    none_of: list[Term] = []
    alternative = False
    for minus, field, token in _TOKEN.findall(text):
        if token == "AND" and not minus and not field:
            continue
        if token == "OR" and not minus and not field:
            if not groups or alternative:
                raise UsageError(f"the query {text!r} has an OR with nothing before it")
            alternative = True
            continue
        term = _term(text, field, token)
        if term is None:
            continue
        if minus:
            none_of.append(term)
        elif alternative:
            groups[-1] = (*groups[-1], term)
            alternative = False
        else:
            groups.append((term,))
    return _checked(text, groups, none_of, alternative)


def _term(text: str, field: str, token: str) -> Term | None:
    """Return the term of a token, None when no letter or digit is in it."""
    name = _NAMES.get(field.lower())
    if field and name is None:
        if token.startswith("//"):  # a URL, not a field
            return Term(tuple(words(f"{field}:{token}")))
        known = ", ".join(FIELDS)
        raise UsageError(f"the query {text!r} asks for the field {field!r}; known are {known} (or put it in quotes)")
    prefix = token.endswith("*") and not token.startswith('"')
    found = tuple(words(token))
    return Term(found, name, prefix) if found else None


def _checked(text: str, groups: list[tuple[Term, ...]], none_of: list[Term], alternative: bool) -> Parsed:
    if alternative:
        raise UsageError(f"the query {text!r} has an OR with nothing after it")
    if not groups:
        if none_of:
            raise UsageError(f"the query {text!r} only says what not to find; add a word to look for")
        raise UsageError(f"the query {text!r} has no word to look for")
    number = sum(len(term.words) for term in [*(term for group in groups for term in group), *none_of])
    if number > MAX_TERMS:
        raise UsageError(f"the query {text!r} has {number} words; {MAX_TERMS} are the most")
    return Parsed(tuple(groups), tuple(none_of))


def to_fts5(query: Parsed) -> str:
    """Return the query in FTS5's language; every word is quoted, and words hold letters, digits and marks alone."""
    positive = " AND ".join(_either(group) for group in query.all_of)
    return f"({positive})" + "".join(f" NOT {_fts5(term)}" for term in query.none_of)


def _either(group: tuple[Term, ...]) -> str:
    parts = [_fts5(term) for term in group]
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _fts5(term: Term) -> str:
    phrase = '"' + " ".join(term.words) + '"'
    phrase = f"{phrase} *" if term.prefix else phrase
    return f"{{{term.field}}} : {phrase}" if term.field else phrase


def to_tsquery(query: Parsed) -> str:
    """Return the query in PostgreSQL's tsquery language, quoted likewise."""
    positive = " & ".join("(" + " | ".join(_tsterm(term) for term in group) + ")" for group in query.all_of)
    return positive + "".join(f" & !({_tsterm(term)})" for term in query.none_of)


def _tsterm(term: Term) -> str:
    weight = WEIGHTS.get(term.field or "", "")
    parts = []
    for place, word in enumerate(term.words):
        marks = weight + ("*" if term.prefix and place == len(term.words) - 1 else "")
        parts.append(f"'{word}':{marks}" if marks else f"'{word}'")
    return "(" + " <-> ".join(parts) + ")"
