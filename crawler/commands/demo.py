"""`newsdesk demo`: crawl the packaged news web twice and show what became of it."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storage.errors import FailureError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

DATABASE = "newsdesk.db"
CONFIG = f"""\
database_url = "sqlite:///{DATABASE}"
allow_networks = ["127.0.0.0/8", "::1/128"]  # the demo's outlets live on this machine
delay = 0.0
"""
PASSES = {1: "First pass", 2: "Second pass, after changes"}
SEARCH = "ferry pier"
REVISED = "/news/ferry-timetable"
COUNTS = "SELECT coalesce(sum(state <> 'pending'), 0), count(*) FROM links"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("demo")(demo)


def demo(
    directory: Annotated[Path, typer.Option(help="A directory that does not exist yet.")] = Path("newsdesk-demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Keep serving the demo web afterwards.")] = False,
) -> None:
    """Crawl three fictional outlets on this machine, twice, and show the result."""
    from crawler.demo.report import report
    from crawler.demo.web import NewsWeb

    _make(directory)
    with NewsWeb() as web:
        (directory / "sources.toml").write_text(web.sources_toml(), "utf-8")
        (directory / "newsdesk.toml").write_text(CONFIG, "utf-8")
        for number, name in PASSES.items():
            web.set_pass(number)
            _crawl(directory, number, name)
        typer.echo(f"\n{report(directory / DATABASE, SEARCH)}")
        typer.echo("\n".join(["\nNext:", *next_steps(directory, web.base("harbour-courier"))]))
        if serve:
            typer.echo("\n".join(["\nServing until Ctrl-C:", *(f"  {web.base(name)}/" for name in web.outlets)]))
            _wait()


def next_steps(directory: Path, base: str) -> list[str]:
    """Return the commands to type next, which work from anywhere and with the newsdesk that was started."""
    newsdesk = _newsdesk()
    steps = [f"search {SEARCH}", f"show {base}{REVISED} --revisions", f"why {base}/private/draft", "stats", "serve"]
    foreign = [name for name in os.environ if name in ("NEWSDESK_CONFIG", "NEWSDESK_DATABASE_URL")]
    clear = [f"  unset {' '.join(foreign)}"] if foreign else []
    return [f"  cd {shlex.quote(str(directory.absolute()))}", *clear, *(f"  {newsdesk} {step}" for step in steps)]


def _newsdesk() -> str:
    """Return how to call newsdesk: by its name where PATH leads to this one, else by its full path."""
    started = Path(sys.argv[0]).absolute()
    on_path = shutil.which("newsdesk")
    if started.stem != "newsdesk":
        return shlex.join([sys.executable, "-m", "crawler"])
    return "newsdesk" if on_path and Path(on_path).absolute() == started else shlex.quote(str(started))


def _make(directory: Path) -> None:
    try:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise UsageError(f"{directory}: is not empty; name another with --directory")
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FailureError(f"{directory}: cannot be made: {error.strerror}") from None


def _wait() -> None:
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return


def _crawl(directory: Path, number: int, name: str) -> None:
    """Run the real command in the demo's directory, where only the demo's own configuration counts."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEWSDESK_")}
    environment["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    command = [sys.executable, "-m", "scrapy", "crawl", "news"]
    log = directory / f"crawl-{number}.log"
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with log.open("wb") as out, Progress(*columns) as progress:
        task = progress.add_task(name, total=None)
        with subprocess.Popen(command, cwd=directory, env=environment, stdout=out, stderr=out) as run:
            while run.poll() is None:
                _advance(progress, task, directory / DATABASE)
                time.sleep(0.2)
        _advance(progress, task, directory / DATABASE)
    if run.returncode:
        typer.echo("\n".join(log.read_text("utf-8", "replace").splitlines()[-20:]), err=True)
        raise FailureError(f"the demo's crawl failed (exit code {run.returncode}); its log is {log}")


def _advance(progress: Progress, task: TaskID, database: Path) -> None:
    """Show how many links have an end, of those that are known so far."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            ended, known = connection.execute(COUNTS).fetchone()
    except sqlite3.Error:
        return  # the crawl has not made its database yet
    progress.update(task, completed=ended, total=known or None)
