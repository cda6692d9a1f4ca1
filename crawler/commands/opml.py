"""`newsdesk opml import | export`: exchange lists of feeds with other readers."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.rendering import plain
from storage.errors import FailureError, UsageError

if TYPE_CHECKING:
    from crawler.sources import Source

opml = typer.Typer(help="Import and export sources as OPML.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(opml, name="opml")


@opml.command("import")
def import_command(file: Annotated[Path, typer.Argument(help="An OPML file.")]) -> None:
    """Declare every feed of an OPML file as a source; those that are declared already are left out."""
    from crawler.config import load_config
    from crawler.opml import read_opml
    from crawler.roster import read_roster
    from crawler.sources_file import add

    path = load_config().sources
    try:
        found = read_opml(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    except FailureError as error:
        raise FailureError(f"{file}: {error}") from None
    fresh = new_sources(found.sources, read_roster(path))
    if fresh:
        add(path, fresh)
    feeds = sum(len(source.feeds) for source in found.sources)
    added = sum(len(source.feeds) for source in fresh)
    sys.stdout.write(f"{path}: {len(fresh)} sources with {added} feeds added, {feeds - added} were there already\n")
    for address in found.unusable:
        sys.stderr.write(f"{file}: left out {plain(address)[:200]!r}, which is no http(s) URL\n")


def new_sources(found: tuple[Source, ...], known: dict[str, Source]) -> list[Source]:
    """Return the sources with feeds that are not declared yet, each under a free name."""
    from crawler.sources_file import free_name

    declared = {url for source in known.values() for url in (*source.feeds, *source.sitemaps, *source.sections)}
    taken = set(known)
    fresh = []
    for source in found:
        feeds = tuple(feed for feed in source.feeds if feed not in declared)
        if feeds:
            name = free_name(source.name, taken)
            taken.add(name)
            fresh.append(replace(source, name=name, feeds=feeds))
    return fresh


@opml.command("export")
def export_command(file: Annotated[Path | None, typer.Argument(help="Standard output by default.")] = None) -> None:
    """Write the declared feeds as OPML."""
    from datetime import UTC, datetime

    from crawler.config import load_config
    from crawler.opml import write_opml
    from crawler.sources import load_sources

    sources = list(load_sources(load_config().sources).values())
    text = write_opml(sources, datetime.now(UTC))
    if file is None:
        sys.stdout.write(text)
    else:
        try:
            file.write_text(text, "utf-8")
        except OSError as error:
            raise FailureError(f"{file}: cannot be written: {error.strerror}") from None
    without = [source.name for source in sources if not source.feeds]
    if without:
        sys.stderr.write(f"left out, since OPML knows feeds only: {', '.join(without)}\n")
