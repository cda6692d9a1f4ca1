"""Tell what the demo's crawls made of its web, read from the database that they filled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.search import Query, search
from storage.stats import overview
from storage.store import open_store
from storage.story_views import StoryQuery, list_stories

REVISED = "SELECT id, headline, revision FROM articles WHERE revision > 1 ORDER BY id"
TAKEN_DOWN = "SELECT id, headline FROM articles WHERE gone_at IS NOT NULL ORDER BY id"
PAYWALLED = "SELECT count(*) FROM articles WHERE access = 'paywalled'"
REFUSED = """
    SELECT state, reason, count(*) AS number, min(url) AS example FROM links
    WHERE state <> 'done' GROUP BY state, reason ORDER BY state, reason
"""
ALIASES = "SELECT a.url, a.article_id FROM article_aliases a ORDER BY a.article_id, a.url"
OTHER_LISTINGS = "SELECT count(*) FROM link_sightings s JOIN links l ON l.id = s.link_id WHERE s.url <> l.url"
DEAD = "SELECT url, failures, last_error FROM channels WHERE failures > 0 ORDER BY url"


def report(database: Path, words: str) -> str:
    """Return the report on a demo's database, with the first hit of a search for `words`."""
    store = open_store(f"sqlite:///{database.absolute()}")
    try:
        with store.read() as connection:
            return "\n".join(_lines(connection, words))
    finally:
        store.close()


def _lines(connection: sa.Connection, words: str) -> Iterator[str]:
    yield from _stored(connection)
    yield from _folded(connection)
    yield from _told(connection)
    yield from _refused(connection)
    yield from _dead(connection)
    yield from _found(connection, words)


def _rows(connection: sa.Connection, query: str) -> list[Any]:
    return list(connection.execute(sa.text(query)))


def _stored(connection: sa.Connection) -> Iterator[str]:
    found = overview(connection)
    languages = ", ".join(f"{number} {code}" for code, number in found.languages)
    walled = connection.execute(sa.text(PAYWALLED)).scalar_one()
    yield f"Stored {found.articles} articles of {found.sources} outlets ({languages}), {walled} behind a paywall."
    revised = _rows(connection, REVISED)
    yield f"Revised {len(revised)} on the second pass, the first version is kept:"
    yield from (f"  {row.id:>4}  {row.headline}" for row in revised)
    down = _rows(connection, TAKEN_DOWN)
    yield f"Taken down by their outlets {len(down)}, the text stays:"
    yield from (f"  {row.id:>4}  {row.headline}" for row in down)


def _folded(connection: sa.Connection) -> Iterator[str]:
    aliases = _rows(connection, ALIASES)
    listings = connection.execute(sa.text(OTHER_LISTINGS)).scalar_one()
    yield f"\nDuplicates folded: {listings} listings under tracking or www addresses, {len(aliases)} other addresses:"
    yield from (f"  {row.url} is article {row.article_id}" for row in aliases)


def _told(connection: sa.Connection) -> Iterator[str]:
    found = list_stories(connection, StoryQuery(limit=5))
    yield f"\nStories that several outlets tell {len(found)}:"
    for story in found:
        wire = f", wire copy of {story.agencies[0][0]}" if story.agencies else ""
        yield f"  {story.id:>4}  {story.first.headline} ({', '.join(story.outlets)}{wire})"


def _refused(connection: sa.Connection) -> Iterator[str]:
    yield "\nNot stored, or no longer there, and why:"
    for row in _rows(connection, REFUSED):
        yield f"  {row.number:>4}  {row.state:<8} {row.reason or '':<10} e.g. {row.example}"


def _dead(connection: sa.Connection) -> Iterator[str]:
    dead = _rows(connection, DEAD)
    yield f"\nDead channels {len(dead)}:"
    yield from (f"  {row.url}: {row.last_error}, {row.failures} times in a row" for row in dead)


def _found(connection: sa.Connection, words: str) -> Iterator[str]:
    for hit in search(connection, Query(words, limit=1)):
        yield f"\nSearch for {words}: {hit.article.headline}\n  {hit.snippet}"
