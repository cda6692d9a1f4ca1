"""Routes of sources: which there are and how they are, and one with its channels, days and failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from storage.health import list_changes, list_health
from storage.stats import SourceStats, source_stats
from storage.views_sources import (
    Failure,
    SourceChannel,
    SourceFacts,
    last_failures,
    list_sources,
    read_days,
    read_source,
    source_channels,
)
from storage.watched import Change, Day, SourceHealth
from storage.web.asking import NoParameters, Parameters
from storage.web.deps import TheDatabase
from storage.web.problems import ProblemError
from storage.web.security import now_utc

MOST_CHANNELS, MOST_FAILURES, MOST_CHANGES = 200, 20, 50
router = APIRouter()


class SourceParameters(Parameters):
    """How much of a source is told."""

    days: int = Field(30, ge=1, le=3660, description="Days back, today included.")


class ChangesParameters(Parameters):
    """How many changes are told."""

    changes: int = Field(20, ge=0, le=200, description="Latest changes of state that are told.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSource(SourceFacts):
    """A source, what it gives, and how it is; `health` is null until it was looked at."""

    stats: SourceStats
    health: SourceHealth | None


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources by name."""

    items: tuple[ListedSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeSource(ListedSource):
    """A source with its channels (its own, then the latest children of indexes), days (UTC), failures and changes."""

    channels: tuple[SourceChannel, ...]
    days: tuple[Day, ...]
    failures: tuple[Failure, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """How many sources are in which state, how each is, and the latest changes."""

    states: dict[str, int]
    items: tuple[SourceHealth, ...]
    changes: tuple[Change, ...]


@router.get("/sources", tags=["sources"], summary="List sources")
def all_sources(_: NoParameters, database: TheDatabase) -> Sources:
    """Return all sources by name, with what they give and how they are."""
    with database.read() as connection:
        stats = {one.name: one for one in source_stats(connection)}
        health = {one.source: one for one in list_health(connection)}
        facts = list_sources(connection)
    return Sources(
        tuple(ListedSource(**_facts(one), stats=stats[one.name], health=health.get(one.name)) for one in facts)
    )


@router.get("/sources/{name}", tags=["sources"], summary="One source")
def one_source(
    name: Annotated[str, Path(max_length=200, description="The source's name.")],
    asked: Annotated[SourceParameters, Query()],
    database: TheDatabase,
) -> WholeSource:
    """Return a source with its channels, what each day brought, its latest failures and changes of state."""
    since = now_utc() - timedelta(days=asked.days - 1)
    with database.read() as connection:
        facts = read_source(connection, name) if "\0" not in name else None
        if facts is None:
            raise ProblemError(404, f"no source {name!r} is stored; /api/v1/sources lists them")
        return WholeSource(
            **_facts(facts),
            stats=source_stats(connection, facts.id)[0],
            health=next(iter(list_health(connection, [name])), None),
            channels=tuple(source_channels(connection, facts.id, MOST_CHANNELS)),
            days=tuple(read_days(connection, facts.id, since.date())),
            failures=tuple(last_failures(connection, facts.id, since, MOST_FAILURES)),
            changes=tuple(list_changes(connection, [name], MOST_CHANGES)),
        )


@router.get("/health", tags=["health"], summary="How the sources are")
def health(asked: Annotated[ChangesParameters, Query()], database: TheDatabase) -> Health:
    """Return how the sources were when they were last looked at, and what has changed."""
    with database.read() as connection:
        found = list_health(connection)
        changes = list_changes(connection, limit=asked.changes) if asked.changes else []
    states: dict[str, int] = {}
    for one in found:
        states[one.state] = states.get(one.state, 0) + 1
    return Health(states, tuple(found), tuple(changes))


def _facts(source: SourceFacts) -> dict[str, Any]:
    return {name: getattr(source, name) for name in SourceFacts.__slots__}
