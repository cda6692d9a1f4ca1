"""What can be asked of search, and what it answers: frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from storage.snippets import Span
from storage.types import StoredArticle

SORTS = ("relevance", "date")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Without `text` all articles match. `since` is inclusive, `until` exclusive.

    The date of an article is its publication, or when it was first seen if it has none. Of several `sources` (names),
    `languages` (ISO 639-1; "und" for none), `sections` or `tags` any will do; sections and tags are compared whole,
    whatever their case and diacritics. `author` is the beginning of a part of a name. `access` and `kind` are those of
    an article, `story` is a story's id. `sort` is relevance (with words in the text, else it is by date) | date.
    `collapse` shows one article a story. `after` is the cursor of the page before. `now` is the moment from which
    relative dates in the text and recency are reckoned; None: when it is asked.
    """

    text: str | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str | None = None
    access: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    story: int | None = None
    sort: str = "relevance"
    collapse: bool = False
    limit: int | None = 20
    after: str | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. `score` grows with relevance and is 0 where nothing was weighed.

    `marks` and `headline_marks` say where the words asked for stand in `snippet` and in the headline. `story_outlets`
    and `story_articles` count all that tell its story, itself among them; 0 when it is in none.
    """

    article: StoredArticle
    score: float
    snippet: str
    marks: tuple[Span, ...] = ()
    headline_marks: tuple[Span, ...] = ()
    story_outlets: int = 0
    story_articles: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, best or newest first. `total` counts all that match (stories, when collapsed).

    Where `total_is_exact` is false there are at least so many. `next_cursor` is None on the last page.
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool = True
    next_cursor: str | None = None

    def __iter__(self) -> Iterator[Hit]:
        """Yield the hits."""
        return iter(self.hits)

    def __len__(self) -> int:
        """Return how many hits are on this page."""
        return len(self.hits)

    def __getitem__(self, place: int) -> Hit:
        """Return one hit of this page."""
        return self.hits[place]


@dataclass(frozen=True, slots=True)
class Bucket:
    """One value of a facet: what a filter takes, what people are shown, and how many articles have it."""

    value: str
    label: str
    count: int


class Facets(dict[str, tuple[Bucket, ...]]):
    """Buckets by the facet's name. Where `is_exact` is false the newest `counted` of all that match were counted."""

    def __init__(self, found: dict[str, tuple[Bucket, ...]], counted: int, is_exact: bool) -> None:
        super().__init__(found)
        self.counted = counted
        self.is_exact = is_exact


@dataclass(frozen=True, slots=True)
class Part:
    """What of a bar is one value's: articles that match, and all (`total`) that only the filters let through."""

    value: str
    label: str
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A time that begins at `start`: articles that match, and all (`total`) that only the filters let through."""

    start: datetime
    count: int
    total: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Histogram:
    """Attention over time: a bar for every hour, day, week (from Monday) or month in UTC, empty ones too."""

    by: str
    bars: tuple[Bar, ...] = field(default=())
