"""The pages of sources: how they all are, and one with its volumes, channels, failures and learned boilerplate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from storage.health import list_changes, list_health
from storage.schema_search import article_facts
from storage.views_source_list import SourceLine, learned_blocks, source_lines
from storage.views_sources import SourceFacts, last_failures, read_days, read_source, source_channels
from storage.watched import Day
from storage.web.api import sources as api
from storage.web.asking import Parameters
from storage.web.deps import TheDatabase
from storage.web.pages import charts
from storage.web.pages.charts import Value
from storage.web.pages.counts import Kept
from storage.web.pages.rendering import here_of, render
from storage.web.pages.twins import csv_response, row
from storage.web.pages.words import count, moment
from storage.web.problems import ProblemError
from storage.web.security import now_utc

STATES = ("failing", "blocked", "silent", "drifting", "slow", "healthy", "new", "ad hoc", "disabled")
"""From what needs a look to what does not."""
COLUMNS = tuple(SourceLine.__slots__)
MOST_CHANNELS, MOST_FAILURES, MOST_CHANGES = 50, 20, 20
router = APIRouter(include_in_schema=False)
Name = Annotated[str, Path(max_length=200)]


class SourcesParameters(Parameters):
    """Which sources are listed, and in which order."""

    q: str | None = Field(None, max_length=200)
    state: (
        Literal["failing", "blocked", "silent", "drifting", "slow", "healthy", "new", "ad hoc", "disabled"] | None
    ) = Field(None)
    sort: Literal["attention", "name", "articles", "latest"] = Field("attention")


@dataclass(frozen=True, slots=True)
class Lines:
    """Sources that were asked for, and of all, how many are in which state."""

    items: tuple[SourceLine, ...]
    states: dict[str, int]


@router.get("/sources.json")
def sources_json(asked: Annotated[SourcesParameters, Query()], database: TheDatabase, request: Request) -> Lines:
    """Return the list as JSON."""
    return _lines(asked, database, request)


@router.get("/sources.csv")
def sources_table(asked: Annotated[SourcesParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return the list as CSV."""
    return csv_response("newsdesk-sources", COLUMNS, map(row, _lines(asked, database, request).items))


@router.get("/sources")
def sources_page(asked: Annotated[SourcesParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return how the sources are; what needs a look stands on top."""
    return render(request, "sources.html", found=_lines(asked, database, request), asked=asked, states=STATES)


def _lines(asked: SourcesParameters, database: TheDatabase, request: Request) -> Lines:
    kept: Kept[str, list[SourceLine]] = request.app.state.lines
    with database.read() as connection:
        every = kept.get("", lambda: source_lines(connection, now_utc().date()))
    wanted = (asked.q or "").casefold()
    chosen = [
        one
        for one in every
        if asked.state in (None, one.state) and (wanted in one.name.casefold() or wanted in one.title.casefold())
    ]
    never = datetime.min.replace(tzinfo=UTC)
    keys: dict[str, Any] = {
        "attention": lambda one: (STATES.index(one.state), one.name),
        "name": lambda one: one.title.casefold(),
        "articles": lambda one: (-one.articles, one.name),
        "latest": lambda one: (never - (one.last_article or never), one.name),
    }
    return Lines(tuple(sorted(chosen, key=keys[asked.sort])), dict(Counter(one.state for one in every)))


router.get("/sources/{name}.json")(api.one_source)


class SourceParameters(Parameters):
    """How much of a source is shown."""

    days: int = Field(60, ge=1, le=3660)


@router.get("/sources/{name}.csv")
def days_table(name: Name, asked: Annotated[SourceParameters, Query()], database: TheDatabase) -> Response:
    """Return what each day brought from a source as CSV."""
    with database.read() as connection:
        facts = _facts(connection, name)
        days = read_days(connection, facts.id, _since(asked).date())
    return csv_response("newsdesk-source-days", Day.__slots__, map(row, days))


@router.get("/sources/{name}")
def source_page(
    name: Name, asked: Annotated[SourceParameters, Query()], database: TheDatabase, request: Request
) -> Response:
    """Return a source with all that tells how it is."""
    since = _since(asked)
    with database.read() as connection:
        facts = _facts(connection, name)
        days = read_days(connection, facts.id, since.date())
        articles, latest = _articles(connection, facts.id)
        shown: dict[str, Any] = {
            "health": next(iter(list_health(connection, [name])), None),
            "channels": source_channels(connection, facts.id, MOST_CHANNELS),
            "failures": last_failures(connection, facts.id, since, MOST_FAILURES),
            "changes": list_changes(connection, [name], MOST_CHANGES),
            "blocks": learned_blocks(connection, facts.id),
        }
    volumes = charts.bar_chart(_bars(days, since, now_utc(), name)) if days else None
    return render(
        request, "source.html", source=facts, days=days, articles=articles, latest=latest, asked=asked, volumes=volumes,
        reasons=_reasons(days), here=here_of(request), **shown,
    )  # fmt: skip


def _since(asked: SourceParameters) -> datetime:
    return datetime.combine(now_utc().date() - timedelta(days=asked.days - 1), time(), UTC)


def _facts(connection: sa.Connection, name: str) -> SourceFacts:
    facts = read_source(connection, name) if "\0" not in name else None
    if facts is None:
        raise ProblemError(404, f"no source {name!r} is stored; /sources lists them")
    return facts


def _articles(connection: sa.Connection, source_id: int) -> tuple[int, datetime | None]:
    facts = article_facts.c
    query = sa.select(sa.func.count(), sa.func.max(facts.at)).where(facts.source_id == source_id)
    number, latest = connection.execute(query).one()
    return int(number), None if latest is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=latest)


def _bars(days: list[Day], since: datetime, now: datetime, name: str) -> list[Value]:
    known = {day.day: day for day in days}
    found = []
    for place in range((now.date() - since.date()).days + 1):
        day = since.date() + timedelta(days=place)
        one = known.get(day, Day(day))
        title = f"{moment(day)}: {count(one.stored, 'new article')}, {count(one.polls, 'poll')}"
        title += f", {count(one.failed + one.polls_failed, 'failure')}" if one.failed + one.polls_failed else ""
        found.append(Value(datetime.combine(day, time(), UTC), one.stored, title))
    return found


def _reasons(days: list[Day]) -> list[tuple[str, int]]:
    """Return why pages gave no article, the most frequent first."""
    found: Counter[str] = Counter()
    for day in days:
        found.update(day.reasons or {})
    return found.most_common(10)
