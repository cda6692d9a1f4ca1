"""Page numbers in addresses: `/2`, `?page=2`, `/page/2/`, `-2.html`, `,2.html`. Pure string work, no judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pipelines.pagewords import NUMBER_NAMES, PAGE_WORDS
from pipelines.urls import url_key

MOST = 50
"""A higher number is an article's id, or a list's."""
_WORDS = "|".join(map(re.escape, PAGE_WORDS))
_EXTENSION = r"(?P<extension>\.(?:[spx]?html?|php\d?|aspx?|jsp|cfm|amp))"
_ENDING = re.compile(rf"(?<!\d)\d{{1,2}}{_EXTENSION}?$", re.I)
"""How a path with a page number ends, whatever its form."""
_PATHS = (
    ("word", re.compile(rf"(?P<stem>.+?)[/,;_.~-](?:{_WORDS})[-_/=,.:]?(?P<number>\d{{1,2}}){_EXTENSION}?$", re.I)),
    ("slash", re.compile(rf"(?P<stem>.+)/(?P<number>\d{{1,2}}){_EXTENSION}?$", re.I)),
    ("suffix", re.compile(rf"(?P<stem>.+?)[-_,;~.](?P<number>\d{{1,2}}){_EXTENSION}$", re.I)),
    ("suffix", re.compile(r"(?P<stem>.+)[,~](?P<number>\d{1,2})(?P<extension>)$")),
)
_QUERY = re.compile(rf"(?:^|&)(?:{'|'.join(NUMBER_NAMES)})=(?:0(?:,|%2C))*(\d{{1,2}})(?=&|$)", re.I)
_TITLE = re.compile(r"\d{5}|[^-_][-_][^-_]+[-_][^-_]|(?:%[0-9A-F]{2}.*){4}", re.I)
_SECTION = re.compile(r"[a-z]{0,20}", re.I)
_ID = re.compile(r"(?:^|&)(?:\w{0,10}id|story|article|art|post|item|doc|news|nr|no)=[^&]", re.I)


@dataclass(frozen=True)
class Place:
    """One reading of an address: page `number` of what lies at `stem`; `form` says where the number stands."""

    stem: str
    number: int
    form: str = ""

    @cached_property
    def key(self) -> str:
        """The stem's URL key."""
        return url_key(self.stem)

    @cached_property
    def is_list(self) -> bool:
        """Whether the stem is a front page or a section's (`/sport`), whose further pages are a list's."""
        path, _, query = self.key.partition("?")
        return _ID.search(query) is None and _SECTION.fullmatch(path.partition("/")[2]) is not None

    @cached_property
    def names_article(self) -> bool:
        """Whether the stem looks like one article's address: a slug of several words, a long number, an id."""
        path, _, query = self.key.partition("?")
        return is_title(path.rpartition("/")[2]) or _ID.search(query) is not None

    @property
    def is_page(self) -> bool:
        """Whether the number is surely a page's and not an article's, as it is in `/news/5`."""
        return self.form in ("", "query", "word") or self.names_article


def is_title(segment: str) -> bool:
    """Tell whether a part of a path looks like an article's title or id: three words, five digits, another script."""
    return _TITLE.search(segment) is not None


def places(url: str) -> list[Place]:
    """Return every reading of an address as a numbered page of something."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    return [place for place in (*_in_query(parts), *_in_path(parts)) if place.number <= MOST and not place.is_list]


def _in_query(parts: SplitResult) -> Iterator[Place]:
    found = _QUERY.search(parts.query)
    if found is not None:
        rest = (parts.query[: found.start()] + parts.query[found.end() :]).lstrip("&")
        yield Place(urlunsplit(parts._replace(query=rest, fragment="")), int(found.group(1)), "query")


def _in_path(parts: SplitResult) -> Iterator[Place]:
    path = parts.path.rstrip("/")
    if _ENDING.search(path[-12:]) is None:
        return
    for form, pattern in _PATHS:
        found = pattern.match(path)
        if found is None:
            continue
        extension = found["extension"] or ""
        for ending in [extension] if form == "suffix" or not extension else [extension, ""]:
            stem = urlunsplit(parts._replace(path=found["stem"] + ending, fragment=""))
            yield Place(stem, int(found["number"]), form)
