"""`newsdesk export`: articles with all their fields, all of them or what is new since the last time."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.database import snapshot
from crawler.commands.options import AuthorOption, LanguageOption, SinceOption, SourceOption, UntilOption, query_of
from crawler.commands.progress import followed
from crawler.commands.wording import number
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.export.cursors import Cursor
    from storage.types import StoredArticle


class ExportFormat(StrEnum):
    """What an export writes: one file, or (markdown, text) a directory with a file an article."""

    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    MARKDOWN = "markdown"
    TEXT = "text"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("export")(export_command)


def export_command(
    file: Annotated[
        Path | None, typer.Argument(help="A file, or a directory for markdown and text; standard output by default.")
    ] = None,
    fmt: Annotated[
        ExportFormat | None, typer.Option("--format", help="By default what the file's name ends in, else jsonl.")
    ] = None,
    words: Annotated[str | None, typer.Option("--search", metavar="WORDS", help="Only what this search finds.")] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="The most articles.")] = None,
    since_cursor: Annotated[
        str | None,
        typer.Option("--since-cursor", metavar="CURSOR|FILE", help="Only what is new or changed since this cursor."),
    ] = None,
    cursor_file: Annotated[
        Path | None, typer.Option("--cursor-file", help="Write the cursor of the end to this file.")
    ] = None,
) -> None:
    """Export articles with all their fields, in the order of their ids."""
    from storage.export.cursors import present, reached, start
    from storage.export.selection import count_since, select_since
    from storage.export.writing import check_target, kind_of, write, write_to

    file = None if file == Path("-") else file
    kind = fmt.value if fmt is not None else kind_of(file)
    check_target(kind, file)
    query = query_of(words, source, since, until, language, author)
    cursor = start(query, _cursor(since_cursor, cursor_file))
    with snapshot() as connection:
        place = present(connection, cursor, datetime.now(UTC))
        run = _Run(select_since(connection, query, cursor), limit)
        told = followed(run, "exporting", lambda: limit or count_since(connection, query, cursor))
        written = write(told, kind, file) if file is not None else write_to(told, kind, sys.stdout)
    end = str(reached(cursor, place, run.cut_off_at))
    if cursor_file is not None:
        _write_cursor(cursor_file, end)
    if file is not None:
        sys.stderr.write(f"{number(written, 'article')} written to {file}\n")
    if file is not None or since_cursor is not None or cursor_file is not None:
        sys.stderr.write(f"cursor: {end}\n")


class _Run:
    """The articles of one export, at most so many; `cut_off_at` is the id of the last when there may be more."""

    def __init__(self, articles: Iterable[StoredArticle], limit: int | None) -> None:
        self._articles = articles
        self._limit = limit
        self.cut_off_at: int | None = None

    def __iter__(self) -> Iterator[StoredArticle]:
        for place, article in enumerate(islice(self._articles, self._limit), 1):
            yield article
            if place == self._limit:
                self.cut_off_at = article.id


def _cursor(given: str | None, file: Path | None) -> Cursor | None:
    """Return the cursor to begin from: given itself, or in a file. Raises UsageError.

    A file that does not exist yet is the beginning, if the export is going to write it.
    """
    from storage.export.cursors import is_cursor, parse_cursor

    if given is None:
        return None
    if is_cursor(given):
        return parse_cursor(given)
    path = Path(given)
    if file is not None and path.absolute() == file.absolute() and not path.exists():
        return None
    try:
        return parse_cursor(path.read_text("utf-8", "replace"))
    except OSError as error:
        raise UsageError(f"--since-cursor {given!r} is no cursor, and no file to read: {error.strerror}") from None


def _write_cursor(path: Path, cursor: str) -> None:
    from storage.export.files import replacing_text

    with replacing_text(path) as out:
        out.write(f"{cursor}\n")
