"""`newsdesk extract`: the article of one page, or of many."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.links import read_file, read_manifest
from crawler.commands.reading import record_of, show
from storage.errors import FailureError, UsageError
from storage.types import Article, Drop, Page

if TYPE_CHECKING:
    from pipelines.explain import Explanation

FORMATS = ("text", "json", "jsonl", "markdown")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("extract")(extract_command)


def extract_command(
    page: Annotated[str | None, typer.Argument(help="A file of HTML, or a URL.")] = None,
    url: Annotated[str | None, typer.Option(help="The URL that a file was served at.")] = None,
    manifest: Annotated[Path | None, typer.Option(help='Read many: a JSON line {"id", "file", "url"} each.')] = None,
    fmt: Annotated[str | None, typer.Option("--format", help="text | json | jsonl | markdown")] = None,
    why: Annotated[bool, typer.Option("--explain", help="Tell what gave the text, and what was left out why.")] = False,
) -> None:
    """Show what newsdesk makes of a page: headline, dates, authors, text."""
    if fmt is not None and fmt not in FORMATS:
        raise UsageError(f"--format {fmt!r}: write one of {', '.join(FORMATS)}")
    if (page is None) == (manifest is None):
        raise UsageError("name one page (FILE or URL), or many with --manifest")
    if manifest is not None:
        if fmt not in (None, "jsonl") or why:
            raise UsageError("--manifest prints jsonl only, without --explain")
        _many(manifest)
        return
    assert page is not None
    result, explanation = _one(page, url)
    show(result, explanation, page, fmt or "text", why)


def _one(page: str, url: str | None) -> tuple[Article | Drop, Explanation]:
    from pipelines.explain import explain
    from pipelines.hosts import host_of

    if host_of(page):
        from crawler.config import load_config
        from crawler.extract_once import extract_url

        result, parts, first = extract_url(page, load_config())
        for part in parts:
            if part.is_missing:
                typer.echo(f"The article is not whole: {part.url}: {part.detail or part.reason}", err=True)
        return result, explain(first)
    explanation = explain(Page(url or "http://localhost/", read_file(Path(page))))
    return explanation.result, explanation


def extract_file(file: str, url: str) -> Article | Drop:
    """Extract one page of a manifest, in a worker process."""
    from pipelines.extract import extract

    try:
        return extract(Page(url, read_file(Path(file))))
    except FailureError as error:
        return Drop("unreadable-file", str(error))


def _many(manifest: Path) -> None:
    from crawler.commands.parallel import in_order
    from crawler.config import load_config

    entries = list(read_manifest(manifest))
    tasks = [(entry["file"], str(entry.get("url") or "http://localhost/")) for entry in entries]
    for entry, result in zip(entries, in_order(extract_file, tasks, load_config()), strict=True):
        if isinstance(result, Article):
            row = {"id": entry["id"], **record_of(result)}
        elif isinstance(result, Drop):
            row = {"id": entry["id"], "error": result.reason, "detail": result.detail}
        else:
            row = {"id": entry["id"], "error": type(result).__name__, "detail": str(result)}
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
