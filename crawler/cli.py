"""The one door: `newsdesk …`. Expected errors become one line and an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from crawler.commands.examples import add_examples
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
    "watch",
    "query",
    "show",
    "export",
    "sql",
    "trends",
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
add_examples(app)


def main() -> None:
    """Run the command line. Exits with 0: done, 1: failed, 2: wrong use, 130: interrupted."""
    out = sys.stdout
    try:
        try:
            app(standalone_mode=True)
        finally:
            out.flush()
    except NewsdeskError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        _leave(out)
    except KeyboardInterrupt:
        sys.exit(130)
    except SystemExit:
        if sys.stdout is not out:  # typer takes it away when the reader of our output has left
            _leave(out)
        raise
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        _discard(out)
        _fail(f"what was asked for cannot be written: {error.strerror}", 1)


def _fail(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"Error: {message}\n")
    sys.exit(code)


def _leave(out: TextIO) -> NoReturn:
    """End in good order: whoever reads our output (`| head`) has all that was wanted."""
    _discard(out)
    sys.exit(0)


def _discard(out: TextIO) -> None:
    """Let what is still to be written at exit go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
