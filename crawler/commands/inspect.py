"""`newsdesk why | stats | crawls`: how the crawling goes, and what became of a URL."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import reading
from crawler.commands.fates import fate_lines
from crawler.commands.options import FormatOption, TextFormatOption
from crawler.commands.rendering import Format, TextFormat, as_json, plain, render, write_csv
from storage.errors import FailureError, UsageError
from storage.export.markdown import escaped

if TYPE_CHECKING:
    from storage.fate import Fate
    from storage.stats import Overview

EVENTS = ("at", "event", "reason", "detail", "status", "url", "found", "new", "bytes", "millis", "crawl_id")
SOURCES = ("name", "articles", "pending", "failed", "channels", "channels_failing", "last_article", "last_polled")
CRAWLS = ("id", "kind", "subject", "state", "started_at", "requests", "links_new", "bytes", "outcomes", "note")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("why")(why_command)
    app.command("stats")(stats_command)
    app.command("crawls")(crawls_command)


def why_command(
    url: Annotated[str, typer.Argument(help="Any URL: an article's, a feed's, one that was never stored.")],
    fmt: TextFormatOption = TextFormat.TEXT,
) -> None:
    """Tell the fate of a URL: where it was found, each attempt, and what became of it."""
    from pipelines.hosts import host_of
    from pipelines.urls import url_key
    from storage.fate import fate

    if not host_of(url):
        raise UsageError(f"{url!r} is not a URL")
    with reading() as connection:
        found = fate(connection, url, url_key(url), host_of(url))
    if found is None:
        raise FailureError(f"{url} was never seen: no feed, sitemap or section page that was read lists it")
    if fmt in (TextFormat.JSON, TextFormat.JSONL):
        sys.stdout.write(as_json(asdict(found), indent=2 if fmt is TextFormat.JSON else None) + "\n")
    elif fmt is TextFormat.CSV:
        write_csv(_events(found), EVENTS, sys.stdout)
    elif fmt is TextFormat.MARKDOWN:
        sys.stdout.writelines(f"- {escaped(line)}\n" for line in fate_lines(found) if line.strip())
    else:
        sys.stdout.write("\n".join(fate_lines(found)) + "\n")


def _events(found: Fate) -> list[dict[str, Any]]:
    """Return what has happened to a URL as rows: first seen, each listing, each attempt."""
    rows: list[dict[str, Any]] = [{"at": found.first_seen, "event": "first seen", "url": found.url}]
    rows += [{"at": one.at, "event": f"listed by {one.kind}", "url": one.channel_url} for one in found.sightings]
    tries = [asdict(one) | {"event": one.outcome, "url": one.final_url or found.url} for one in found.attempts]
    return [*rows, *tries]


def stats_command(fmt: FormatOption = Format.TABLE) -> None:
    """Show what is stored, and for each source what it gives and how it is."""
    from storage.stats import SourceStats, overview

    with reading() as connection:
        found = overview(connection)
    rows = [asdict(source) for source in found.by_source]
    if fmt is Format.JSON:
        sys.stdout.write(as_json(asdict(found), indent=2) + "\n")
    elif fmt is Format.MARKDOWN:
        sys.stdout.writelines(f"- {escaped(line)}\n" for line in _totals(found))
        sys.stdout.write("\n")
        render(rows, SOURCES, fmt)
    elif fmt is Format.TABLE:
        sys.stdout.write("\n".join(_totals(found)) + "\n")
        render(rows, SOURCES, fmt, empty="no sources yet; add one with `newsdesk add URL`")
        errors = [f"! {source.name}: {plain(source.last_error)}\n" for source in found.by_source if source.last_error]
        sys.stdout.writelines(errors)
    else:
        render(rows, list(SourceStats.__slots__), fmt)


def _totals(found: Overview) -> list[str]:
    links = ", ".join(f"{number} {state}" for state, number in sorted(found.links.items())) or "none"
    lines = [
        f"articles: {found.articles} ({found.revised} revised, {found.aliases} other addresses)",
        f"sources: {found.sources}",
        f"links: {links}",
    ]
    if found.reasons:
        lines.append("not stored: " + ", ".join(f"{n} {reason} ({state})" for state, reason, n in found.reasons[:8]))
    if found.languages:
        lines.append("languages: " + ", ".join(f"{code} {number}" for code, number in found.languages[:12]))
    return lines


def crawls_command(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most crawls.")] = 20,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Show the latest crawls with the counts of every outcome."""
    from storage.crawls import read_crawls

    with reading() as connection:
        crawls = read_crawls(connection, limit)
    rows = []
    for crawl in crawls:
        row = asdict(crawl)
        if fmt in (Format.TABLE, Format.CSV, Format.MARKDOWN):
            row["outcomes"] = ", ".join(f"{number} {name}" for name, number in sorted(crawl.outcomes.items()))
        rows.append(row)
    render(rows, CRAWLS, fmt, empty="no crawls yet")
