"""The parameters by which articles are asked for, the same in the API, the feeds and the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from annotated_types import MaxLen
from fastapi import Query as Parameter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from storage.errors import UsageError
from storage.search import Query, parse_when
from storage.types import Access

MOST_VALUES = 50
MOST = 100
"""Articles on a page."""
LARGEST_ID = 2**63 - 1
FacetName = Literal["source", "language", "day", "section", "access", "kind"]


def parted(value: Any) -> Any:
    """Return values that are written with commas between them, or each for itself, as a list."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple):
        return values
    return [part.strip() for one in values for part in (one.split(",") if isinstance(one, str) else [one])]


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Texts = Annotated[list[str], Field(max_length=MOST_VALUES)]


class Parameters(BaseModel):
    """Parameters of an address. Empty ones are as if they were not there: a form sends all that it has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        filled = {name: _filled(value, cls.model_fields.get(name)) for name, value in values.items()}
        for name, value in filled.items():
            if any("\0" in one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)):
                raise ValueError(f"{name} has a NUL character in it")
        return {name: value for name, value in filled.items() if value not in ("", [], None)}


NoParameters = Annotated[Parameters, Parameter()]


def _filled(value: Any, field: FieldInfo | None) -> Any:
    """Return a list without its empty values, unless it has more than the field takes with them."""
    if not isinstance(value, list):
        return value
    most = next((one.max_length for one in field.metadata if isinstance(one, MaxLen)), None) if field else None
    return value if most is not None and len(value) > most else [one for one in value if one != ""]


class Filters(Parameters):
    """What narrows a search, beside words."""

    source: Texts = Field([], description="Names of sources; any of them will do.")
    language: Texts = Field([], description="ISO 639-1 codes; und for articles without one.")
    section: Texts = Field([], description="Whole names of sections, whatever their case.")
    tag: Texts = Field([], description="Whole tags, whatever their case.")
    author: str | None = Field(None, description="The beginning of a part of an author's name.")
    access: Access | None = Field(None, description="What a reader without a subscription gets to see.")
    kind: Literal["article", "live", "video", "gallery"] | None = Field(None, description="The form of the article.")
    story: Id | None = Field(None, description="The id of a story: only the articles that tell it.")
    since: str | None = Field(None, description="Published at or after: 2026-11-25, 2026-11, yesterday, 7d. UTC.")
    until: str | None = Field(None, description="Published before the end of this day, month or year, or this moment.")

    def narrowed(self, now: datetime) -> Query:
        """Return the search for any words. Raises UsageError for a date that cannot be understood."""
        return Query(
            sources=tuple(self.source),
            languages=tuple(self.language),
            sections=tuple(self.section),
            tags=tuple(self.tag),
            author=self.author,
            access=self.access.value if self.access is not None else None,
            kind=self.kind,
            story=self.story,
            since=when(self.since, "since", now),
            until=when(self.until, "until", now, end=True),
            now=now,
        )


class Asked(Filters):
    """Which articles are asked for: a search."""

    q: str | None = Field(None, description='Words, "a phrase", -without, a OR b, start*, headline:word, source:name.')
    sort: Literal["relevance", "date"] = Field("relevance", description="Without words it is by date in any case.")
    collapse: bool = Field(False, description="One article a story, with the number of outlets that tell it.")
    limit: int = Field(20, ge=1, le=MOST, description="The most articles on a page.")

    def query(self, now: datetime, cursor: str | None = None) -> Query:
        """Return the search. Raises UsageError for a date that cannot be understood."""
        found = replace(self.narrowed(now), text=self.q, sort=self.sort, collapse=self.collapse)
        return replace(found, limit=self.limit, after=cursor)


class AskedPage(Asked):
    """A page of a search."""

    cursor: str | None = Field(None, description="next_cursor of the page before.")
    facets: Annotated[list[FacetName], BeforeValidator(parted)] = Field(
        [], description="Count the values of these; with commas between them, or repeated."
    )


def when(text: str | None, name: str, now: datetime, *, end: bool = False) -> datetime | None:
    """Return the time that a parameter names. Raises UsageError, with the parameter's name."""
    if text is None:
        return None
    try:
        return parse_when(text, now, end=end)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None
