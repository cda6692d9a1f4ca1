"""Render rows as a table, JSON, JSON lines or CSV; nothing that an article carries can act on a terminal or a sheet."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

Row = Mapping[str, Any]
_JOINERS = "\u200c\u200d"
"""Invisible, but part of words and emoji."""
_RAW = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON may hold unescaped though a terminal obeys it or a reader takes it for the end of a line."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def plain(value: Any) -> str:
    """Return a value as text that a terminal prints and does not obey."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(plain(part) for part in value)
    text = str(value)
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character in _JOINERS else " " for character in text)


def as_json(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON text, times as ISO 8601 UTC, every control character escaped."""
    text = json.dumps(jsonable(value), ensure_ascii=False, indent=indent)
    return _RAW.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def jsonable(value: Any) -> Any:
    """Return a value for JSON, however deep: times as ISO 8601 UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list | tuple):
        return [jsonable(part) for part in value]
    if isinstance(value, Mapping):
        return {name: jsonable(part) for name, part in value.items()}
    return value


def _cell(value: Any) -> Any:
    """Return a CSV cell. A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    value = jsonable(value)
    if isinstance(value, list):
        value = "; ".join(str(part) for part in value)
    if isinstance(value, str):
        value = _CONTROL.sub(" ", value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def write_jsonl(rows: Iterable[Row], out: TextIO) -> int:
    """Write a JSON object a line; return how many."""
    number = 0
    for row in rows:
        out.write(as_json(row) + "\n")
        number += 1
    return number


def write_csv(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> int:
    """Write CSV with a header line; return how many rows."""
    writer = csv.writer(out)
    writer.writerow(columns)
    number = 0
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
        number += 1
    return number


def render(rows: Sequence[Row], columns: Sequence[str], fmt: Format, *, empty: str = "nothing found") -> None:
    """Print rows. A table shows `columns`; the other formats show everything (CSV: the first row's keys)."""
    if fmt is Format.JSONL:
        write_jsonl(rows, sys.stdout)
    elif fmt is Format.JSON:
        sys.stdout.write(as_json(list(rows), indent=2) + "\n")
    elif fmt is Format.CSV:
        write_csv(rows, list(rows[0]) if rows else list(columns), sys.stdout)
    elif not rows:
        sys.stdout.write(f"{empty}\n")
    else:
        _table(rows, columns)


def _table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        numeric = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(row.get(name))) for name in columns))
    console = Console() if sys.stdout.isatty() else Console(width=160)
    console.print(table)
