"""The pages of stories: which there are, and one as it went from outlet to outlet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from storage.errors import UsageError
from storage.story_views import Telling
from storage.types import Version
from storage.web.abilities import Abilities, Passage
from storage.web.api import stories as api
from storage.web.asking import LARGEST_ID, NoParameters
from storage.web.deps import TheAbilities, TheDatabase
from storage.web.pages import charts
from storage.web.pages.rendering import here_of, render
from storage.web.pages.twins import csv_response, row

MOST_ROWS = 1_000
MOST_TOLD = 200
"""Tellings of which a page shows headlines word by word."""
COLUMNS = ("id", "headline", "first_seen", "last_seen", "outlets", "agencies", "languages", "articles")
TELLING = (
    "story_id", "place", "article_id", "outlet", "source", "appeared", "known_by", "first_seen", "headline", "url",
    "language", "word_count", "kind", "agency", "revision", "changed_at", "gone_at", "related_to", "relation", "share",
    "other_share",
)  # fmt: skip
router = APIRouter(include_in_schema=False)
router.get("/stories.json")(api.list_stories)
router.get("/stories/{story_id}.json")(api.one_story)
StoryId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class TableParameters(api.StoriesParameters):
    """Stories as a table."""

    limit: int = Field(200, ge=1, le=MOST_ROWS)


@router.get("/stories.csv")
def stories_table(asked: Annotated[TableParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return stories as CSV, one a line."""
    found = api.list_stories(asked, database, request, Response())
    rows = (
        {name: getattr(one, name) for name in COLUMNS[:5]}
        | {"agencies": [name for name, _ in one.agencies], "languages": [name for name, _ in one.languages]}
        | {"articles": len(one.tellings)}
        for one in found.items
    )
    link = here_of(request).to(cursor=found.next_cursor) if found.next_cursor else None
    return csv_response("newsdesk-stories", COLUMNS, rows, link)


@router.get("/stories/{story_id}.csv")
def story_table(story_id: StoryId, _: NoParameters, database: TheDatabase, request: Request) -> Response:
    """Return the articles of a story as CSV, in the order in which they appeared."""
    return csv_response(f"newsdesk-story-{story_id}", TELLING, _rows(api.one_story(story_id, _, database, request)))


def _rows(story: api.WholeStory) -> Iterator[dict[str, Any]]:
    for place, one in enumerate(story.tellings, 1):
        kin = story.kin.get(one.article_id)
        related = {"related_to": kin.other_id, "relation": kin.kind} if kin else {}
        shares = {"share": kin.share, "other_share": kin.other_share} if kin else {}
        times = {"appeared": one.appeared.at, "known_by": one.appeared.known_by.value}
        yield (
            row(one, "appeared", "addresses", "address")
            | times
            | {"story_id": story.id, "place": place}
            | related
            | shares
        )


@router.get("/stories")
def stories_page(asked: Annotated[api.StoriesParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return stories: articles of several outlets that carry the same text."""
    try:
        found = api.list_stories(asked, database, request, Response())
    except UsageError as error:
        empty = api.StoryPage((), 0, None)
        return render(request, "stories.html", status=400, error=str(error), asked=asked, found=empty)
    return render(request, "stories.html", asked=asked, found=found)


@router.get("/stories/{story_id}")
def story_page(
    story_id: StoryId, _: NoParameters, database: TheDatabase, abilities: TheAbilities, request: Request
) -> Response:
    """Return a story as it went from outlet to outlet."""
    story = api.one_story(story_id, _, database, request)
    places = charts.places([one.appeared.at for one in story.tellings])
    headlines = _headlines(abilities, story.tellings)
    return render(request, "story.html", story=story, places=places, headlines=headlines)


def _headlines(abilities: Abilities, tellings: tuple[Telling, ...]) -> dict[int, tuple[Passage, ...]]:
    """Return for tellings with another headline than the first one's what is other in it, by article."""
    if abilities.compare is None:
        return {}
    first = Version(tellings[0].headline, (), "")
    others = (one for one in tellings[1:MOST_TOLD] if one.headline != first.headline)
    found = {one.article_id: abilities.compare(first, Version(one.headline, (), "")).headline for one in others}
    return {number: pieces for number, pieces in found.items() if _has_common(pieces)}


def _has_common(pieces: tuple[Passage, ...]) -> bool:
    """Tell whether two headlines have enough in common to be laid over each other: half of what is shown."""
    same = sum(len(piece.text) for piece in pieces if piece.kind == "same")
    return 2 * same >= sum(len(piece.text) for piece in pieces)
