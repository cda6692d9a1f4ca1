"""`newsdesk schedule`: what is due when, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.oddities import oddities
from crawler.commands.rendering import Format, plain, render
from crawler.commands.wording import number, short

if TYPE_CHECKING:
    from crawler.sources import Source
    from storage.agenda_views import ChannelTime

COLUMNS = ("due", "source", "kind", "why", "last_polled", "last_new", "channel")
LONGEST = timedelta(days=31)
_LAST = datetime.max.replace(tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("schedule")(schedule_command)


def schedule_command(
    span: Annotated[
        str | None, typer.Option("--next", help="Only what falls due in that time: 24h, 90m, 7d (31d at most).")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only this source.")] = None,
    fmt: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """List what is due when, and why: channels, then articles to look at again, by hour."""
    from crawler.commands.database import reading
    from crawler.config import load_config
    from crawler.push.shown import pushed_row, pushing_hubs
    from crawler.roster import check_names, read_roster
    from storage.agenda_views import channel_times, rechecks_by_hour

    now = datetime.now(UTC)
    length = _span(span)
    until = now + length if length is not None else None
    path = load_config().sources
    declared = read_roster(path)
    with reading() as connection:
        times = channel_times(connection, source)
        hubs = pushing_hubs(connection, now)
        rechecks = recheck_rows(rechecks_by_hour(connection, source, until))
    if source is not None and not times:
        check_names(declared, [source], path)
    chosen = {name: one for name, one in declared.items() if source in (None, name)}
    rows = [pushed_row(row, hubs) for row in channel_rows(times, chosen, now, until)]
    if fmt is not Format.TABLE:
        render([*rows, *rechecks], COLUMNS, fmt)
        return
    render([row | {"why": short(row["why"], 80)} for row in rows], COLUMNS, fmt, empty="nothing is due")
    for row in rows:
        if row["notes"]:
            sys.stdout.write(plain(f"{row['channel']} {row['notes']}") + "\n")
    if rechecks:
        sys.stdout.write("Stored articles to look at again, by hour\n")
        render(rechecks, ("due", "articles"), fmt)


def _span(text: str | None) -> timedelta | None:
    from crawler.sources import parse_interval
    from storage.errors import UsageError

    if text is None:
        return None
    try:
        length = parse_interval(text)
    except ValueError:
        length = None
    if length is None or not timedelta(0) < length <= LONGEST:
        raise UsageError(f"--next {text!r} is not a time of up to 31d; write e.g. 24h or 7d")
    return length


def channel_rows(
    times: Iterable[ChannelTime], declared: Mapping[str, Source], now: datetime, until: datetime | None
) -> list[dict[str, Any]]:
    """Return a row for each channel, what is due first in front; with `until` only what is due by then, and a row for
    each time at which a cron expression fires until then.

    What `declared` says counts, as for the daemon, which reads sources.toml again when it has changed.
    """
    rows: list[dict[str, Any]] = []
    for time in times:
        source = declared.get(time.source)
        row = _row(time, source, now)
        rows.append(row)
        if until is not None and row["due"] is not None and source is not None and source.cron is not None:
            after = max(row["due"], now)
            rows += [row | {"due": at, "why": _rule(source)} for at in _firings(source, after, until)]
    known = {time.url for time in times}
    for source in declared.values():
        rows += [_new_row(source, kind, url, now) for kind, url in _channels(source) if url not in known]
    wanted = [row for row in rows if until is None or (row["due"] is not None and row["due"] <= until)]
    return sorted(wanted, key=lambda row: (row["due"] or _LAST, row["source"], row["channel"]))


def recheck_rows(hours: Iterable[tuple[datetime, int]]) -> list[dict[str, Any]]:
    """Return a row for each hour in which stored articles are to be looked at again."""
    return [
        {
            "due": hour,
            "source": None,
            "kind": "recheck",
            "channel": None,
            "why": f"{number(articles, 'article')} to look at again",
            "last_polled": None,
            "last_new": None,
            "failures": None,
            "last_error": None,
            "notes": None,
            "articles": articles,
        }
        for hour, articles in hours
    ]


def _firings(source: Source, after: datetime, until: datetime) -> Iterable[datetime]:
    from crawler.cron import firings

    assert source.cron is not None
    return takewhile(lambda at: at <= until, firings(source.cron, source.timezone, after))


def _row(time: ChannelTime, source: Source | None, now: datetime) -> dict[str, Any]:
    due, why = _due(time, source, now)
    return {
        "due": due,
        "source": time.source,
        "kind": time.kind,
        "channel": time.url,
        "why": why,
        "last_polled": time.last_polled,
        "last_new": time.last_new,
        "failures": time.failures,
        "last_error": time.last_error,
        "notes": "; ".join(oddities(time, now)) or None,
        "articles": None,
    }


def _new_row(source: Source, kind: str, url: str, now: datetime) -> dict[str, Any]:
    """Return the row of a channel that is declared and that no crawl has entered into the database yet."""
    return {
        "due": now if source.enabled else None,
        "source": source.name,
        "kind": kind,
        "channel": url,
        "why": f"{_rule(source)}; never polled yet" if source.enabled else "disabled",
        "last_polled": None,
        "last_new": None,
        "failures": 0,
        "last_error": None,
        "notes": None,
        "articles": None,
    }


def _due(time: ChannelTime, source: Source | None, now: datetime) -> tuple[datetime | None, str]:
    if source is None or not (time.enabled if time.is_child else time.url in {url for _, url in _channels(source)}):
        return None, "not in sources.toml"
    if not source.enabled:
        return None, "disabled"
    if time.next_due is None and time.is_child:
        return None, "when its index says that it has changed"
    due = time.next_due or now
    why = _rule(source)
    if time.failures:
        why = f"back-off after {number(time.failures, 'failure')}: {time.last_error or 'no reason was kept'}"
    elif time.last_polled is None:
        why += "; never polled yet"
    if time.rests_until is not None and time.rests_until > max(due, now):
        return time.rests_until, f"{why}; its host is left alone until then ({time.rests_because or 'back-off'})"
    return due, why


def _rule(source: Source) -> str:
    from crawler.sources import format_interval

    if source.cron is not None:
        return f"cron {source.cron} ({source.timezone or 'UTC'})"
    return f"every {format_interval(source.interval)}" if source.interval is not None else "auto"


def _channels(source: Source) -> list[tuple[str, str]]:
    kinds = (("feed", source.feeds), ("sitemap", source.sitemaps), ("section", source.sections))
    return [(kind, url) for kind, urls in kinds for url in urls]
