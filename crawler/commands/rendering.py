"""Render rows as a table, JSON, JSON lines, CSV or Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum

from crawler.commands.tables import print_table
from storage.export.markdown import write_markdown
from storage.export.rows import Row, as_json, jsonable, plain, write_csv, write_jsonl

__all__ = ["Format", "TextFormat", "as_json", "jsonable", "plain", "render", "write_csv", "write_jsonl"]


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"


class TextFormat(StrEnum):
    """How one thing is printed that is a text for people; table is another name of that."""

    TEXT = "text"
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"


def render(
    rows: Sequence[Row], columns: Sequence[str], fmt: Format, *, empty: str = "nothing found", exact: bool = False
) -> None:
    """Print rows. Tables and Markdown show `columns`; the others show everything (CSV: the first row's keys).

    The heads of tables have spaces for underscores, unless they are to be `exact`.
    """
    heads = [name if exact else name.replace("_", " ") for name in columns]
    if fmt is Format.JSONL:
        write_jsonl(rows, sys.stdout)
    elif fmt is Format.JSON:
        sys.stdout.write(as_json(list(rows), indent=2) + "\n")
    elif fmt is Format.CSV:
        write_csv(rows, list(rows[0]) if rows else list(columns), sys.stdout)
    elif fmt is Format.MARKDOWN:
        write_markdown(rows, columns, heads, sys.stdout)
    elif not rows:
        sys.stdout.write(f"{empty}\n")
    else:
        print_table(rows, columns, heads)
