"""`newsdesk search | show | export`: ask the stored database for articles."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from crawler.commands.database import reading
from crawler.commands.rendering import Format, as_json, plain, render, write_csv, write_jsonl
from crawler.commands.times import parse_time
from crawler.commands.wording import number
from storage.errors import FailureError, UsageError

if TYPE_CHECKING:
    from storage.search import Query, Results
    from storage.types import Removed, StoredArticle

SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Only this source (repeatable).")]
SinceOption = Annotated[str | None, typer.Option("--since", help="Published at or after: 2026-11-01, yesterday, 7d.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Published before the end of this day, or this time.")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="ISO 639-1 code, e.g. de.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Part of an author's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("search")(search_command)
    app.command("show")(show_command)
    app.command("export")(export_command)


def search_command(
    words: Annotated[list[str], typer.Argument(help='Words, "a phrase", -without, a OR b, start*, headline:word.')],
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most results.")] = 20,
    sort: Annotated[str, typer.Option(help="relevance | date")] = "relevance",
    fmt: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Search the stored articles by full text."""
    from storage.search import search

    if sort not in ("relevance", "date"):
        raise UsageError(f"--sort {sort!r}: write relevance or date")
    query = _query(" ".join(words), source, since, until, language, author, limit, sort)
    with reading() as connection:
        found = search(connection, query)
    if fmt is not Format.TABLE:
        rows = [hit.article.as_record() | {"score": round(hit.score, 4), "snippet": hit.snippet} for hit in found]
        render(rows, [], fmt)
    elif found:
        _print_hits(found)
    else:
        sys.stdout.write("nothing found\n")


def _query(
    text: str | None,
    source: list[str] | None,
    since: str | None,
    until: str | None,
    language: str | None,
    author: str | None,
    limit: int | None,
    sort: str = "date",
) -> Query:
    from storage.search import Query

    return Query(
        text=text,
        sources=tuple(source or ()),
        since=parse_time(since, "--since"),
        until=parse_time(until, "--until", end=True),
        languages=(language,) if language is not None else (),
        author=author,
        limit=limit,
        sort=sort,
    )


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


def show_command(
    article: Annotated[str, typer.Argument(help="An article's id, or any URL that leads to it.")],
    fmt: Annotated[str, typer.Option("--format", help="text | json")] = "text",
    revisions: Annotated[bool, typer.Option("--revisions", help="Show the earlier versions too.")] = False,
    removed: Annotated[bool, typer.Option("--removed", help="Show the lines that were taken out, and why.")] = False,
    whole: Annotated[bool, typer.Option("--original", help="Show the text with those lines put back.")] = False,
) -> None:
    """Show one article: its facts and its text."""
    from storage.aliases import read_aliases
    from storage.articles import read_revisions
    from storage.blocks import original
    from storage.removals import read_removed
    from storage.story_views import story_outlets

    if fmt not in ("text", "json"):
        raise UsageError(f"--format {fmt!r}: write text or json")
    with reading() as connection:
        found = _find(connection, article)
        outlets = story_outlets(connection, found.story_id) if found.story_id is not None else 0
        aliases = read_aliases(connection, found.id)
        versions = read_revisions(connection, found.id)
        lines = read_removed(connection, found.id)
    if fmt == "json":
        record = found.as_record() | {"aliases": aliases, "removed": [asdict(line) for line in lines]}
        record |= {"original": original(found.body, lines)} if whole else {}
        if revisions:
            names = ("revision", "seen_at", "headline", "authors", "body", "date_modified")
            record["revisions"] = [{name: getattr(v, name) for name in names} for v in versions]
        sys.stdout.write(as_json(record, indent=2) + "\n")
        return
    _print_article(found, aliases, outlets, original(found.body, lines) if whole else found.body)
    if removed:
        sys.stdout.write(_removed(lines))
    if revisions:
        for version in versions:
            sys.stdout.write(f"\n--- revision {version.revision}, seen {plain(version.seen_at)}\n")
            sys.stdout.write(f"{plain(version.headline)}\n\n{_body(version.body)}\n")


def _find(connection: Any, article: str) -> StoredArticle:
    from pipelines.hosts import host_of
    from pipelines.urls import url_key
    from storage.articles import find_article, get_article

    if article.isdigit() and len(article) < 19:
        found = get_article(connection, int(article))
    elif host_of(article):
        found = find_article(connection, url_key(article))
    else:
        raise UsageError(f"{article!r} is neither an article's id nor a URL")
    if found is None:
        hint = f"; `newsdesk why {article}` tells its fate" if not article.isdigit() else ""
        raise FailureError(f"no article {article} is stored{hint}")
    return found


def _removed(lines: Sequence[Removed]) -> str:
    """Return what was taken out: the number of lines of the text above it, the rule, the line."""
    shown = [f"{line.place:>5}  {plain(line.rule):<14} {plain(line.text)}\n" for line in lines]
    return "\n--- taken out (below line, rule, text)\n" + ("".join(shown) or "nothing\n")


def _body(body: str) -> str:
    return "\n".join(plain(line) for line in body.split("\n"))


def _print_article(article: StoredArticle, aliases: list[str], outlets: int, body: str) -> None:
    story = f"{article.story_id} ({number(outlets, 'outlet')}; newsdesk story {article.story_id})"
    facts = {
        "id": article.id,
        "source": article.source,
        "url": article.url,
        "also at": [url for url in aliases if url != article.url],
        "canonical": article.canonical_url if article.canonical_url != article.url else None,
        "copied from": article.syndicated_from,
        "published": _dated(article),
        "modified": article.date_modified,
        "authors": article.authors,
        "agency": article.agency,
        "section": article.section,
        "tags": article.tags,
        "language": article.language,
        "access": article.access if article.access != "free" else None,
        "kind": article.kind if article.kind != "article" else None,
        "words": article.word_count,
        "image": article.main_image,
        "revision": article.revision if article.revision > 1 else None,
        "first seen": article.first_seen,
        "gone since": article.gone_at,
        "story": story if article.story_id is not None else None,
    }
    sys.stdout.write(f"{plain(article.headline)}\n{'=' * min(len(article.headline), 78)}\n")
    for name, value in facts.items():
        if value not in (None, (), []):
            sys.stdout.write(f"{name + ':':<12} {plain(value)}\n")
    sys.stdout.write(f"\n{_body(body)}\n")


def _dated(article: StoredArticle) -> str | None:
    if article.date_published is None:
        return None
    day = article.date_precision in ("day", "month")
    shown = article.date_published.strftime("%Y-%m-%d" if day else "%Y-%m-%d %H:%M UTC")
    return f"{shown} (from {article.date_source}: {article.date_published_raw})"


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
    query = _query(words, source, since, until, language, author, limit)
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
