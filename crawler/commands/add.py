"""`newsdesk add`: probe a site, show what it offers, and declare it as a source."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.rendering import Format, plain, render
from storage.errors import FailureError, UsageError

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.probe import Probe
    from crawler.probing.previews import Preview
    from crawler.sources import Source

START = 200


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("add")(add_command)


def add_command(
    url: Annotated[str, typer.Argument(help="A home page, or a feed or sitemap.")],
    name: Annotated[str | None, typer.Option(help="The source's name; made from the host by default.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Probe a site for feeds, sitemaps and section pages, preview it, and declare it as a source."""
    from crawler.config import load_config
    from crawler.sources import load_sources
    from crawler.sources_file import add, name_of, table_of

    config = load_config()
    path = config.sources
    known = load_sources(path) if path.exists() else {}
    url = url if "://" in url else f"https://{url}"
    _refuse_known(known, path, name, {url})
    found = _probe(url, config)
    _print(found)
    if not any(channel.chosen for channel in found.channels):
        raise FailureError(f"{url}: no feed, sitemap or section page was found that is worth polling")
    source = found.source(name or name_of(found.home))
    _refuse_known(known, path, source.name, {*source.feeds, *source.sitemaps, *source.sections})
    sys.stdout.write(f"\n{table_of(source)}\n")
    if dry_run or not (yes or _confirmed(path)):
        sys.stdout.write("nothing was written\n")
        return
    add(path, [source])
    sys.stdout.write(f"written to {path}; next: newsdesk crawl {source.name}\n")


def _confirmed(path: Path) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nothing was written: there is no terminal to ask on; add --yes")
    return typer.confirm(f"Write this to {path}?", default=True)


def _refuse_known(known: dict[str, Source], path: Path, name: str | None, urls: set[str]) -> None:
    """Raise UsageError when the name is no name or is taken, or when a declared source has one of the URLs."""
    from crawler.sources_file import slug

    if name in known:
        raise UsageError(f"{path}: there is a source {name} already; choose another name with --name")
    if name is not None and slug(name) != name and slug(name.replace(".", "-")) != name.replace(".", "-"):
        raise UsageError(f"{name!r} is no name for a source; write e.g. --name {slug(name) or 'my-paper'}")
    for source in known.values():
        for url in (source.home, *source.feeds, *source.sitemaps, *source.sections):
            if url in urls:
                raise UsageError(f"{path}: [{source.name}] has {url} already")


def _probe(url: str, config: Config) -> Probe:
    from rich.console import Console

    from crawler.fetch_once import fetch
    from crawler.probe import probe
    from crawler.probing.workers import workers

    console = Console(stderr=True)
    with workers(config) as run, console.status("…") as status:
        return probe(url, config, fetch, run, lambda asked: status.update(plain(asked)[: console.width - 4]))


def _print(found: Probe) -> None:
    sys.stdout.write(f"{plain(found.title)} · {plain(found.home)}\n")
    rows = [
        {
            "use": "yes" if channel.chosen else "no",
            "kind": channel.kind.value,
            "url": channel.url,
            "links": channel.entries,
            "newest": channel.newest,
            "per_day": channel.per_day,
            "overlap": f"{channel.overlap:.0%}",
            "why": channel.why,
        }
        for channel in found.channels
    ]
    columns = ("use", "kind", "url", "links", "newest", "per_day", "overlap", "why")
    render(rows, columns, Format.TABLE, empty="no feed, no sitemap, no list of articles")
    for preview in found.previews:
        sys.stdout.write("\n".join(_lines(preview)) + "\n")


def _lines(preview: Preview) -> list[str]:
    """Return a preview as indented lines."""
    if preview.problem is not None:
        return [f"  {plain(preview.headline) or plain(preview.url)}", f"    no article: {plain(preview.problem)}"]
    facts = [plain(preview.published), plain(preview.authors), f"{preview.words} words", plain(preview.url)]
    start = plain(preview.text[:START]) + ("…" if len(preview.text) > START else "")
    return [f"  {plain(preview.headline)}", "    " + " · ".join(fact for fact in facts if fact), f"    {start}"]
