"""`newsdesk why | stats | crawls`: how the crawling goes, and what became of a URL."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.database import reading
from crawler.commands.rendering import Format, as_json, plain, render
from storage.errors import FailureError, UsageError

if TYPE_CHECKING:
    from storage.fate import Fate, Try
    from storage.stats import Overview


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("why")(why_command)
    app.command("stats")(stats_command)
    app.command("crawls")(crawls_command)


def why_command(
    url: Annotated[str, typer.Argument(help="Any URL: an article's, a feed's, one that was never stored.")],
    fmt: Annotated[str, typer.Option("--format", help="text | json")] = "text",
) -> None:
    """Tell the fate of a URL: where it was found, each attempt, and what became of it."""
    from pipelines.hosts import host_of
    from pipelines.urls import url_key
    from storage.fate import fate

    if fmt not in ("text", "json"):
        raise UsageError(f"--format {fmt!r}: write text or json")
    if not host_of(url):
        raise UsageError(f"{url!r} is not a URL")
    with reading() as connection:
        found = fate(connection, url, url_key(url), host_of(url))
    if found is None:
        raise FailureError(f"{url} was never seen: no feed, sitemap or section page that was read lists it")
    if fmt == "json":
        sys.stdout.write(as_json(asdict(found), indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_story(found)) + "\n")


def _story(found: Fate) -> list[str]:
    """Return the fate as lines."""
    reason = f" ({plain(found.reason)})" if found.reason else ""
    lines = [plain(found.url), f"  {found.what} of {found.source}: {found.state}{reason}"]
    if found.detail:
        lines.append(f"  {plain(found.detail)}")
    if found.article_id is not None:
        lines.append(f"  article {found.article_id}: {plain(found.headline)}")
    if found.next_attempt is not None:
        lines.append(f"  next look: {plain(found.next_attempt)} UTC")
    if found.host_backoff_until is not None:
        lines.append(f"  host {found.host} is left alone until {plain(found.host_backoff_until)} UTC")
    lines += ["", f"  {plain(found.first_seen)}  first seen"]
    for sighting in found.sightings:
        title = f' as "{plain(sighting.title)}"' if sighting.title else ""
        lines.append(f"  {plain(sighting.at)}  listed by {sighting.kind} {plain(sighting.channel_url)}{title}")
    lines += [_attempt(one, found.url) for one in found.attempts]
    return lines


def _attempt(one: Try, url: str) -> str:
    parts = [one.outcome]
    parts += [f"({plain(one.reason)})"] if one.reason else []
    parts += [f"HTTP {one.status}"] if one.status else []
    parts += [f"{one.found} links, {one.new} new"] if one.found else []
    parts += [f"{one.bytes} bytes"] if one.bytes else []
    parts += [f"in {one.millis} ms"]
    parts += [f"→ {plain(one.final_url)}"] if one.final_url and one.final_url != url else []
    detail = f": {plain(one.detail)}" if one.detail else ""
    crawl = f" [crawl {one.crawl_id}]" if one.crawl_id else ""
    return f"  {plain(one.at)}  {' '.join(parts)}{detail}{crawl}"


def stats_command(
    fmt: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Show what is stored, and for each source what it gives and how it is."""
    from storage.stats import overview

    with reading() as connection:
        found = overview(connection)
    rows = [asdict(source) for source in found.by_source]
    if fmt is Format.JSON:
        sys.stdout.write(as_json(asdict(found), indent=2) + "\n")
        return
    if fmt is Format.TABLE:
        sys.stdout.write("\n".join(_totals(found)) + "\n")
    columns = ("name", "articles", "pending", "failed", "channels", "channels_failing", "last_article", "last_polled")
    render(rows, columns, fmt, empty="no sources yet; add one with `newsdesk add URL`")
    if fmt is Format.TABLE:
        for source in found.by_source:
            if source.last_error:
                sys.stdout.write(f"! {source.name}: {plain(source.last_error)}\n")


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
    fmt: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Show the latest crawls with the counts of every outcome."""
    from storage.crawls import read_crawls

    with reading() as connection:
        crawls = read_crawls(connection, limit)
    rows = []
    for crawl in crawls:
        row = asdict(crawl)
        if fmt in (Format.TABLE, Format.CSV):
            row["outcomes"] = ", ".join(f"{number} {name}" for name, number in sorted(crawl.outcomes.items()))
        rows.append(row)
    columns = ("id", "kind", "subject", "state", "started_at", "requests", "links_new", "bytes", "outcomes", "note")
    render(rows, columns, fmt, empty="no crawls yet")
