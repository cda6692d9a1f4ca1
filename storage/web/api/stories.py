"""Routes of stories: which there are, and one with all that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from storage.errors import UsageError
from storage.story_views import (
    Kin,
    LinkedArticle,
    Merge,
    Story,
    StoryQuery,
    Telling,
    count_stories,
    merge_of,
    merged_into,
    read_kin,
    read_linked,
    read_story,
)
from storage.views_stories import key_length, story_page
from storage.web.api.told import next_link
from storage.web.asking import LARGEST_ID, MOST, NoParameters, Parameters, Texts, when
from storage.web.cursors import read_cursor, write_cursor
from storage.web.deps import TheDatabase
from storage.web.moved import MovedError
from storage.web.problems import ProblemError
from storage.web.security import now_utc

router = APIRouter(prefix="/stories", tags=["stories"])


class StoriesParameters(Parameters):
    """Which stories are asked for."""

    since: str | None = Field(None, description="With an article first seen then or later: 2026-11-25, yesterday, 7d.")
    until: str | None = Field(None, description="Begun before the end of this day, or before this moment.")
    outlets: int = Field(2, ge=1, le=10_000, description="Told by at least so many outlets.")
    outlet: Texts = Field([], description="Domains or names of sources that all take part.")
    wire: bool = Field(False, description="Only stories with an article that names an agency.")
    language: str | None = Field(None, max_length=20, description="With an article in this language (ISO 639-1).")
    sort: Literal["outlets", "latest", "first"] = Field("latest", description="Most outlets, latest, latest begun.")
    limit: int = Field(20, ge=1, le=MOST, description="The most stories on a page.")
    cursor: str | None = Field(None, description="next_cursor of the page before.")

    def query(self, now: datetime) -> StoryQuery:
        """Return the query. Raises UsageError for a date that cannot be understood."""
        return StoryQuery(
            since=when(self.since, "since", now),
            until=when(self.until, "until", now, end=True),
            min_outlets=self.outlets,
            outlets=tuple(self.outlet),
            wire=self.wire,
            language=self.language,
            sort=self.sort,
            limit=self.limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTold:
    """A story: its articles without their texts, the first publication on top, then as they appeared.

    `agencies` and `languages` are (name, how many outlets or articles).
    """

    id: int
    headline: str
    first_seen: datetime
    last_seen: datetime
    outlets: tuple[str, ...]
    agencies: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeStory(StoryTold):
    """A story with how its articles are related.

    `kin` says for an article's id how it relates to the first one or, failing that, to its closest. `linked` are
    articles outside of it, `merged` stories that became part of it.
    """

    kin: dict[int, Kin]
    linked: tuple[LinkedArticle, ...]
    merged: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A page of stories; `next_cursor` is null on the last."""

    items: tuple[StoryTold, ...]
    total: int
    next_cursor: str | None


@router.get("", summary="List stories")
def list_stories(
    asked: Annotated[StoriesParameters, Query()], database: TheDatabase, request: Request, response: Response
) -> StoryPage:
    """Return stories: articles of several outlets that carry the same text."""
    about = repr(asked.model_copy(update={"cursor": None, "limit": 0}))
    after = read_cursor(about, asked.cursor, key_length(asked.sort))
    query = asked.query(now_utc())
    with database.read() as connection:
        try:
            found, end = story_page(connection, query, after)
        except OverflowError:
            raise UsageError("the cursor is broken; ask for the first page without one") from None
        total = count_stories(connection, query)
    cursor = write_cursor(about, end) if end is not None else None
    next_link(request, response, cursor)
    return StoryPage(tuple(StoryTold(**_told(story)) for story in found), total, cursor)


@router.get("/{story_id}", summary="One story", responses={308: {"description": "It was merged into another one."}})
def one_story(
    story_id: Annotated[int, Path(ge=1, le=LARGEST_ID, description="The story's id.")],
    _: NoParameters,
    database: TheDatabase,
    request: Request,
) -> WholeStory:
    """Return a story with its articles, and how they are related."""
    with database.read() as connection:
        merge = merge_of(connection, story_id)
        if merge is not None:
            raise MovedError(request, story_id, merge.into_id)
        story = read_story(connection, story_id)
        if story is None:
            raise ProblemError(404, f"there is no story {story_id}")
        return WholeStory(
            **_told(story),
            kin=read_kin(connection, story),
            linked=tuple(read_linked(connection, story_id)),
            merged=tuple(merged_into(connection, story_id)),
        )


def _told(story: Story) -> dict[str, Any]:
    names = ("id", "first_seen", "last_seen", "outlets", "agencies", "languages", "tellings")
    return {name: getattr(story, name) for name in names} | {"headline": story.first.headline}
