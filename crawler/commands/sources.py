"""`newsdesk sources | remove | enable | disable | check`: list the declared sources, edit them, check them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.add import register as register_add
from crawler.commands.oddities import print_moved
from crawler.commands.opml import register as register_opml
from crawler.commands.options import FormatOption
from crawler.commands.rendering import Format, render

if TYPE_CHECKING:
    from crawler.sources import Source

COLUMNS = (
    *("name", "title", "home", "feeds", "sitemaps", "sections", "every", "cron", "timezone", "allow", "deny"),
    *("delay", "enabled", "language", "max_age", "labels", "polls_a_day", "requests_a_day"),
)
Name = Annotated[str, typer.Argument(help="The source's name, as `newsdesk sources` lists it.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    register_add(app)
    app.command("sources")(sources_command)
    app.command("remove")(remove_command)
    app.command("enable")(enable_command)
    app.command("disable")(disable_command)
    app.command("check")(check_command)
    register_opml(app)


def sources_command(fmt: FormatOption = Format.TABLE) -> None:
    """List the declared sources."""
    from crawler.config import load_config
    from crawler.sources import load_sources

    sources = load_sources(load_config().sources).values()
    if fmt in (Format.TABLE, Format.MARKDOWN):
        columns = ("name", "title", "channels", "polled", "language", "labels", "enabled")
        render([_short(source) for source in sources], columns, fmt, empty="no sources")
        print_moved()
    else:
        render([_whole(source) for source in sources], COLUMNS, fmt)


def _short(source: Source) -> dict[str, Any]:
    """Return a source as a row of the table."""
    row = _whole(source)
    numbers = [(len(row[kind]), kind) for kind in ("feeds", "sitemaps", "sections")]
    return row | {
        "channels": ", ".join(counted(number, kind) for number, kind in numbers if number),
        "polled": source.cron or row["every"],
        "enabled": "yes" if source.enabled else "no",
    }


def counted(number: int, things: str) -> str:
    """Return a number with its noun: "1 feed", "2 feeds"."""
    return f"{number} {things.removesuffix('s') if number == 1 else things}"


def _whole(source: Source) -> dict[str, Any]:
    """Return a source as its table in sources.toml spells it, defaults filled in."""
    from crawler.sources import format_interval

    told = {column: getattr(source, column) for column in COLUMNS if column != "every"}
    spelled = {
        "every": format_interval(source.interval) if source.interval else "auto",
        "max_age": format_interval(source.max_age) if source.max_age else None,
    }
    return {column: (told | spelled)[column] for column in COLUMNS}


def remove_command(name: Name) -> None:
    """Take a source out of sources.toml. What was stored of it stays."""
    from crawler.config import load_config
    from crawler.sources_file import remove

    path = load_config().sources
    remove(path, name)
    sys.stdout.write(f"{name} is no longer in {path}; its articles stay\n")


def enable_command(name: Name) -> None:
    """Crawl a source again that was disabled."""
    _switch(name, True)


def disable_command(name: Name) -> None:
    """Keep a source declared, but do not crawl it."""
    _switch(name, False)


def _switch(name: str, enabled: bool) -> None:
    from crawler.config import load_config
    from crawler.sources_file import set_enabled

    word = "enabled" if enabled else "disabled"
    changed = set_enabled(load_config().sources, name, enabled)
    sys.stdout.write(f"{name} is {word}\n" if changed else f"{name} was {word} already\n")


def check_command() -> None:
    """Check newsdesk.toml and sources.toml for mistakes."""
    from crawler.config import load_config
    from crawler.sources import load_sources

    config = load_config()
    sources = list(load_sources(config.sources).values())
    enabled = sum(source.enabled for source in sources)
    kinds = ("feeds", "sitemaps", "sections")
    channels = ", ".join(counted(sum(len(getattr(source, kind)) for source in sources), kind) for kind in kinds)
    number = counted(len(sources), "sources")
    sys.stdout.write(f"{config.sources}: {number} ({enabled} enabled), {channels}; no mistakes\n")
    print_moved()
