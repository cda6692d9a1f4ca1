"""Tell what waits of one saved search: choose, write the messages and hand them over, in one write transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crawler.alerts.choosing import choose, states
from crawler.alerts.messages import PARTS, Line, for_people, for_programs, lines_of
from crawler.alerts.times import next_digest
from crawler.delivery.terms import EMAIL, parts_of
from storage.alerts import set_next
from storage.alerts_told import settle_matches, told_stories, waiting_matches
from storage.deliveries import post
from storage.errors import UsageError
from storage.saved import Saved, about_prefix
from storage.search import Hit, Query, hits


def tell_waiting(connection: sa.Connection, saved: Saved, now: datetime, most: int) -> int:
    """Write what waits of a search that is held into messages of at most `most` articles; return how many are told.

    With that, nothing of it waits any more, and the next digest has its time.
    """
    matches = waiting_matches(connection, saved)
    asked = {match.story_id for match in matches if match.story_id is not None}
    choice = choose(matches, told_stories(connection, saved, asked) if saved.per == "story" else (), saved.per)
    settle_matches(connection, states(choice), now)
    if saved.next_at is not None:
        set_next(connection, saved, next_digest(saved, now))
    if choice.told and saved.targets:
        shown = [match.article_id for match in choice.told[: most * PARTS] if match.article_id is not None]
        lines = lines_of(choice.told, {hit.article.id: hit for hit in read_hits(connection, saved.query, shown, now)})
        about = f"{about_prefix(saved.name)}{now:%Y%m%dT%H%M%S%f}.{choice.told[0].id}"
        hand_over(connection, saved, about, lines, len(choice.told), most, now)
    return len(choice.told)


def hand_over(
    connection: sa.Connection, saved: Saved, about: str, lines: Sequence[Line], total: int, most: int, now: datetime
) -> None:
    """Keep the messages for the targets of a search."""
    for target in saved.targets:
        for number, message in enumerate(messages_for(target, saved, lines, total, most, now), 1):
            post(connection, [target], f"{about}.{number}", message, now)


def read_hits(connection: sa.Connection, query: Query, ids: Sequence[int], now: datetime) -> list[Hit]:
    """Return articles with the passages that match; with their beginnings where the query cannot be asked any more."""
    try:
        return hits(connection, replace(query, now=now), ids)
    except UsageError:
        return hits(connection, Query(now=now), ids)


def messages_for(
    target: str, saved: Saved, lines: Sequence[Line], total: int, most: int, now: datetime
) -> list[dict[str, Any]]:
    """Return the messages that a target gets about these articles."""
    if parts_of(target)[0] == EMAIL:
        return [for_people(saved, lines, total, most, now)]
    return for_programs(saved, lines, total, most, now)
