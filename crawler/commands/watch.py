"""`newsdesk watch …`: saved searches, and who is told what they find."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.completion import saved_names, source_names
from crawler.commands.options import FormatOption
from crawler.commands.rendering import Format
from crawler.commands.wording import number

if TYPE_CHECKING:
    import sqlalchemy as sa

    from storage.saved import Saved

Name = Annotated[
    str, typer.Argument(help="The saved search, as `newsdesk watch list` names it.", autocompletion=saved_names)
]
watch = typer.Typer(help="Saved searches: be told of what they find.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(watch, name="watch")


@watch.command("add")
def add_command(
    name: Annotated[str, typer.Argument(help="What to call it: lower-case letters, digits, - and _.")],
    query: Annotated[str, typer.Argument(help="What to look for, as for `newsdesk search`; '' finds all.")],
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="NAME", help="Only this source (repeatable).", autocompletion=source_names),
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", metavar="CODE", help="Only this language (repeatable), e.g. de.")
    ] = None,
    webhook: Annotated[
        list[str] | None, typer.Option("--webhook", metavar="URL", help="Post JSON there (repeatable).")
    ] = None,
    email: Annotated[
        list[str] | None, typer.Option("--email", metavar="ADDRESS", help="Send e-mail there (repeatable).")
    ] = None,
    command: Annotated[
        list[str] | None,
        typer.Option("--command", metavar="COMMAND", help="Run this with JSON on its standard input (repeatable)."),
    ] = None,
    every: Annotated[str, typer.Option(help="now, or a digest every hour or day.")] = "now",
    at: Annotated[str | None, typer.Option(metavar="HH:MM", help="When a daily digest comes (07:00).")] = None,
    timezone: Annotated[str | None, typer.Option(metavar="ZONE", help="The zone of that time (UTC).")] = None,
    per: Annotated[str, typer.Option(help="Tell each story once, or each article: story | article.")] = "story",
    changes: Annotated[bool, typer.Option("--changes", help="Tell revisions, too.")] = False,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Tell what was published since, too: 2026-11-01, 7d.")
    ] = None,
) -> None:
    """Save a search, and be told of what it finds from now on."""
    from crawler.alerts.terms import parse_at, parse_every, parse_targets
    from crawler.alerts.times import next_digest
    from crawler.config import load_config
    from storage.saved import Saved
    from storage.saved_names import parse_name
    from storage.search import Query

    every, per = parse_every(every, per)
    time, zone = parse_at(every, at, timezone)
    targets = parse_targets(load_config(), webhook or [], email or [], command or [])
    asked = Query(query.strip() or None, tuple(source or ()), tuple(language or ()), sort="date", limit=None)
    saved = Saved(parse_name(name), asked, every, time, zone, per, changes, targets)
    _save(replace(saved, next_at=next_digest(saved, datetime.now(UTC))), since)


def _save(saved: Saved, since: str | None) -> None:
    from crawler.commands.database import opened
    from storage.alerts import find_oddity
    from storage.errors import FailureError
    from storage.saved import add_saved, find_saved
    from storage.search import count

    now = datetime.now(UTC)
    with opened() as store, store.begin() as connection:
        matching = count(connection, replace(saved.query, now=now))
        if add_saved(connection, saved, now) is None:
            raise FailureError(f"there is a saved search {saved.name} already: newsdesk watch remove {saved.name}")
        kept = find_saved(connection, saved.name)
        assert kept is not None
        past = _include(connection, kept, since, now) if since is not None else 0
        oddity = find_oddity(connection, saved.query)
    sys.stdout.write(
        f"{saved.name} is watched: {number(matching, 'stored article')} match so far, {past} of them to be told\n"
    )
    if oddity is not None:
        sys.stderr.write(f"note: {oddity}\n")
    if not saved.targets:
        sys.stdout.write(
            f"nobody is told; newsdesk watch show {saved.name} and its feed /saved/{saved.name}.rss have it\n"
        )


def _include(connection: sa.Connection, saved: Saved, since: str, now: datetime) -> int:
    """Let what was published since then wait to be told."""
    from storage.saved import include_past
    from storage.search import parse_when

    return include_past(connection, saved, replace(saved.query, now=now, since=parse_when(since, now)), now)


@watch.command("list")
def list_command(fmt: FormatOption = Format.TABLE) -> None:
    """List the saved searches, whom they tell, and what is wrong with them."""
    from crawler.commands.database import reading
    from crawler.commands.watching import print_saved
    from storage.alerts import find_fault
    from storage.saved import list_saved, read_told

    with reading() as connection:
        found = [
            (replace(saved, broken=find_fault(connection, saved.query)), read_told(connection, saved))
            for saved in list_saved(connection)
        ]
    print_saved(found, fmt)


@watch.command("show")
def show_command(
    name: Name,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The most articles.")] = 20,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Show what a saved search has found last, and what has become of it."""
    from crawler.commands.database import reading
    from crawler.commands.watching import print_matches
    from storage.alerts_told import latest_matches
    from storage.saved import read_told

    with reading() as connection:
        saved = _find(connection, name)
        print_matches(saved, read_told(connection, saved), latest_matches(connection, saved, limit), fmt)


