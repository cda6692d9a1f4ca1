"""`newsdesk run`: the daemon, which crawls every source on its schedule until it is told to stop."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("run")(run_command)


def run_command(
    once: Annotated[bool, typer.Option("--once", help="Do all that is due now, and stop.")] = False,
) -> None:
    """Crawl every source on its schedule, until SIGTERM or Ctrl-C."""
    from crawler.config import load_config
    from crawler.daemon import claim, run
    from crawler.errand import Errand, check
    from storage.store import open_store

    if once:
        _run_once()
    config = load_config()
    check(Errand(daemon=True), config.sources)
    # Before the database is opened: a newer newsdesk would migrate it under the one that runs.
    lock = claim(config.database_url)
    open_store(config.database_url).close()
    raise typer.Exit(run(lock))


def _run_once() -> NoReturn:
    """Crawl as `scrapy crawl news` does: with its end, and beside a daemon."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    from scrapy.cmdline import execute

    sys.argv = ["scrapy", "crawl", "news", "-a", "once=1"]
    execute(sys.argv)
    raise typer.Exit
