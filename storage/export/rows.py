"""Rows as JSON lines and CSV; nothing that an article carries can act on a terminal, a reader of lines or a sheet."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TextIO

Row = Mapping[str, Any]
_JOINERS = "\u200c\u200d"
"""Invisible, but part of words and emoji."""
_RAW = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON may hold unescaped though a terminal obeys it or a reader takes it for the end of a line."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""With these a text begins that a spreadsheet takes for a formula."""
_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(value: Any) -> str:
    """Return a value as text that a terminal prints and does not obey."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(plain(part) for part in value)
    text = str(jsonable(value))
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character in _JOINERS else " " for character in text)


def as_json(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON text, times as ISO 8601 UTC, every control character escaped."""
    text = json.dumps(jsonable(value), ensure_ascii=False, indent=indent)
    return _RAW.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def jsonable(value: Any) -> Any:
    """Return a value for JSON, however deep: times as ISO 8601 UTC, bytes as hex, what JSON does not know as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value) if not value.isascii() else value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [jsonable(part) for part in value]
    if isinstance(value, Mapping):
        return {str(name): jsonable(part) for name, part in value.items()}
    return bytes(value).hex() if isinstance(value, bytes | bytearray | memoryview) else str(value)


def csv_cell(value: Any) -> Any:
    """Return a CSV cell; a list is joined by semicolons, a mapping is JSON.

    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    if isinstance(value, Mapping):
        value = as_json(value)
    value = jsonable(value)
    if isinstance(value, list):
        value = "; ".join(part if isinstance(part, str) else as_json(part) for part in value)
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub(" ", value)
    return f"'{value}" if value.lstrip().startswith(_FORMULA) else value


def write_jsonl(rows: Iterable[Row], out: TextIO) -> int:
    """Write a JSON object a line; return how many."""
    number = 0
    for row in rows:
        out.write(as_json(row) + "\n")
        number += 1
    return number


def write_csv(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> int:
    """Write CSV (RFC 4180) with a header line; return how many rows."""
    writer = csv.writer(out)
    writer.writerow([csv_cell(name) for name in columns])
    number = 0
    for row in rows:
        writer.writerow([csv_cell(row.get(name)) for name in columns])
        number += 1
    return number