@watch.command("remove")
def remove_command(name: Name) -> None:
    """Forget a saved search, with what it has found and not delivered yet."""
    from crawler.commands.database import opened
    from storage.saved import remove_saved

    with opened() as store, store.begin() as connection:
        remove_saved(connection, _find(connection, name).name)
    sys.stdout.write(f"{name} is removed\n")


@watch.command("pause")
def pause_command(name: Name) -> None:
    """Neither check nor tell a saved search until it is resumed."""
    from crawler.commands.database import opened
    from storage.saved import pause_saved

    with opened() as store, store.begin() as connection:
        pause_saved(connection, _find(connection, name).name, datetime.now(UTC))
    sys.stdout.write(f"{name} is paused\n")


@watch.command("resume")
def resume_command(
    name: Name,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Tell what was published since, too: 2026-11-01, 7d.")
    ] = None,
) -> None:
    """Go on with a saved search that was paused; what was stored meanwhile is passed over."""
    from crawler.alerts.times import next_digest
    from crawler.commands.database import opened
    from storage.saved import find_saved, resume_saved

    now = datetime.now(UTC)
    with opened() as store, store.begin() as connection:
        resume_saved(connection, name, next_digest(_find(connection, name), now))
        kept = find_saved(connection, name)
        past = _include(connection, kept, since, now) if since is not None and kept is not None else 0
    told = f", {number(past, 'article')} to be told" if past else ""
    sys.stdout.write(f"{name} goes on{told}\n")


@watch.command("test")
def test_command(name: Name) -> None:
    """Send a sample to each target of a saved search; exit code 1 when one is not reached."""
    from crawler.alerts.samples import sample_lines, send_samples
    from crawler.commands.database import reading
    from crawler.config import load_config
    from crawler.delivery.terms import health_terms, name_of
    from storage.errors import FailureError

    config, now = load_config(), datetime.now(UTC)
    with reading() as connection:
        saved = _find(connection, name)
        lines = sample_lines(connection, saved, now)
    if not saved.targets:
        raise FailureError(f"{name} has no target: it tells nobody")
    if not lines:
        raise FailureError("no article is stored yet that a sample could show")
    results = send_samples(saved, lines, health_terms(config), config.watch_articles, now)
    for target, error in results.items():
        sys.stdout.write(f"{name_of(target)}: {'arrived' if error is None else error}\n")
    if any(error is not None for error in results.values()):
        raise typer.Exit(1)


@watch.command("check")
def check_command() -> None:
    """Check all saved searches now and deliver what is due, as the daemon and every crawl do by themselves."""
    import asyncio

    from crawler.access import Direct
    from crawler.alerts.check import check
    from crawler.alerts.tick import deliver_saved, told, wrong
    from crawler.commands.database import opened
    from crawler.config import load_config
    from crawler.delivery.terms import health_terms

    config = load_config()
    with opened() as store:
        report = asyncio.run(check(Direct(store), config.watch_articles))
        asyncio.run(deliver_saved(Direct(store), health_terms(config)))
    sys.stdout.writelines(f"{line}\n" for line in told(report) or ["nothing new to tell"])
    sys.stderr.writelines(f"{line}\n" for line in wrong(report))
    if report.is_early:
        sys.stderr.write("a transaction is open that may hold earlier articles; check again when it has ended\n")


def _find(connection: sa.Connection, name: str) -> Saved:
    """Return the saved search of this name. Raises UsageError when there is none."""
    from difflib import get_close_matches

    from storage.errors import UsageError
    from storage.saved import find_saved, list_saved

    found = find_saved(connection, name)
    if found is None:
        names = [saved.name for saved in list_saved(connection)]
        near = get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names) or 'none'}"
        raise UsageError(f"there is no saved search {name!r}; {hint}")
    return found
