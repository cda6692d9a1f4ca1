"""The query of a URL key: without tracking parameters and sessions, the others in order."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode

from pipelines.keynames import ID_NAMES
from pipelines.sessionids import is_session, says_session, without_session

_SECOND_QUERY = re.compile(r"\?(?=(?:utm_[a-z]+|fbclid|gclid)=)", re.IGNORECASE)
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|do|cgi|pl|action)$", re.IGNORECASE)
_DATED = re.compile(
    r"/(?:19|20)\d\d/(?:\d\d?|[a-z]{3})/(?:\d\d?/)?(?:[a-z-]{1,40}/){0,2}[^/]*[a-z%][^/]*$", re.IGNORECASE
)
_JOINT = re.compile(r"[-_]")
_NUMBER = re.compile(r"-\d|\d{3}")
_Pairs = list[tuple[str, str]]
_Rules = dict[str, frozenset[str] | None]
"""Names of query parameters, with the values that count; None for all."""


@cache
def _trackers() -> tuple[_Rules, _Rules, tuple[str, ...]]:
    """Return the parameters that are no part of an address, those that may be, and the prefixes of the former."""
    sure: _Rules = {}
    doubtful: _Rules = {}
    for line in files(__package__).joinpath("trackers.txt").read_text("utf-8").splitlines():
        rules = doubtful if line.startswith("@") else sure
        for word in "" if line.startswith("#") else line.removeprefix("@").split():
            names, told, values = word.partition("=")
            for name in names.split(","):
                rules[name] = (rules.get(name) or frozenset()).union(values.split(",")) if told else None
    prefixes = tuple(name[:-1] for name in sure if name.endswith("*"))
    return sure, doubtful, prefixes


def key_query(query: str, path: str) -> str:
    """Return the query of an address with this path as URL keys have it."""
    if not query:
        return ""
    sure, _, prefixes = _trackers()
    if "?" in query:
        query = _SECOND_QUERY.sub("&", query)
    query = without_session(query)
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not (_applies(sure, name, value) or name.lower().startswith(prefixes) or says_session(name, value))
    ]
    if kept:
        kept = sorted(_without_doubtful(kept, path), key=lambda pair: pair[0])
    return urlencode(kept, errors="surrogateescape")


def _applies(rules: _Rules, name: str, value: str) -> bool:
    values = rules.get(name.lower(), frozenset())
    if not values:
        return values is None
    return value.lower() in values or (len(words := _JOINT.split(value.lower())) > 1 and values.issuperset(words))


def _without_doubtful(pairs: _Pairs, path: str) -> _Pairs:
    """Return the pairs without those that may be ids, where the address names an article without them."""
    named = _names_article(path)
    told = named or _has_number(path) or any(ID_NAMES.fullmatch(n) and not is_session(n, v) for n, v in pairs)
    doubtful = _trackers()[1] if named else {}
    return [
        (name, value)
        for name, value in pairs
        if not _applies(doubtful, name, value) and not (told and is_session(name, value))
    ]


def _names_article(path: str) -> bool:
    """Tell whether a path surely is one article's: a long number, five words, or a date above a title; no script."""
    last = path.rpartition("/")[2]
    if _SCRIPT.search(last):
        return False
    words = last.count("-") + last.count("_") > 3
    return words or re.search(r"\d{5}", last) is not None or _DATED.search(path) is not None


def _has_number(path: str) -> bool:
    last = path.rpartition("/")[2]
    return _NUMBER.search(last) is not None and _SCRIPT.search(last) is None
