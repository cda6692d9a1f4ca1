"""The page of attention over time: searches side by side, in numbers and as shares of all, by day and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from storage.errors import UsageError
from storage.web.api import trends as api
from storage.web.deps import TheDatabase
from storage.web.pages import charts
from storage.web.pages.rendering import here_of, render
from storage.web.pages.twins import csv_response

LEAST_FIELDS, MOST_SEARCHES = 3, api.MOST_SEARCHES
COLUMNS = ("q", "start", "count", "total", "share")
SPLIT_COLUMNS = ("q", "start", "source", "count", "total", "share")
router = APIRouter(include_in_schema=False)
router.get("/trends.json")(api.trends)


class PageParameters(api.TrendsParameters):
    """Which searches are laid side by side; none yet, perhaps."""

    q: Annotated[list[str], Field(max_length=MOST_SEARCHES)] = Field([])


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What of each search is one source's: `counts` and `shares` (of all that the source published) by search."""

    value: str
    label: str
    counts: tuple[int, ...]
    shares: tuple[float, ...]


@router.get("/trends.csv")
def trends_table(asked: Annotated[api.TrendsParameters, Query()], database: TheDatabase) -> Response:
    """Return attention over time as CSV: a line for each search, bar and (split by source) source."""
    found = api.trends(asked, database)
    columns = SPLIT_COLUMNS if asked.split else COLUMNS
    return csv_response("newsdesk-trends", columns, _rows(found, is_split=asked.split is not None))


def _rows(found: api.Trends, *, is_split: bool) -> Iterator[dict[str, Any]]:
    for trend in found.items:
        for bar in trend.bars:
            one: dict[str, Any] = {"q": trend.q, "start": bar.start}
            if is_split:
                for part in bar.parts:
                    yield one | {"source": part.value} | {name: getattr(part, name) for name in COLUMNS[2:]}
            else:
                yield one | {name: getattr(bar, name) for name in COLUMNS[2:]}


@router.get("/trends")
def trends_page(asked: Annotated[PageParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return charts and tables of several searches over time."""
    fields = [*asked.q, *[""] * max(LEAST_FIELDS - len(asked.q), 1 if len(asked.q) < MOST_SEARCHES else 0)]
    names: dict[str, Any] = {"asked": asked, "fields": fields, "found": None}
    if not asked.q:
        return render(request, "trends.html", **names)
    own = api.TrendsParameters(**asked.model_dump(exclude_unset=True))
    try:
        found = api.trends(own, database)
    except UsageError as error:
        return render(request, "trends.html", status=400, error=str(error), **names)
    starts = [bar.start for bar in found.items[0].bars]
    numbers = [(one.q, [float(bar.count) for bar in one.bars]) for one in found.items]
    shares = [(one.q, [bar.share for bar in one.bars]) for one in found.items]
    return render(
        request,
        "trends.html",
        **names
        | {"found": found, "starts": starts, "by_source": by_source(found) if asked.split else ()}
        | {"numbers": charts.line_chart(starts, numbers, by=asked.by)}
        | {"shares": charts.line_chart(starts, shares, by=asked.by, is_share=True)}
        | {"totals": [sum(bar.total for bar in one.bars) for one in found.items]}
        | {"here": here_of(request)},
    )


def by_source(found: api.Trends) -> list[SourceRow]:
    """Return what each source has of each search over the whole time, the most first."""
    labels: dict[str, str] = {}
    counts: list[Counter[str]] = []
    totals: list[Counter[str]] = []
    for trend in found.items:
        parts = [part for bar in trend.bars for part in bar.parts]
        labels |= {part.value: part.label for part in parts}
        counts.append(_sums((part.value, part.count) for part in parts))
        totals.append(_sums((part.value, part.total) for part in parts))
    rows = [
        SourceRow(
            value,
            label,
            tuple(own[value] for own in counts),
            tuple(
                own[value] / every[value] if every[value] else 0.0 for own, every in zip(counts, totals, strict=True)
            ),
        )
        for value, label in labels.items()
    ]
    return sorted(rows, key=lambda one: (-sum(one.counts), one.label))


def _sums(pairs: Iterator[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for value, number in pairs:
        found[value] += number
    return found
