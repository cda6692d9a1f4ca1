"""`newsdesk add | sources | check | opml`: declare sources, list them, check them, move them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.rendering import Format, plain, render
from storage.errors import FailureError, UsageError

if TYPE_CHECKING:
    from crawler.probe import Probe

opml = typer.Typer(help="Import and export sources as OPML.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("add")(add_command)
    app.command("sources")(sources_command)
    app.command("check")(check_command)
    app.add_typer(opml, name="opml")


def add_command(
    url: Annotated[str, typer.Argument(help="A home page, or a feed or sitemap.")],
    name: Annotated[str | None, typer.Option(help="The source's name; made from the host by default.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Probe a site for feeds, sitemaps and section pages, preview it, and declare it as a source."""
    from crawler.config import load_config
    from crawler.probe import probe
    from crawler.sources_file import free_name, table_of, write_source

    config = load_config()
    found = probe(url, config)
    if not any(channel.chosen for channel in found.channels):
        raise FailureError(f"{url}: no feed, sitemap or section page with articles was found")
    chosen = free_name(config.sources, name, found)
    _print_probe(found)
    table = table_of(chosen, found)
    sys.stdout.write(f"\n{table}\n")
    if dry_run:
        return
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Write this to {config.sources}?", default=True)):
        if not sys.stdin.isatty():
            raise UsageError("nothing was written: there is no terminal to ask on; add --yes")
        return
    write_source(config.sources, chosen, found)
    sys.stdout.write(f"written to {config.sources}; next: newsdesk crawl {chosen}\n")


def _print_probe(found: Probe) -> None:
    sys.stdout.write(f"{plain(found.title)} ({found.home})\n")
    rows = [
        {
            "use": "yes" if channel.chosen else "",
            "kind": channel.kind.value,
            "url": channel.url,
            "links": channel.links,
            "newest": channel.newest,
            "per_day": channel.per_day,
            "overlap": f"{channel.overlap:.0%}",
            "why": channel.why,
        }
        for channel in found.channels
    ]
    render(rows, ("use", "kind", "url", "links", "newest", "per_day", "overlap", "why"), Format.TABLE)
    for preview in found.previews:
        sys.stdout.write(f"  {plain(preview.headline)}\n")
        facts = [plain(preview.published), plain(preview.authors), f"{preview.words} words"]
        sys.stdout.write("    " + " · ".join(fact for fact in facts if fact) + "\n")
        sys.stdout.write(f"    {plain(preview.start)}\n")


def sources_command(fmt: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE) -> None:
    """List the declared sources."""
    from crawler.config import load_config
    from crawler.sources import load_sources

    rows = [
        {
            "name": source.name,
            "title": source.title,
            "home": source.home,
            "feeds": len(source.feeds),
            "sitemaps": len(source.sitemaps),
            "sections": len(source.sections),
            "when": source.cron or (str(source.interval) if source.interval else "auto"),
            "enabled": "yes" if source.enabled else "no",
        }
        for source in load_sources(load_config().sources).values()
    ]
    render(rows, ("name", "title", "home", "feeds", "sitemaps", "sections", "when", "enabled"), fmt, empty="no sources")


def check_command() -> None:
    """Check newsdesk.toml and sources.toml for mistakes."""
    from crawler.config import load_config
    from crawler.sources import load_sources

    config = load_config()
    sources = load_sources(config.sources)
    enabled = sum(source.enabled for source in sources.values())
    sys.stdout.write(f"{config.sources}: {len(sources)} sources, {enabled} enabled; no mistakes\n")


@opml.command("import")
def import_command(file: Annotated[Path, typer.Argument(help="An OPML file.")]) -> None:
    """Declare every feed of an OPML file as a source; those that are declared already are left out."""
    from crawler.config import load_config
    from crawler.opml import read_opml
    from crawler.sources_file import add_feeds

    path = load_config().sources
    added, known = add_feeds(path, read_opml(file))
    sys.stdout.write(f"{added} sources added to {path}, {known} feeds were there already\n")


@opml.command("export")
def export_command(file: Annotated[Path | None, typer.Argument(help="Standard output by default.")] = None) -> None:
    """Write the declared feeds as OPML."""
    from crawler.config import load_config
    from crawler.opml import write_opml
    from crawler.sources import load_sources

    text = write_opml(list(load_sources(load_config().sources).values()))
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise FailureError(f"{file}: cannot be written: {error.strerror}") from None
