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
from crawler.commands.wording import number
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.search import Facets, Hit, Results

COLUMNS = ("id", "date_published", "source", "headline", "url", "snippet")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("search")(search_command)


def search_command(
    words: Annotated[
        list[str] | None, typer.Argument(help='Words, "a phrase", -without, a OR b, start*, headline:word, tag:word.')
    ] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    section: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this section (repeatable).")] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only with this tag (repeatable).")] = None,
    access: Annotated[str | None, typer.Option(help="free, metered, paywalled, consent, bot-wall")] = None,
    kind: Annotated[str | None, typer.Option(help="article, live, video, gallery")] = None,
    story: Annotated[int | None, typer.Option(metavar="ID", help="Only articles that tell this story.")] = None,
    collapse: Annotated[bool, typer.Option("--collapse", help="Show one article a story.")] = False,
    with_facets: Annotated[bool, typer.Option("--facets", help="Count by source, language, day, section.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most results.")] = 20,
    after: Annotated[str | None, typer.Option(metavar="CURSOR", help="Go on after the page that gave this.")] = None,
    sort: Annotated[str, typer.Option(help="relevance | date")] = "relevance",
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Search the stored articles by full text, or list them by what they are."""
    from storage.search import facets, search

    if sort not in ("relevance", "date"):
        raise UsageError(f"--sort {sort!r}: write relevance or date")
    query = replace(
        query_of(" ".join(words) if words else None, source, since, until, language, author, limit),
        sections=tuple(section or ()),
        tags=tuple(tag or ()),
        access=access,
        kind=kind,
        story=story,
        collapse=collapse,
        after=after,
        sort=sort,
    )
    with reading() as connection:
        found = search(connection, query)
        counted = facets(connection, query, most=10) if with_facets else None
    if fmt is not Format.TABLE:
        render([_record(hit) for hit in found], COLUMNS, fmt)
    elif found:
        _print_hits(found)
    else:
        sys.stdout.write("nothing found\n")
    if counted is not None:
        _print_facets(counted)
    if found.next_cursor is not None:
        sys.stderr.write(f"the next page: --after {found.next_cursor}\n")


def _record(hit: Hit) -> dict[str, Any]:
    own = {"score": round(hit.score, 4), "snippet": hit.snippet}
    return hit.article.as_record() | own | {"story_outlets": hit.story_outlets, "story_articles": hit.story_articles}


def _print_facets(found: Facets) -> None:
    """Print counts to the error stream, so that what is found can be piped on."""
    some = "" if found.is_exact else f" (of the latest {found.counted:,})"
    for name, buckets in found.items():
        told = ", ".join(f"{plain(bucket.label)} {bucket.count}" for bucket in buckets)
        sys.stderr.write(f"{name}{some}: {told or 'none'}\n")


def _print_hits(found: Results) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from crawler.commands.terminal import Terminal

    console = Terminal()
    for hit in found:
        article = hit.article
        title = _marked(article.headline, hit.headline_marks, "bold", "bold reverse")
        console.print(Text(f"{article.id:>6}  "), title, sep="", soft_wrap=True)
        where = [plain(article.date_published or article.first_seen), article.source, *article.authors[:2]]
        where += [f"+{number(hit.story_outlets - 1, 'outlet')}"] if hit.story_outlets > 1 else []
        console.print(Text("        " + " · ".join(plain(part) for part in where), style="cyan"), soft_wrap=True)
        console.print(Text("        " + plain(article.address), style="dim"), soft_wrap=True)
        shown = _marked(hit.snippet, hit.marks, "", "bold yellow")
        if console.is_terminal:
            console.print(Padding(shown, (0, 2, 1, 8)))
        else:
            console.print(Text("        ") + shown, soft_wrap=True)
            console.print()
    total = f"{found.total}" if found.total_is_exact else f"more than {found.total}"
    is_all = len(found) == found.total and found.total_is_exact
    count = f"{total} found" if is_all else f"{len(found)} of {total} shown; --limit shows more"
    console.print(Text(count, style="dim"))


def _marked(text: str, marks: tuple[tuple[int, int], ...], style: str, found: str) -> Any:
    """Return a text whose found words stand out; `plain` keeps the places of its characters."""
    from rich.text import Text

    shown = Text(plain(text), style=style)
    for start, end in marks:
        shown.stylize(found, start, end)
    return shown
