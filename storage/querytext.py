"""Parse what a person types into the search: words, "phrases", -without, OR, prefix*, headline:word, source:name.

There are no brackets: `a OR b c` asks for c and one of a and b. Nothing typed ever gets into SQL or FTS5 unquoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from storage.errors import UsageError
from storage.fulltext import WEIGHTS
from storage.searchtext import words

MAX_CHARACTERS = 10_000
MAX_TERMS = 32
SHOWN = 60
FIELDS = tuple(WEIGHTS)
"""Fields whose words are looked for."""
FILTERS = ("source", "section", "tag", "language", "access", "kind", "story", "after", "before", "until", "date")
"""Fields whose value narrows the search."""
_NAMES = {name: name for name in (*FIELDS, *FILTERS)} | {
    "title": "headline", "by": "author", "text": "body", "lang": "language", "since": "after", "on": "date",
    "tags": "tag", "topic": "tag",
}  # fmt: skip
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_TOKEN = re.compile(r'(-?)(?:([A-Za-z]+):(?!//))?("[^"]*"|[^\s"]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: folded words in a row. `prefix` lets the last word go on.

    `typed` is a single word as it was typed when other forms of it will do too; `stems` are the tokens of those.
    """

    words: tuple[str, ...]
    field: str | None = None
    prefix: bool = False
    typed: str = ""
    stems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A field that has to have one of these values, or with `negated` none of them."""

    name: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query: each group of `all_of` needs one of its terms, none of `none_of` may occur, all filters hold."""

    all_of: tuple[tuple[Term, ...], ...] = ()
    none_of: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()

    def every_term(self) -> list[Term]:
        """Return the terms that are looked for, and those that may not occur."""
        return [*self.terms(), *self.none_of]

    def terms(self) -> list[Term]:
        """Return the terms that are looked for."""
        return [term for group in self.all_of for term in group]


Asked = list[tuple[Term, ...] | Filter]


def parse_query(text: str) -> Parsed:
    """Return the parsed query. Raises UsageError with a line that says what is wrong with it."""
    if len(text) > MAX_CHARACTERS:
        raise UsageError(f"the query has {len(text):,} characters; {MAX_CHARACTERS:,} are the most")
    typed, text = text, text.translate(_QUOTES)
    if text.count('"') % 2:
        raise UsageError(f"the query {_shown(typed)} opens a quote and does not close it")
    asked: Asked = []
    none_of: list[Term] = []
    alternative = False
    for minus, field, token in _TOKEN.findall(text):
        if token == "AND" and not minus and not field:
            continue
        if token == "OR" and not minus and not field:
            if not asked or alternative:
                raise UsageError(f"the query {_shown(typed)} has an OR with nothing before it")
            alternative = True
            continue
        found = _token(typed, field, token, negated=bool(minus))
        if found is None:
            continue
        if alternative and not minus:
            asked[-1] = _either(typed, asked[-1], found)
            alternative = False
        elif isinstance(found, Term) and minus:
            none_of.append(found)
        else:
            asked.append((found,) if isinstance(found, Term) else found)
    if alternative:
        raise UsageError(f"the query {_shown(typed)} has an OR with nothing after it")
    return _checked(typed, asked, none_of)


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")


def _token(typed: str, field: str, token: str, *, negated: bool) -> Term | Filter | None:
    """Return the term or filter that a token is, None when no letter or digit is in it."""
    name = _NAMES.get(field.lower()) if field else None
    if field and name is None:
        raise UsageError(_unknown(typed, field))
    if name in FILTERS:
        value = " ".join(token.strip('"').split())
        if not value:
            raise UsageError(f"the query {_shown(typed)} gives {field}: no value")
        return Filter(name, (value,), negated)
    is_quoted = token.startswith('"')
    prefix = token.endswith("*") and not is_quoted
    found = tuple(words(token))
    may_vary = len(found) == 1 and not is_quoted and not prefix and name != "author"
    return Term(found, name, prefix, typed=token if may_vary else "") if found else None


def _unknown(typed: str, field: str) -> str:
    near = get_close_matches(field.lower(), _NAMES, 2)
    known = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join((*FIELDS, *FILTERS))}"
    return f"the query {_shown(typed)} asks for the field {_shown(field)}; {known} (or put it in quotes)"


def _either(typed: str, before: tuple[Term, ...] | Filter, found: Term | Filter) -> tuple[Term, ...] | Filter:
    """Return what stands on both sides of an OR as one."""
    if isinstance(before, tuple) and isinstance(found, Term):
        return (*before, found)
    if (
        isinstance(before, Filter)
        and isinstance(found, Filter)
        and (before.name, before.negated) == (found.name, False)
    ):
        return replace(before, values=before.values + found.values)
    raise UsageError(f"the query {_shown(typed)} has an OR between two things that are no words and not of one field")


def _checked(typed: str, asked: Asked, none_of: list[Term]) -> Parsed:
    groups = tuple(one for one in asked if isinstance(one, tuple))
    filters = tuple(one for one in asked if isinstance(one, Filter))
    if not groups and not none_of and not filters:
        raise UsageError(f"the query {_shown(typed)} has no word to look for")
    number = sum(len(term.words) for group in (*groups, none_of) for term in group)
    number += sum(len(one.values) for one in filters)
    if number > MAX_TERMS:
        raise UsageError(f"the query {_shown(typed)} has {number} words; {MAX_TERMS} are the most")
    return Parsed(groups, tuple(none_of), filters)


def to_fts5(groups: tuple[tuple[Term, ...], ...], none_of: tuple[Term, ...] = ()) -> str:
    """Return the query in FTS5's language; every word is quoted, and words hold letters, digits and marks alone."""
    positive = " AND ".join(_any_fts5(group) for group in groups)
    return f"({positive})" + "".join(f" NOT {_fts5(term)}" for term in none_of)


def _any_fts5(group: tuple[Term, ...]) -> str:
    parts = [_fts5(term) for term in group]
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _fts5(term: Term) -> str:
    phrase = '"' + " ".join(term.words) + '"'
    phrase = f"{phrase} *" if term.prefix else phrase
    phrase = f"{{{term.field}}} : {phrase}" if term.field else phrase
    if not term.stems:
        return phrase
    stems = " OR ".join(f'"{stem}"' for stem in term.stems)
    return f"({phrase} OR {{{term.field}_stems}} : ({stems}))" if term.field else f"({phrase} OR {stems})"


def to_tsquery(groups: tuple[tuple[Term, ...], ...], none_of: tuple[Term, ...] = ()) -> str:
    """Return the query in PostgreSQL's tsquery language, quoted likewise."""
    positive = " & ".join("(" + " | ".join(_tsterm(term) for term in group) + ")" for group in groups)
    return positive + "".join(f" & !({_tsterm(term)})" for term in none_of)


def _tsterm(term: Term) -> str:
    weight = WEIGHTS.get(term.field or "", "")
    parts = []
    for place, word in enumerate(term.words):
        marks = weight + ("*" if term.prefix and place == len(term.words) - 1 else "")
        parts.append(f"'{word}':{marks}" if marks else f"'{word}'")
    stems = "".join(f" | '{stem}':{weight}" if weight else f" | '{stem}'" for stem in term.stems)
    return "(" + " <-> ".join(parts) + stems + ")"
