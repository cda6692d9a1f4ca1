"""The SQL of a site's counts: written out, because it runs for every article that is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from storage.columns import UtcDateTime
from storage.schema import site_blocks

NAMES = "block_hash, df, apart, at_top, at_end, varied, n_words, digits, last_story, example, verdict, learned_at"
SUMS = ("df", "apart", "at_top", "at_end", "varied")
MOST_ASKED = 5
OTHERS, LATEST = 3, 30

_LATEST = sa.text("SELECT id FROM articles WHERE outlet = :site ORDER BY id DESC LIMIT :most")
_TOTALS = sa.text("SELECT stories FROM sites WHERE site = :site")
_ADD_TOTALS = sa.text(
    "INSERT INTO sites (site, stories) VALUES (:site, 1) ON CONFLICT (site) DO UPDATE SET stories = sites.stories + 1"
)
_ADD = sa.text(
    "INSERT INTO site_blocks (site, block_hash, df, apart, at_top, at_end, varied, n_words, digits, first_seen, "
    "last_seen, last_story, example, learned_at) VALUES (:site, :block_hash, :df, :apart, :at_top, :at_end, :varied, "
    ":n_words, :digits, :now, :now, :last_story, :example, :learned_at) ON CONFLICT (site, block_hash) DO UPDATE SET "
    + ", ".join(f"{name} = site_blocks.{name} + excluded.{name}" for name in SUMS)
    + ", last_seen = excluded.last_seen, digits = excluded.digits, "
    "last_story = CASE WHEN excluded.df > 0 THEN excluded.last_story ELSE site_blocks.last_story END, "
    "example = coalesce(site_blocks.example, excluded.example), "
    "learned_at = coalesce(site_blocks.learned_at, excluded.learned_at)"
).bindparams(sa.bindparam("now", type_=UtcDateTime), sa.bindparam("learned_at", type_=UtcDateTime))
_NOTE = sa.text(
    "INSERT INTO site_blocks (site, block_hash, df, apart, at_top, at_end, varied, n_words, digits, first_seen, "
    "last_seen, last_story) VALUES (:site, :block_hash, 1, 1, 0, 0, 0, :n_words, :digits, :now, :now, :last_story) "
    "ON CONFLICT (site, block_hash) DO NOTHING"
).bindparams(sa.bindparam("now", type_=UtcDateTime))


@cache
def _among(dialect: str, statement: str) -> sa.TextClause:
    """Return a statement whose `IN :list` takes a list as one value."""
    if dialect == "postgresql":
        return sa.text(statement.replace("IN :list", "= ANY(:list)"))
    return sa.text(statement.replace("IN :list", "IN (SELECT value FROM json_each(:list))"))


def _ask(connection: sa.Connection, statement: str, values: Iterable[int], **more: Any) -> Sequence[Any]:
    dialect = connection.dialect.name
    listed = list(values)
    given = listed if dialect == "postgresql" else json.dumps(listed)
    return connection.execute(_among(dialect, statement), {"list": given, **more}).all()


_KNOWN = f"SELECT {NAMES} FROM site_blocks WHERE site = :site AND block_hash IN :list"


def known_blocks(connection: sa.Connection, site: str, hashes: Iterable[int]) -> dict[int, Any]:
    """Return the rows of those blocks that the site has counted."""
    asked = set(hashes) - {0}
    return {row.block_hash: row for row in _ask(connection, _KNOWN, asked, site=site)} if asked else {}


_TOLD = "SELECT id, headline, body FROM articles WHERE id IN :list"


def earlier_stories(connection: sa.Connection, stories: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return (id, headline, body) of articles, the latest of them."""
    asked = sorted(stories)[-MOST_ASKED:]
    return [(row[0], row[1], row[2]) for row in _ask(connection, _TOLD, asked)] if asked else []


def other_stories(connection: sa.Connection, site: str, shared: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return (id, headline, body) of a few of the site's latest articles but these, far from each other."""
    known = set(shared)
    latest = connection.execute(_LATEST, {"site": site, "most": LATEST}).scalars()
    others = [number for number in latest if number not in known]
    return earlier_stories(connection, others[:: -(-len(others) // OTHERS)] if others else ())


def count_stories(connection: sa.Connection, site: str) -> int:
    """Return how many stories the site has counted."""
    return int(connection.execute(_TOTALS, {"site": site}).scalar() or 0)


def add(connection: sa.Connection, site: str, rows: Sequence[dict[str, Any]]) -> None:
    """Add one story to the site's counts. What rows hold of SUMS is added, the rest set."""
    connection.execute(_ADD_TOTALS, {"site": site})
    if rows:
        connection.execute(_ADD, rows)


def note(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Enter blocks that are new; leave others as they are."""
    if rows:
        connection.execute(_NOTE, rows)


def forget(connection: sa.Connection, site: str, before: datetime) -> int:
    """Delete the blocks that one story alone had, before that time, and that nobody judged; return how many."""
    once = sa.and_(site_blocks.c.df <= 1, site_blocks.c.last_seen < before)
    untouched = sa.and_(site_blocks.c.verdict.is_(None), site_blocks.c.learned_at.is_(None))
    return int(connection.execute(sa.delete(site_blocks).where(site_blocks.c.site == site, once, untouched)).rowcount)
