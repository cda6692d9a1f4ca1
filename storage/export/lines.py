"""Articles as JSON lines, as one JSON list, or as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from storage.export.fields import NAMES, record
from storage.export.rows import as_json, write_csv, write_jsonl
from storage.types import StoredArticle

KINDS = ("jsonl", "json", "csv")


def write_lines(articles: Iterable[StoredArticle], kind: str, out: TextIO) -> int:
    """Write articles of a kind of KINDS; return how many."""
    rows = map(record, articles)
    if kind == "csv":
        return write_csv(rows, NAMES, out)
    if kind == "jsonl":
        return write_jsonl(rows, out)
    number = 0
    for number, row in enumerate(rows, 1):
        out.write(("[\n" if number == 1 else ",\n") + as_json(row))
    out.write("\n]\n" if number else "[]\n")
    return number
