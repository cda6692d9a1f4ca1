"""`newsdesk backup`: a consistent copy of the database, made while others write to it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from crawler.commands.wording import number


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("backup")(backup_command)


def backup_command(
    file: Annotated[Path, typer.Argument(help="Where to write; a SQLite database, or PostgreSQL's custom format.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file when it exists.")] = False,
) -> None:
    """Copy the database as it is at one moment; others may go on writing to it."""
    from crawler.config import load_config
    from storage.backup import back_up

    made = back_up(load_config().database_url, file, overwrite=force)
    counts = ", ".join(number(rows, table.removesuffix("s")) for table, rows in made.counts.items())
    sys.stdout.write(f"{made.path}: {made.bytes / 1e6:.1f} MB; {counts}\n")
