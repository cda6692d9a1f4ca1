"""`newsdesk search`: ask the stored database for articles."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import reading
from crawler.commands.options import (
    AuthorOption,
    FormatOption,
    LanguageOption,
    SinceOption,
    SourceOption,
    UntilOption,
    query_of,
)
from crawler.commands.rendering import Format, plain, render
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.search import Results

COLUMNS = ("id", "date_published", "source", "headline", "url", "snippet")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("search")(search_command)


def search_command(
    words: Annotated[list[str], typer.Argument(help='Words, "a phrase", -without, a OR b, start*, headline:word.')],
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most results.")] = 20,
    sort: Annotated[str, typer.Option(help="relevance | date")] = "relevance",
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Search the stored articles by full text."""
    from storage.search import search

    if sort not in ("relevance", "date"):
        raise UsageError(f"--sort {sort!r}: write relevance or date")
    query = replace(query_of(" ".join(words), source, since, until, language, author, limit), sort=sort)
    with reading() as connection:
        found = search(connection, query)
    if fmt is not Format.TABLE:
        rows = [hit.article.as_record() | {"score": round(hit.score, 4), "snippet": hit.snippet} for hit in found]
        render(rows, COLUMNS, fmt)
    elif found:
        _print_hits(found)
    else:
        sys.stdout.write("nothing found\n")


def _print_hits(found: Results) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for hit in found:
        article = hit.article
        title = _marked(article.headline, hit.headline_marks, "bold", "bold reverse")
        console.print(Text(f"{article.id:>6}  "), title, sep="", soft_wrap=True)
        where = [plain(article.date_published or article.first_seen), article.source, *article.authors[:2]]
        console.print(Text("        " + " · ".join(plain(part) for part in where), style="cyan"), soft_wrap=True)
        console.print(Text("        " + plain(article.url), style="dim"), soft_wrap=True)
        shown = _marked(hit.snippet, hit.marks, "", "bold yellow")
        if console.is_terminal:
            console.print(Padding(shown, (0, 2, 1, 8)))
        else:
            console.print(Text("        ") + shown, soft_wrap=True)
            console.print()
    total = f"{found.total}" if found.total_is_exact else f"more than {found.total}"
    count = f"{total} found" if found.next_cursor is None else f"{len(found)} of {total} shown; --limit shows more"
    console.print(Text(count, style="dim"))


def _marked(text: str, marks: tuple[tuple[int, int], ...], style: str, found: str) -> Any:
    """Return a text whose found words stand out; `plain` keeps the places of its characters."""
    from rich.text import Text

    shown = Text(plain(text), style=style)
    for start, end in marks:
        shown.stylize(found, start, end)
    return shown
