"""`newsdesk stories`: the stories that several outlets tell."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import reading
from crawler.commands.options import FormatOption
from crawler.commands.rendering import Format, plain, render
from crawler.commands.times import parse_time
from crawler.commands.wording import number, print_block, short
from storage.errors import UsageError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from storage.story_views import Story

COLUMNS = ("id", "outlets", "articles", "first_at", "first_outlet", "last_seen", "agency", "headline")
FIELDS = (
    *("id", "outlets", "articles", "first_at", "first_known_by", "first_outlet", "first_article", "first_seen"),
    *("last_seen", "agency", "languages", "headline", "url"),
)
WIDE = 120
"""Columns of a terminal that a table of stories needs; on others a story takes two lines."""


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("stories")(stories_command)


def stories_command(
    since: Annotated[
        str | None, typer.Option("--since", help="With an article that is new since then: 2026-11-01, yesterday, 7d.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Begun before the end of this day, or this time.")
    ] = None,
    min_outlets: Annotated[int, typer.Option("--min-outlets", min=1, help="Told by so many outlets.")] = 2,
    outlet: Annotated[
        list[str] | None,
        typer.Option("--outlet", "--source", help="Told by this outlet or source (repeatable: by all of them)."),
    ] = None,
    agency: Annotated[bool, typer.Option("--agency", help="Only wire copy: an article names an agency.")] = False,
    language: Annotated[str | None, typer.Option("--language", help="ISO 639-1 code, e.g. de.")] = None,
    sort: Annotated[str, typer.Option("--sort", help="outlets | latest | first")] = "outlets",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most stories.")] = 20,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """List the stories that several outlets tell, the most widely told first."""
    from storage.story_views import SORTS, StoryQuery, count_stories, list_stories

    if sort not in SORTS:
        raise UsageError(f"--sort {sort!r}: write {', '.join(SORTS[:-1])} or {SORTS[-1]}")
    query = StoryQuery(
        since=parse_time(since, "--since"),
        until=parse_time(until, "--until", end=True),
        min_outlets=min_outlets,
        outlets=tuple(outlet or ()),
        wire=agency,
        language=language,
        sort=sort,
        limit=limit,
    )
    with reading() as connection:
        check_outlets(connection, query.outlets)
        found = list_stories(connection, query)
        total = count_stories(connection, query) if len(found) == limit else len(found)
    rows = [as_row(story) for story in found]
    if fmt is not Format.TABLE:
        render(rows, list(COLUMNS if fmt is Format.MARKDOWN else FIELDS), fmt)
    else:
        _print_listed(rows, total)


def check_outlets(connection: sa.Connection, names: Iterable[str]) -> None:
    """Raise UsageError for a name that is neither a source's nor an outlet's."""
    from storage.story_views import is_known

    for name in names:
        if not is_known(connection, name):
            raise UsageError(f"{name!r} is no source, and no article is of an outlet with this name")


def as_row(story: Story) -> dict[str, Any]:
    """Return a story as a row of the list."""
    first = story.first
    return {
        "id": story.id,
        "outlets": len(story.outlets),
        "articles": len(story.tellings),
        "first_at": first.appeared.at,
        "first_known_by": first.appeared.known_by.value,
        "first_outlet": first.outlet,
        "first_article": first.article_id,
        "first_seen": story.first_seen,
        "last_seen": story.last_seen,
        "agency": ", ".join(name for name, _ in story.agencies) or None,
        "languages": [code for code, _ in story.languages],
        "headline": first.headline,
        "url": first.url,
    }


def _print_listed(rows: list[dict[str, Any]], total: int) -> None:
    from crawler.commands.terminal import Terminal

    console = Terminal()
    if not rows or not console.is_terminal or console.width >= WIDE:
        shortened = [row | {"headline": short(row["headline"], 100)} for row in rows]
        render(shortened, COLUMNS, Format.TABLE, empty="no stories found")
    else:
        for row in rows:
            print_block(console, f"{row['id']:>6}  {short(row['headline'])}", [(_told(row), "cyan")])
    if len(rows) < total:
        sys.stdout.write(f"{len(rows)} of {total} stories shown; --limit shows more\n")


def _told(row: Mapping[str, Any]) -> str:
    parts = [number(row["outlets"], "outlet"), number(row["articles"], "article"), row["agency"]]
    parts += [f"first {row['first_outlet']} {plain(row['first_at'])}", f"latest {plain(row['last_seen'])}"]
    return " · ".join(plain(part) for part in parts if part)
