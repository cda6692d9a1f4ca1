"""`newsdesk health`: how the sources are, worst first; exit code 1 when something is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.rendering import Format, render
from crawler.commands.wording import number, percent, span

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.delivery.terms import Terms
    from storage.store import Store
    from storage.watched import SourceHealth

COLUMNS = ("state", "source", "since", "new_a_day", "last_new", "yield", "delay", "channels", "reason")
CHANGES = ("at", "source", "before", "after", "reason")
IDLE = timedelta(days=1)
"""Without a poll for that long newsdesk itself is not at work."""
SHOWN = 200
"""Changes that are listed at most."""


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("health")(health_command)


def health_command(
    sources: Annotated[list[str] | None, typer.Argument(help="Names of sources; all by default.")] = None,
    every: Annotated[bool, typer.Option("--all", help="List the healthy ones too.")] = False,
    changes: Annotated[bool, typer.Option("--changes", help="List how the states have changed, newest first.")] = False,
    fmt: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Tell how the sources are, worst first; exit code 1 when one is not healthy."""
    from crawler.commands.database import opened
    from crawler.config import load_config
    from crawler.roster import check_names, read_roster
    from storage.daemonlock import find_daemon
    from storage.health import list_changes, list_health

    config, names = load_config(), sources or []
    check_names(read_roster(config.sources), names, config.sources)
    with opened() as store:
        unreachable = _look(store, config)
        with store.read() as connection:
            found = list_health(connection, names)
            history = list_changes(connection, names, SHOWN) if changes else []
    if changes:
        rows = [{name: getattr(change, name) for name in CHANGES} for change in history]
        render(rows, CHANGES, fmt, empty="no source has changed its state yet")
    else:
        _print(found, fmt, every or bool(names))
    holder = find_daemon(config.database_url)
    if fmt is Format.TABLE and not changes:
        runs = f"newsdesk runs {holder}" if holder else "no daemon (newsdesk run) is running on this database"
        sys.stdout.write(f"{runs}\n")
    alarms = list(_alarms(found, unreachable, is_running=holder is not None))
    sys.stderr.writelines(f"{alarm}\n" for alarm in alarms)
    if alarms or any(health.state != "healthy" for health in found):
        raise typer.Exit(1)


def _alarms(found: list[SourceHealth], unreachable: int, *, is_running: bool) -> Iterator[str]:
    """Yield what is wrong with newsdesk itself, for which no source is to blame."""
    if unreachable:
        yield f"{unreachable} sources stopped answering at once: is newsdesk's own network down?"
    answers = [health.figures["last_success"] for health in found if health.figures.get("last_success")]
    quiet = datetime.now(UTC) - datetime.fromisoformat(max(answers)) if answers else timedelta(0)
    if quiet > IDLE and not is_running:
        yield f"no channel has been polled for {span(quiet)}, and no daemon is running: nothing is judged meanwhile"


def _look(store: Store, config: Config) -> int:
    """Bring the states up to date and tell what has changed; return how many sources were left as they were."""
    from crawler.delivery.terms import health_terms
    from crawler.watch.look import count_some, keep, look_at

    behind = True
    while behind:
        with store.begin() as connection:
            behind = count_some(connection).is_behind
    now, terms = datetime.now(UTC), health_terms(config)
    with store.read() as connection:
        looks = look_at(connection, now, ())
    with store.begin() as connection:
        kept = keep(connection, looks, terms.targets, now)
    if terms.targets:
        _deliver(store, terms)
    return kept.unreachable


def _deliver(store: Store, terms: Terms) -> None:
    from crawler.delivery.courier import note, take, try_all

    with store.begin() as connection:
        taken = take(connection, terms, datetime.now(UTC))
    results = try_all(taken, terms)
    with store.begin() as connection:
        lines = note(connection, list(zip(taken, results, strict=True)), datetime.now(UTC))
    sys.stderr.writelines(f"{line}\n" for line in lines)


def _print(found: list[SourceHealth], fmt: Format, every: bool) -> None:
    from crawler.watch.states import RANK, State

    ordered = sorted(found, key=lambda health: (-RANK[State(health.state)], health.source))
    listed = [health for health in ordered if every or health.state != "healthy"]
    if fmt is not Format.TABLE:
        render([_record(health) for health in listed], COLUMNS, fmt)
        return
    if listed:
        render([_row(health) for health in listed], COLUMNS, fmt)
    well = len(found) - sum(health.state != "healthy" for health in found)
    if not found:
        sys.stdout.write("none is watched: disabled, or not crawled yet\n")
    elif well == len(found):
        sys.stdout.write(f"{'it is' if well == 1 else f'all {well} sources are'} healthy\n")
    else:
        sys.stdout.write(f"{len(found) - well} of {number(len(found), 'source')} need a look\n")


def _record(health: SourceHealth) -> dict[str, Any]:
    """Return a source's health with all figures, flat."""
    names = ("source", "title", "state", "reason", "since", "checked_at")
    figures = {name: value for name, value in health.figures.items() if name != "last_bad"}
    return {name: getattr(health, name) for name in names} | figures


def _row(health: SourceHealth) -> dict[str, Any]:
    """Return a source's health as a line of the table."""
    figures = health.figures
    delay, last = figures.get("delay_minutes"), figures.get("last_new")
    failing, asked = figures.get("channels_failing", 0), figures.get("channels", 0)
    return {
        "state": health.state,
        "source": health.source,
        "since": health.since,
        "new_a_day": _against(figures.get("new_a_day"), figures.get("usual_a_day"), _rate),
        "last_new": datetime.fromisoformat(last) if last else None,
        "yield": _against(figures.get("yield"), figures.get("usual_yield"), percent),
        "delay": f"≤{span(timedelta(minutes=delay))}" if delay else None,
        "channels": f"{failing} of {asked} fail" if failing else str(asked),
        "reason": health.reason,
    }


def _rate(a_day: float) -> str:
    return f"{a_day:.1f}" if a_day < 10 else f"{a_day:.0f}"


def _against(now: float | None, usual: float | None, told: Any) -> str | None:
    """Return a figure, with the usual one beside it where that is known."""
    if now is None:
        return None
    return told(now) if usual is None else f"{told(now)} ({told(usual)})"
