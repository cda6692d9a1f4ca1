"""Edit sources.toml: comments, order and style survive, and a mistake never costs the file."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
import unicodedata
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item, Table

from crawler.sources import Source, check_tables, format_interval
from pipelines.hosts import registrable_domain
from storage.errors import FailureError, UsageError

LONGEST_NAME = 60


def slug(text: str) -> str:
    """Return a text as a source's name: lower-case letters, digits and hyphens. Empty when nothing remains."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-")


def name_of(url: str) -> str:
    """Return the name that a URL's outlet suggests: its registrable domain without the suffix, or its address."""
    domain = registrable_domain(url)
    if re.fullmatch(r"[\d.]+", domain):
        return domain
    return slug(domain.partition(".")[0]) or slug(domain) or "source"


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it when it is taken."""
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def table_of(source: Source) -> str:
    """Return the TOML table that declares a source."""
    document = tomlkit.document()
    document[source.name] = _table(source)
    return tomlkit.dumps(document).strip() + "\n"


def add(path: Path, sources: Sequence[Source]) -> None:
    """Declare sources at the end of the file, which is made when it is not there.

    Raises UsageError when one of the names or channels is declared already.
    """
    document = _read(path)
    for source in sources:
        if source.name in document:
            raise UsageError(f"{path}: there is a source {source.name} already; choose another name with --name")
        document[source.name] = _table(source)
    _save(path, document)


def remove(path: Path, name: str) -> None:
    """Take a source out of the file. Comments around its table stay. Raises UsageError when it is not there."""
    document = _read(path)
    item = _item(document, name, path)
    body = document.body
    place = next(place for place, (key, _) in enumerate(body) if key is not None and key.key == name)
    # tomlkit takes what stands above the next table for this table's end, and would remove it too.
    around = _pop_tail(item)
    document.remove(name)
    body[place : place + 1] = [(None, comment) for comment in around]
    _save(path, document)


def set_enabled(path: Path, name: str, enabled: bool) -> bool:
    """Switch a source on or off; return whether that changed anything. Raises UsageError when it is not there."""
    document = _read(path)
    table: Any = _item(document, name, path)
    if table.get("enabled", True) == enabled:
        return False
    if "enabled" in table:
        table["enabled"] = enabled
    else:
        tail = _pop_tail(table)
        table["enabled"] = enabled
        if isinstance(table, Table):
            table.value.body.extend((None, comment) for comment in tail)
    _save(path, document)
    return True


def _item(document: tomlkit.TOMLDocument, name: str, path: Path) -> Any:
    if name not in document:
        from difflib import get_close_matches

        near = get_close_matches(name, list(document), 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"{path}: there is no source {name!r}{hint}")
    return document.item(name)


def _pop_tail(item: Any) -> list[Item]:
    """Take the comments and blank lines behind a table's last key out of it, and return them."""
    tail: list[Item] = []
    if isinstance(item, Table):
        body = item.value.body
        while body and body[-1][0] is None:
            tail.insert(0, body.pop()[1])
    return tail


def _table(source: Source) -> Table:
    table = tomlkit.table()
    when = format_interval(source.interval) if source.interval else None
    age = format_interval(source.max_age) if source.max_age else None
    keep = "forever" if source.keep == timedelta.max else format_interval(source.keep) if source.keep else None
    for key, value in (
        ("title", source.title),
        ("home", source.home),
        ("feeds", source.feeds),
        ("sitemaps", source.sitemaps),
        ("sections", source.sections),
        ("every", when),
        ("cron", source.cron),
        ("timezone", source.timezone),
        ("allow", source.allow),
        ("deny", source.deny),
        ("delay", source.delay),
        ("enabled", None if source.enabled else False),
        ("language", source.language),
        ("max_age", age),
        ("labels", source.labels),
        ("keep", keep),
        ("polls_a_day", source.polls_a_day),
        ("requests_a_day", source.requests_a_day),
    ):
        if value is not None and value != ():
            table[key] = _array(value) if isinstance(value, tuple) else value
    return table


def _array(values: Sequence[str]) -> tomlkit.items.Array:
    array = tomlkit.array()
    array.extend(values)
    return array.multiline(sum(len(value) for value in values) > 100 and len(values) > 1)


def _read(path: Path) -> tomlkit.TOMLDocument:
    """Return the file as a document that keeps comments; an empty one where there is no file."""
    try:
        return tomlkit.parse(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return tomlkit.document()
    except TOMLKitError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _save(path: Path, document: tomlkit.TOMLDocument) -> None:
    """Check what would be written, and put it in the file's place in one step."""
    text = tomlkit.dumps(document)
    check_tables(tomllib.loads(text), path)
    target = path.resolve()  # a link stays a link
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        windows = target.exists() and b"\r\n" in target.read_bytes()
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\r\n" if windows else "\n") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).chmod(mode)
            Path(temporary).replace(target)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FailureError(f"{path}: cannot be written: {error.strerror}") from None
