"""Rows and texts as Markdown (GitHub's): whatever an article carries shows as text, and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TextIO

from storage.export.rows import Row, plain

_MARKS = re.compile(r"([\\`*_\[\]])|(~~)|<|>|&(?=#?\w+;)")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_ADDRESS = re.compile(r"https?://[^\s<>\"|\\`]+")
_BULLET = re.compile(r"^([-+=#])")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")


def escaped(value: Any) -> str:
    """Return a value as Markdown that shows it on one line; an address becomes a link to itself."""
    text = plain(value).strip()
    return f"<{text}>" if _ADDRESS.fullmatch(text) else _MARKS.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    text = found.group()
    return _ENTITIES.get(text) or "".join(f"\\{character}" for character in text)


def paragraph(value: Any) -> str:
    """Return a value as a paragraph of Markdown, which is no list, quote or heading either."""
    return _NUMBERED.sub(r"\1\\\2", _BULLET.sub(r"\\\1", escaped(value)))


def write_markdown(rows: Sequence[Row], columns: Sequence[str], heads: Sequence[str], out: TextIO) -> None:
    """Write a GitHub table with these columns under these heads, numbers to the right. No rows: the head alone."""
    if not columns:
        return
    numeric = {name: bool(rows) and all(_is_number(row.get(name)) for row in rows) for name in columns}
    lines = [
        [_cell(head) for head in heads],
        ["--:" if numeric[name] else "---" for name in columns],
        *([_cell(row.get(name)) for name in columns] for row in rows),
    ]
    out.writelines(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cell(value: Any) -> str:
    return escaped(value).replace("|", "\\|")


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
