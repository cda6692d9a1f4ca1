"""Edit sources.toml: tables are added, comments and order survive, and a mistake never costs the file."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit
from tomlkit.exceptions import TOMLKitError

from crawler.sources import check_tables
from pipelines.urls import registrable_domain
from storage.errors import FailureError, UsageError
from storage.types import ChannelKind

if TYPE_CHECKING:
    from crawler.opml import Outline
    from crawler.probe import Probe


def slug(text: str) -> str:
    """Return a name for a source made of a text: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "source"


def read(path: Path) -> tomlkit.TOMLDocument:
    """Return the file as a document that keeps comments; an empty one where there is no file."""
    try:
        return tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    except TOMLKitError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def free_name(path: Path, wanted: str | None, found: Probe) -> str:
    """Return the name of a new source. Raises UsageError when it, or one of its channels, is there already."""
    tables = read(path).unwrap()
    for channel in found.channels:
        for name, table in tables.items():
            kinds = ("feeds", "sitemaps", "sections")
            if channel.chosen and isinstance(table, dict) and any(channel.url in table.get(kind, ()) for kind in kinds):
                raise UsageError(f"{path}: [{name}] reads {channel.url} already")
    if wanted is not None and slug(wanted) != wanted:
        raise UsageError(f"{wanted!r} is no name for a source; write e.g. {slug(wanted)}")
    name = wanted or slug(registrable_domain(found.home).rpartition(".")[0] or registrable_domain(found.home))
    if name in tables:
        raise UsageError(f"{path}: there is a source {name} already; choose another name with --name")
    return name


def _table(found: Probe) -> tomlkit.items.Table:
    table = tomlkit.table()
    table["title"] = found.title
    table["home"] = found.home
    keys = {ChannelKind.FEED: "feeds", ChannelKind.SITEMAP: "sitemaps", ChannelKind.SECTION: "sections"}
    for kind, key in keys.items():
        urls = [channel.url for channel in found.channels if channel.chosen and channel.kind is kind]
        if urls:
            table[key] = urls
    if found.language:
        table["language"] = found.language
    return table


def table_of(name: str, found: Probe) -> str:
    """Return the table that would be written."""
    document = tomlkit.document()
    document[name] = _table(found)
    return tomlkit.dumps(document)


def write_source(path: Path, name: str, found: Probe) -> None:
    """Add a source to the file."""
    document = read(path)
    document[name] = _table(found)
    save(path, document)


def add_feeds(path: Path, outlines: Sequence[Outline]) -> tuple[int, int]:
    """Declare feeds as sources; return how many were added and how many were there already."""
    document = read(path)
    known = {url for table in document.unwrap().values() if isinstance(table, dict) for url in table.get("feeds", ())}
    added = 0
    for outline in outlines:
        if outline.feed in known:
            continue
        table = tomlkit.table()
        table["title"] = outline.title
        if outline.home:
            table["home"] = outline.home
        table["feeds"] = [outline.feed]
        if outline.labels:
            table["labels"] = list(outline.labels)
        document[_unused(document, slug(outline.title))] = table
        known.add(outline.feed)
        added += 1
    if added:
        save(path, document)
    return added, len(outlines) - added


def _unused(document: tomlkit.TOMLDocument, name: str) -> str:
    number, free = 1, name
    while free in document:
        number += 1
        free = f"{name}-{number}"
    return free


def save(path: Path, document: tomlkit.TOMLDocument) -> None:
    """Check the document and put it in the file's place in one step."""
    check_tables(document.unwrap(), path)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(tomlkit.dumps(document))
        if path.exists():
            Path(temporary).chmod(path.stat().st_mode & 0o777)
        else:
            Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise FailureError(f"{path}: cannot be written: {error.strerror}") from None
