"""`newsdesk crawl`: the one-off crawl, which is `scrapy crawl news` with options instead of arguments."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("crawl")(crawl_command)


def crawl_command(
    sources: Annotated[list[str] | None, typer.Argument(help="Names of sources; all by default.")] = None,
    feed: Annotated[str | None, typer.Option(help="Read this feed.")] = None,
    sitemap: Annotated[str | None, typer.Option(help="Read this sitemap.")] = None,
    section: Annotated[str | None, typer.Option(help="Read this section page.")] = None,
    url: Annotated[str | None, typer.Option(help="Fetch this one article.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write what is stored to this file too (.jsonl, .csv).")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", "-s", help="A Scrapy setting, NAME=VALUE (repeatable).")
    ] = None,
) -> None:
    """Crawl once: poll the channels, fetch what is new, and end."""
    command = ["scrapy", "crawl", "news"]
    named = {"source": ",".join(sources or ()), "feed": feed, "sitemap": sitemap, "section": section, "url": url}
    for name, value in named.items():
        command += ["-a", f"{name}={value}"] if value else []
    command += ["-O", str(output)] if output else []
    for setting in settings or ():
        command += ["-s", setting]
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    from scrapy.cmdline import execute

    sys.argv = command
    execute(command)
