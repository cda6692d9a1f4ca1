"""`newsdesk extract`: the article of one page, or of many."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.commands.links import read_file, read_manifest
from crawler.commands.rendering import jsonable, plain
from storage.errors import FailureError, UsageError
from storage.types import Article, Drop, Page

FORMATS = ("text", "json", "jsonl", "markdown")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("extract")(extract_command)


def extract_command(
    page: Annotated[str | None, typer.Argument(help="A file of HTML, or a URL.")] = None,
    url: Annotated[str | None, typer.Option(help="The URL that a file was served at.")] = None,
    manifest: Annotated[Path | None, typer.Option(help='Read many: a JSON line {"id", "file", "url"} each.')] = None,
    fmt: Annotated[str | None, typer.Option("--format", help="text | json | jsonl | markdown")] = None,
) -> None:
    """Show what newsdesk makes of a page: headline, dates, authors, text."""
    if fmt is not None and fmt not in FORMATS:
        raise UsageError(f"--format {fmt!r}: write one of {', '.join(FORMATS)}")
    if (page is None) == (manifest is None):
        raise UsageError("name one page (FILE or URL), or many with --manifest")
    if manifest is not None:
        if fmt not in (None, "jsonl"):
            raise UsageError("--manifest prints jsonl only")
        _many(manifest)
        return
    assert page is not None
    _show(_one(page, url), page, fmt or "text")


def _one(page: str, url: str | None) -> Article | Drop:
    from pipelines.extract import extract
    from pipelines.urls import host_of

    if host_of(page):
        from crawler.config import load_config
        from crawler.extract_once import extract_url

        result, parts = extract_url(page, load_config())
        for part in parts:
            if part.is_missing:
                typer.echo(f"The article is not whole: {part.url}: {part.detail or part.reason}", err=True)
        return result
    return extract(Page(url or "http://localhost/", read_file(Path(page))))


def record_of(article: Article) -> dict[str, Any]:
    """Return an extracted article under the names that the tables have."""
    published, modified = article.published, article.modified
    return {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "headline": article.headline,
        "authors": list(article.authors),
        "date_published": jsonable(published.value) if published else None,
        "date_published_raw": published.raw if published else None,
        "date_source": published.source.value if published else None,
        "date_precision": published.precision.value if published else None,
        "date_modified": jsonable(modified.value) if modified else None,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "description": article.description,
        "main_image": article.main_image,
        "word_count": article.word_count,
        "access": article.access.value,
        "kind": article.kind,
        "extractor": article.extractor,
        "next_page": article.next_page,
        "body": article.body,
    }


def _show(result: Article | Drop, page: str, fmt: str) -> None:
    if isinstance(result, Drop):
        raise FailureError(f"{page} gives no article: {result.reason}{': ' + result.detail if result.detail else ''}")
    record = record_of(result)
    if fmt in ("json", "jsonl"):
        sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2 if fmt == "json" else None) + "\n")
        return
    body = record.pop("body")
    title = plain(record.pop("headline"))
    sys.stdout.write(f"# {title}\n\n" if fmt == "markdown" else f"{title}\n{'=' * min(len(title), 78)}\n")
    mark = "- **{}**: {}\n" if fmt == "markdown" else "{}: {}\n"
    for name, value in record.items():
        if value not in (None, [], ""):
            sys.stdout.write(mark.format(name, plain(value)))
    sys.stdout.write("\n" + "\n".join(plain(line) for line in body.split("\n")) + "\n")


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
