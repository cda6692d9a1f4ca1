"""The one door: `newsdesk …`. Expected errors become one line and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from storage.errors import NewsdeskError

COMMANDS = (
    "demo",
    "sources",
    "crawl",
    "run",
    "serve",
    "backup",
    "health",
    "housekeeping",
    "schedule",
    "query",
    "show",
    "export",
    "diff",
    "stories",
    "story",
    "dedup",
    "boilerplate",
    "inspect",
    "extract",
    "links",
)
app = typer.Typer(
    name="newsdesk",
    help="Keeps a clean, deduplicated, searchable database of everything that your news sources publish.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        sys.stdout.write(f"newsdesk {version('newsdesk')}\n")
        raise typer.Exit


@app.callback()
def options(
    config: Annotated[Path | None, typer.Option(help="The configuration file (default: newsdesk.toml).")] = None,
    sources: Annotated[Path | None, typer.Option(help="The file of sources (default: sources.toml).")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that all commands share."""
    from crawler.config import choose

    choose(config=config, sources=sources)


for _name in COMMANDS:
    import_module(f"crawler.commands.{_name}").register(app)


def main() -> None:
    """Run the command line."""
    try:
        app(standalone_mode=True)
    except NewsdeskError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (`| head`) has left; nothing more may be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
