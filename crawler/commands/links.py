"""`newsdesk links`: what discovery finds in one document, or in many."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.commands.options import FormatOption
from crawler.commands.rendering import Format, as_json, jsonable, render
from storage.errors import FailureError, UsageError
from storage.types import ChannelKind, Found, FoundLink, Unreadable

SECONDS = 20.0
NOWHERE = "http://localhost/"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("links")(links_command)


def links_command(
    document: Annotated[str | None, typer.Argument(help="A file or URL: a feed, a sitemap, a section page.")] = None,
    kind: Annotated[ChannelKind | None, typer.Option(help="What it is; found out by default.")] = None,
    base: Annotated[str | None, typer.Option(help="The URL that a file's relative links are relative to.")] = None,
    manifest: Annotated[Path | None, typer.Option(help='Read many: a JSON line {"id", "file", "base"} each.')] = None,
    fmt: FormatOption = Format.JSONL,
) -> None:
    """Show the links that discovery finds in a document, in document order."""
    if (document is None) == (manifest is None):
        raise UsageError("name one document (FILE or URL), or many with --manifest")
    if manifest is not None:
        if fmt is not Format.JSONL:
            raise UsageError("--manifest prints jsonl only")
        _many(manifest, kind)
        return
    assert document is not None
    found = _one(document, kind, base)
    if isinstance(found, Unreadable):
        raise FailureError(f"{document}: {found.reason}")
    render([_row(link) for link in found.links], ("url", "title", "published", "kind"), fmt)
    if found.problem:
        sys.stderr.write(f"{document}: {found.problem}\n")


def _row(link: FoundLink) -> dict[str, Any]:
    return {"url": link.url, "title": link.title, "published": jsonable(link.published), "kind": link.kind}


def _one(document: str, kind: ChannelKind | None, base: str | None) -> Found | Unreadable:
    from crawler.discovery.document import read_document
    from pipelines.hosts import host_of

    if host_of(document):
        from crawler.config import load_config
        from crawler.fetch_once import fetch

        fetched = fetch(document, load_config())
        if fetched.status >= 400:
            raise FailureError(f"{document}: HTTP {fetched.status}")
        return read_document(fetched.body, base or fetched.url, kind, fetched.content_type)
    try:
        body = Path(document).read_bytes()
    except OSError as error:
        raise FailureError(f"{document}: cannot be read: {error.strerror or error}") from None
    return read_document(body, base or NOWHERE, kind)


def read_file(path: Path) -> bytes:
    """Return a file's bytes, unpacked when its name ends in .gz and it is gzip. Raises FailureError."""
    try:
        body = path.read_bytes()
        return gzip.decompress(body) if path.suffix == ".gz" and body.startswith(b"\x1f\x8b") else body
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise FailureError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def read_manifest(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a manifest, with `file` made absolute (it is relative to the manifest). Raises UsageError."""
    text = read_file(path).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            file = Path(entry["file"])
            near = path.parent / file
            yield entry | {"id": entry["id"], "file": str(near if near.exists() else file.absolute())}
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}: line {number} is no entry with id and file: {error}") from None


def read_entry(file: str, base: str, kind: ChannelKind | None) -> Found | Unreadable:
    """Read one document of a manifest, in a worker process. Gzip is left to the readers, which know their limits."""
    from crawler.discovery.document import read_document

    try:
        return read_document(Path(file).read_bytes(), base, kind)
    except OSError as error:
        return Unreadable(f"{file}: cannot be read: {error.strerror or error}")


def _many(manifest: Path, kind: ChannelKind | None) -> None:
    from crawler.commands.parallel import in_order
    from crawler.config import load_config

    entries = list(read_manifest(manifest))
    tasks = [_task(manifest, entry, kind) for entry in entries]
    for entry, found in zip(entries, in_order(read_entry, tasks, load_config(), SECONDS), strict=True):
        if isinstance(found, Found):
            for link in found.links:
                _print({"id": entry["id"], **_row(link)})
        else:
            reason = found.reason if isinstance(found, Unreadable) else str(found)
            _print({"id": entry["id"], "error": reason})


def _task(manifest: Path, entry: dict[str, Any], kind: ChannelKind | None) -> tuple[str, str, ChannelKind | None]:
    """Return the arguments with which an entry is read."""
    name = entry.get("kind")
    if name is not None and name not in list(ChannelKind):
        raise UsageError(f"{manifest}: {entry['id']}: there is no kind {name!r}")
    return entry["file"], str(entry.get("base") or NOWHERE), ChannelKind(name) if name else kind


def _print(row: dict[str, Any]) -> None:
    sys.stdout.write(as_json(row) + "\n")
