"""`newsdesk show`: one article, with its versions, what was taken out of it, and how it came here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import reading
from crawler.commands.fates import fate_lines
from crawler.commands.options import ArticleArgument, TextFormatOption, find_named
from crawler.commands.paging import show_paged
from crawler.commands.rendering import TextFormat, as_json, jsonable, plain, write_csv
from crawler.commands.wording import number
from storage.export.markdown import escaped, paragraph

if TYPE_CHECKING:
    import sqlalchemy as sa
    from rich.console import Console

    from storage.fate import Fate
    from storage.types import Removed, Revision, StoredArticle

VERSION = ("revision", "seen_at", "headline", "authors", "body", "date_modified", "changes")


@dataclass(frozen=True, slots=True)
class _Shown:
    """An article with what was asked for of it; `versions` and `removed` are None when they were not."""

    article: StoredArticle
    body: str
    aliases: list[str]
    outlets: int
    removed: list[Removed] | None
    versions: list[Revision] | None
    fate: Fate | None


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("show")(show_command)


def show_command(
    article: ArticleArgument,
    fmt: TextFormatOption = TextFormat.TEXT,
    revisions: Annotated[bool, typer.Option("--revisions", help="Show the earlier versions too.")] = False,
    removed: Annotated[bool, typer.Option("--removed", help="Show the lines that were taken out, and why.")] = False,
    whole: Annotated[bool, typer.Option("--original", help="Show the text with those lines put back.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Tell how it was found, and each attempt at it.")] = False,
    paged: Annotated[bool, typer.Option("--pager/--no-pager", help="Page through a long text, by $PAGER.")] = True,
) -> None:
    """Show one article: its facts and its text."""
    structured = fmt in (TextFormat.JSON, TextFormat.JSONL)
    with reading() as connection:
        shown = _read(connection, article, revisions, removed or structured, whole, why)
    if structured:
        record = _record(shown, whole)
        sys.stdout.write(as_json(record, indent=2 if fmt is TextFormat.JSON else None) + "\n")
    elif fmt is TextFormat.CSV:
        row = shown.article.as_record() | {"body": shown.body}
        write_csv([row], list(row), sys.stdout)
    elif fmt is TextFormat.MARKDOWN:
        sys.stdout.writelines(f"{line}\n" for line in _markdown(shown))
    else:
        show_paged(lambda console: _print(console, shown), paged=paged)


def _read(connection: sa.Connection, name: str, revisions: bool, removed: bool, whole: bool, why: bool) -> _Shown:
    from pipelines.hosts import host_of
    from storage.aliases import read_aliases
    from storage.articles import read_revisions
    from storage.blocks import original
    from storage.fate import fate
    from storage.removals import read_removed
    from storage.story_views import story_outlets

    found = find_named(connection, name)
    lines = read_removed(connection, found.id) if removed or whole else []
    return _Shown(
        article=found,
        body=original(found.body, lines) if whole else found.body,
        aliases=read_aliases(connection, found.id),
        outlets=story_outlets(connection, found.story_id) if found.story_id is not None else 0,
        removed=list(lines) if removed else None,
        versions=read_revisions(connection, found.id) if revisions else None,
        fate=fate(connection, found.url, found.url_key, host_of(found.url) or "") if why else None,
    )


def _record(shown: _Shown, whole: bool) -> dict[str, Any]:
    """Return what is shown for JSON."""
    record = shown.article.as_record() | {"aliases": shown.aliases}
    record |= {"removed": [asdict(line) for line in shown.removed or ()]}
    record |= {"original": shown.body} if whole else {}
    if shown.versions is not None:
        record["revisions"] = [{name: getattr(one, name) for name in VERSION} for one in shown.versions]
    return record | ({"why": asdict(shown.fate)} if shown.fate is not None else {})


def _facts(shown: _Shown) -> Iterator[tuple[str, Any]]:
    """Yield what is known of an article beside its text, without what is as usual."""
    article = shown.article
    told = f"{article.story_id} ({number(shown.outlets, 'outlet')}; newsdesk story {article.story_id})"
    facts = {
        "id": article.id,
        "source": article.source,
        "url": article.url,
        "also at": [url for url in shown.aliases if url != article.url],
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
        "story": told if article.story_id is not None else None,
    }
    yield from ((name, value) for name, value in facts.items() if value not in (None, (), []))


def _dated(article: StoredArticle) -> str | None:
    if article.date_published is None:
        return None
    day = article.date_precision in ("day", "month")
    shown = article.date_published.strftime("%Y-%m-%d" if day else "%Y-%m-%d %H:%M UTC")
    return f"{shown} (from {article.date_source}: {article.date_published_raw})"


def _print(console: Console, shown: _Shown) -> None:
    from rich.text import Text

    def put(text: str, style: str = "") -> None:
        console.print(Text(plain(text), style=style))

    headline = shown.article.headline
    put(headline, "bold")
    put("=" * min(len(headline), 78), "dim")
    for name, value in _facts(shown):
        console.print(Text(f"{name + ':':<12} ", style="cyan") + Text(plain(value)), soft_wrap=True)
    _print_body(put, shown.body)
    if shown.removed is not None:
        put("")
        put("--- taken out (below line, rule, text)", "dim")
        for line in shown.removed:
            put(f"{line.place:>5}  {line.rule:<14} {line.text}")
        if not shown.removed:
            put("nothing")
    for version in shown.versions or ():
        put("")
        put(f"--- revision {version.revision}, seen {plain(version.seen_at)}", "dim")
        put(version.headline, "bold")
        _print_body(put, version.body)
    if shown.fate is not None:
        put("")
        put("--- how it came here", "dim")
        for told in fate_lines(shown.fate):
            console.print(Text(told), soft_wrap=True)


def _print_body(put: Any, body: str) -> None:
    put("")
    for line in body.split("\n"):
        put(line)


def _markdown(shown: _Shown) -> Iterator[str]:
    yield f"# {escaped(shown.article.headline)}\n"
    yield from (f"- **{name}**: {_fact(value)}" for name, value in _facts(shown))
    yield from _paragraphs(shown.body)
    if shown.removed:
        yield "\n## Taken out\n"
        yield from (f"- line {line.place}, {escaped(line.rule)}: {escaped(line.text)}" for line in shown.removed)
    for version in shown.versions or ():
        yield f"\n## Revision {version.revision}, seen {jsonable(version.seen_at)}\n"
        yield f"**{escaped(version.headline)}**"
        yield from _paragraphs(version.body)
    if shown.fate is not None:
        yield "\n## How it came here\n"
        yield from (f"- {escaped(line)}" for line in fate_lines(shown.fate) if line.strip())


def _fact(value: Any) -> str:
    return ", ".join(map(escaped, value)) if isinstance(value, list | tuple) else escaped(value)


def _paragraphs(body: str) -> Iterator[str]:
    yield from (f"\n{paragraph(line)}" for line in body.split("\n") if line.strip())
