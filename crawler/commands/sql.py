"""`newsdesk sql`: a question in SQL, answered without a chance to change anything."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.options import FormatOption
from crawler.commands.rendering import Format, render, write_csv, write_jsonl
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.readonly.answers import Answer

SHOWN = 1000
"""Rows of a table, of JSON or Markdown, unless more are asked for; JSON lines and CSV have all."""
TABLES = ("table", "column", "type", "required", "key")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("sql")(sql_command)


def sql_command(
    statement: Annotated[str | None, typer.Argument(help="One statement that reads; - for standard input.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="List tables and columns instead.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="The most rows.")] = None,
    seconds: Annotated[float, typer.Option(min=0.001, max=86_400, help="How long the statement may take.")] = 60,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Ask the database in SQL. Nothing can be written, and one statement is run."""
    from crawler.config import load_config
    from storage.readonly.door import ask, tables

    if (statement is None) is not schema:
        raise UsageError("write one statement, or - to read it from standard input, or --schema")
    url = load_config().database_url
    if statement is None:
        render(tables(url), TABLES, fmt, empty="the database has no tables")
        return
    with ask(url, sys.stdin.read() if statement == "-" else statement, seconds) as answer:
        _print(answer, fmt, limit)


def _print(answer: Answer, fmt: Format, limit: int | None) -> None:
    if fmt in (Format.JSONL, Format.CSV):
        rows = islice(answer.rows, limit)
        if fmt is Format.CSV:
            write_csv(rows, answer.columns, sys.stdout)
        else:
            write_jsonl(rows, sys.stdout)
        return
    most = limit or SHOWN
    held = list(islice(answer.rows, most + 1))
    render(held[:most], answer.columns, fmt, empty="no rows", exact=True)
    if len(held) > most:
        sys.stderr.write(f"only the first {most} rows are shown; --limit shows more\n")
