"""`newsdesk trends`: how much is written of something, hour by hour, day by day, and what share of all that is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import reading
from crawler.commands.options import (
    AuthorOption,
    FormatOption,
    LanguageOption,
    SinceOption,
    SourceOption,
    UntilOption,
    query_of,
)
from crawler.commands.rendering import Format, render
from crawler.commands.wording import short

if TYPE_CHECKING:
    import sqlalchemy as sa

    from storage.search import Bar, Part, Query

FIELDS = ("start", "query", "source", "count", "total", "share")
SPAN = "30d"
BARS, LEAST_BARS = 48, 8
"""Cells for the bars of all queries together, and for those of one at least."""
EIGHTHS = " ▏▎▍▌▋▊▉"


class Period(StrEnum):
    """What a bar stands for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Split(StrEnum):
    """What bars are parted by."""

    SOURCE = "source"


SHOWN = {Period.HOUR: "%Y-%m-%d %H:00", Period.DAY: "%a %Y-%m-%d", Period.WEEK: "%Y-%m-%d", Period.MONTH: "%Y-%m"}


@dataclass(frozen=True, slots=True)
class _Trend:
    """A query's bars by their beginnings."""

    query: str
    bars: dict[datetime, Bar]


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("trends")(trends_command)


def trends_command(
    queries: Annotated[list[str], typer.Argument(metavar="QUERY…", help="Searches, each a text; side by side.")],
    by: Annotated[Period, typer.Option("--by", help="What a bar stands for.")] = Period.DAY,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    share: Annotated[bool, typer.Option("--share", help="Draw the share of all articles, not the number.")] = False,
    split: Annotated[Split | None, typer.Option("--split", help="Part the numbers, by source.")] = None,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Count the articles that match over time (UTC), and their share of all that there are."""
    is_open = since is None and until is None
    asked = [query_of(text, source, SPAN if is_open else since, until, language, author) for text in queries]
    with reading() as connection:
        trends = _trends(connection, asked, by, split)
    trends = _begun(trends) if is_open else trends
    if fmt not in (Format.TABLE, Format.MARKDOWN):
        render([row for trend in trends for row in _rows(trend)], FIELDS, fmt)
    elif split is None:
        _print_side_by_side(trends, by, fmt, share)
    else:
        _print_parts(trends, by, fmt, share)


def _trends(connection: sa.Connection, queries: Sequence[Query], by: Period, split: Split | None) -> list[_Trend]:
    """Return the bars of all queries over one span: what is asked for, else from the first to the last that matches."""
    from storage.search import histogram

    part = split.value if split is not None else None
    found = [histogram(connection, query, by.value, part).bars for query in queries]
    starts = [bar.start for bars in found for bar in bars]
    if starts and len(queries) > 1:
        first, end = min(starts), _after(max(starts), by)
        wide = [replace(query, since=query.since or first, until=query.until or end) for query in queries]
        found = [histogram(connection, query, by.value, part).bars for query in wide]
    texts = [query.text or "" for query in queries]
    return [_Trend(text, {bar.start: bar for bar in bars}) for text, bars in zip(texts, found, strict=True)]


def _begun(trends: Sequence[_Trend]) -> list[_Trend]:
    """Return the bars from the first article that there is of anything."""
    begins = min((bar.start for trend in trends for bar in trend.bars.values() if bar.total), default=None)
    if begins is None:
        return list(trends)
    return [replace(one, bars={at: bar for at, bar in one.bars.items() if at >= begins}) for one in trends]


def _after(start: datetime, by: Period) -> datetime:
    """Return the beginning of the period after the one that begins at `start`."""
    if by is Period.MONTH:
        return (start + timedelta(days=31)).replace(day=1)
    return start + {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}[by.value]


def _rows(trend: _Trend) -> list[dict[str, Any]]:
    """Return the numbers for programs: a row a bar, or a part of one."""
    rows = []
    for bar in trend.bars.values():
        own = {"start": bar.start, "query": trend.query}
        rows += [own | {"source": part.value} | _numbers(part) for part in bar.parts]
        rows += [] if bar.parts else [own | {"source": None} | _numbers(bar)]
    return rows


def _numbers(one: Bar | Part) -> dict[str, Any]:
    return {"count": one.count, "total": one.total, "share": _share(one.count, one.total)}


def _share(count: int, total: int) -> float | None:
    return round(count / total, 6) if total else None


def _percent(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else "–"


def _print_side_by_side(trends: Sequence[_Trend], by: Period, fmt: Format, share: bool) -> None:
    """Print a line a period, with number, share and (on a terminal) a bar for each query."""
    drawn = fmt is Format.TABLE and sys.stdout.isatty()
    width = max(BARS // len(trends), LEAST_BARS)
    tops = [max((_height(bar, share) for bar in trend.bars.values()), default=0.0) for trend in trends]
    top = max(tops, default=0.0)
    rows = []
    for start in sorted({start for trend in trends for start in trend.bars}):
        row: dict[str, Any] = {"start": start.strftime(SHOWN[by])}
        for place, trend in enumerate(trends):
            bar = trend.bars.get(start)
            count, total = (bar.count, bar.total) if bar is not None else (0, 0)
            row |= {f"count{place}": count, f"share{place}": f"{_percent(count, total):>6}"}
            if drawn and bar is not None:
                row[f"bar{place}"] = _drawn(_height(bar, share), top, width)
        rows.append(row)
    columns, heads = ["start"], [by.value]
    for place, trend in enumerate(trends):
        columns += [f"count{place}", f"share{place}", *([f"bar{place}"] if drawn else [])]
        heads += [short(trend.query, 40), "share", *([""] if drawn else [])]
    _render(rows, columns, heads, fmt)
    if fmt is Format.TABLE and rows:
        sys.stdout.writelines(f"{_summed(trend)}\n" for trend in trends)


def _height(bar: Bar, share: bool) -> float:
    return (bar.count / bar.total if bar.total else 0.0) if share else float(bar.count)


def _drawn(value: float, top: float, width: int) -> str:
    """Return a bar in eighths of a cell; what is not nothing shows."""
    eighths = max(round(value / top * width * 8), 1) if value and top else 0
    full, part = divmod(eighths, 8)
    return "█" * full + (EIGHTHS[part] if part else "")


def _summed(trend: _Trend) -> str:
    count = sum(bar.count for bar in trend.bars.values())
    total = sum(bar.total for bar in trend.bars.values())
    return f"{short(trend.query, 60)}: {count} of {total} articles ({_percent(count, total).strip()})"


def _print_parts(trends: Sequence[_Trend], by: Period, fmt: Format, share: bool) -> None:
    """Print a line a period and query, with a column for each source: its number, or its share of its own articles."""
    names = list(dict.fromkeys(part.value for trend in trends for bar in trend.bars.values() for part in bar.parts))
    rows = []
    for start in sorted({start for trend in trends for start in trend.bars}):
        for trend in trends:
            bar = trend.bars.get(start)
            if bar is None:
                continue
            parts = {part.value: _percent(part.count, part.total) if share else part.count for part in bar.parts}
            rest = bar.count - sum(part.count for part in bar.parts)
            row = {"start": start.strftime(SHOWN[by]), "query": trend.query, "all": bar.count, "other": rest or None}
            rows.append(row | {f"of {name}": parts.get(name) for name in names})
    others = ["other"] if any(row["other"] for row in rows) else []
    columns = ["start", *(["query"] if len(trends) > 1 else []), "all", *(f"of {name}" for name in names), *others]
    heads = [by.value if name == "start" else name.removeprefix("of ") for name in columns]
    _render(rows, columns, heads, fmt)


def _render(rows: Sequence[dict[str, Any]], columns: Sequence[str], heads: Sequence[str], fmt: Format) -> None:
    from crawler.commands.tables import print_table
    from storage.export.markdown import write_markdown

    if fmt is Format.MARKDOWN:
        write_markdown(rows, columns, heads, sys.stdout)
    elif rows:
        print_table(rows, columns, heads)
    else:
        sys.stdout.write("nothing found\n")
