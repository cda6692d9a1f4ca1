"""`newsdesk demo`: crawl the packaged news web twice and show what became of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from crawler.demo.web import NewsWeb
from storage.errors import FailureError, UsageError

DATABASE = "newsdesk.db"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("demo")(demo)


def demo(
    directory: Annotated[Path, typer.Option(help="A directory that does not exist yet.")] = Path("newsdesk-demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Keep serving the demo web afterwards.")] = False,
) -> None:
    """Crawl three fictional outlets on this machine, twice, and show the result."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageError(f"{directory}: is not empty; name another with --directory")
    directory.mkdir(parents=True, exist_ok=True)
    with NewsWeb() as web:
        (directory / "sources.toml").write_text(web.sources_toml(), "utf-8")
        (directory / "newsdesk.toml").write_text(f'database_url = "sqlite:///{DATABASE}"\n', "utf-8")
        for number in (1, 2):
            web.set_pass(number)
            _crawl(directory, number)
        _report(directory)
        if serve:
            typer.echo(f"Serving on port {web.port}; stop with Ctrl-C.")
            _wait()


def _wait() -> None:
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return


def _crawl(directory: Path, number: int) -> None:
    from rich.progress import Progress

    environment = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
        "NEWSDESK_DELAY": "0",
        "NEWSDESK_DATABASE_URL": f"sqlite:///{DATABASE}",
    }
    log = directory / f"crawl-{number}.log"
    with log.open("wb") as out, Progress() as progress:
        task = progress.add_task(f"Pass {number}", total=None)
        command = [sys.executable, "-m", "scrapy", "crawl", "news"]
        with subprocess.Popen(command, cwd=directory, env=environment, stdout=out, stderr=out) as run:
            while run.poll() is None:
                ended, known = _counts(directory / DATABASE)
                progress.update(task, completed=ended, total=known or None)
                time.sleep(0.2)
    if run.returncode:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:])
        typer.echo(tail, err=True)
        raise FailureError(f"the demo crawl failed (exit code {run.returncode}); its log is {log}")


def _counts(database: Path) -> tuple[int, int]:
    """Return how many links have ended and how many are known, read-only."""
    try:
        connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
    except sqlite3.Error:
        return 0, 0
    try:
        row = connection.execute("SELECT coalesce(sum(state <> 'pending'), 0), count(*) FROM links").fetchone()
        return int(row[0]), int(row[1])
    except sqlite3.Error:
        return 0, 0
    finally:
        connection.close()


def _report(directory: Path) -> None:
    from sqlalchemy import text

    from storage.search import Query, search
    from storage.store import open_store

    store = open_store(f"sqlite:///{(directory / DATABASE).absolute()}")
    try:
        with store.read() as connection:
            articles = connection.execute(text("SELECT count(*) FROM articles")).scalar_one()
            revised = connection.execute(text("SELECT count(*) FROM revisions WHERE revision > 1")).scalar_one()
            typer.echo(f"\nStored {articles} articles, {revised} revised on the second pass.")
            ended = "SELECT state, reason, url FROM links WHERE state NOT IN ('done', 'pending') ORDER BY url"
            for state, reason, url in connection.execute(text(ended)):
                typer.echo(f"  {state} ({reason}): {url}")
            for hit in search(connection, Query("ferry", limit=1)):
                typer.echo(f"Search 'ferry': {hit.article.headline}\n  {hit.snippet}")
    finally:
        store.close()
    typer.echo(f"\nNext:\n  cd {directory}\n  newsdesk search ferry\n  newsdesk show 1\n  newsdesk why URL")
