"""`newsdesk export`: articles with all their fields."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from crawler.commands.database import reading
from crawler.commands.options import AuthorOption, LanguageOption, SinceOption, SourceOption, UntilOption, query_of
from crawler.commands.rendering import write_csv, write_jsonl
from storage.errors import FailureError, UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("export")(export_command)


def export_command(
    file: Annotated[Path | None, typer.Argument(help="Where to write; standard output by default.")] = None,
    fmt: Annotated[str, typer.Option("--format", help="jsonl | csv")] = "jsonl",
    words: Annotated[str | None, typer.Option("--search", help="Only what this search finds.")] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The most articles.")] = None,
) -> None:
    """Export articles with all their fields, in the order of their ids."""
    from storage.search import stream

    if fmt not in ("jsonl", "csv"):
        raise UsageError(f"--format {fmt!r}: write jsonl or csv")
    query = query_of(words, source, since, until, language, author, limit)
    with reading() as connection:
        records = (article.as_record() for article in stream(connection, query))
        if file is None:
            _write(records, fmt, sys.stdout)
            return
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                written = _write(records, fmt, out)
        except OSError as error:
            raise FailureError(f"{file}: cannot be written: {error.strerror}") from None
    sys.stderr.write(f"{written} articles written to {file}\n")


def _write(records: Iterable[dict[str, Any]], fmt: str, out: TextIO) -> int:
    from storage.types import StoredArticle

    return write_jsonl(records, out) if fmt == "jsonl" else write_csv(records, list(StoredArticle.__slots__), out)
