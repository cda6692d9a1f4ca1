"""Names of saved searches, which stand in addresses: what they may be, and one for a search that has none. Pure."""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import chain, count

from storage.errors import UsageError
from storage.querytext import parse_query
from storage.search import Query
from storage.searchtext import words

LONGEST_PROPOSED = 40
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_NOT_PLAIN = re.compile(r"[^a-z0-9]")


def parse_name(name: str) -> str:
    """Return the name of a saved search. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"the name {name[:80]!r} is not allowed; write at most 64 lower-case letters, digits, - and _, e.g. ferries"
        )
    return name


def propose_name(query: Query, taken: Container[str]) -> str:
    """Return a name for a search, of its words or else of its filters, that is not taken."""
    filters = (*query.sources, *query.sections, *query.tags, *query.languages, query.author, query.access, query.kind)
    typed = [*_looked_for(query.text), *(word for value in filters if value for word in words(value))]
    plain = (_NOT_PLAIN.sub("", word) for word in typed)
    first = _joined([word for word in plain if word]) or "search"
    return next(name for name in chain([first], (f"{first}-{number}" for number in count(2))) if name not in taken)


def _looked_for(text: str | None) -> list[str]:
    try:
        parsed = parse_query(text) if text is not None else None
    except UsageError:
        return []
    if parsed is None:
        return []
    values = [value for one in parsed.filters if not one.negated for value in one.values]
    return [word for term in parsed.terms() for word in term.words] + [word for one in values for word in words(one)]


def _joined(parts: list[str]) -> str:
    """Return as many parts as fit, with dashes between them."""
    joined = ""
    for part in dict.fromkeys(parts):
        longer = f"{joined}-{part}" if joined else part[:LONGEST_PROPOSED]
        if len(longer) > LONGEST_PROPOSED:
            break
        joined = longer
    return joined
