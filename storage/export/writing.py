"""Write articles in any kind to a file, a directory or a stream."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from storage.errors import UsageError
from storage.export import lines, tree
from storage.export.files import replacing, replacing_text
from storage.export.lines import write_lines
from storage.export.parquet import check_parquet, write_parquet
from storage.export.tree import write_tree
from storage.types import StoredArticle

KINDS = (*lines.KINDS, "parquet", *tree.KINDS)
ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".parquet": "parquet"}


def kind_of(path: Path | None) -> str:
    """Return the kind that a file's name asks for: jsonl when it does not say."""
    if path is None:
        return "jsonl"
    return ENDINGS.get((path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower(), "jsonl")


def check_target(kind: str, path: Path | None) -> None:
    """Raise UsageError for a target that the kind cannot have, FailureError where a library is missing for it."""
    if kind in tree.KINDS and path is None:
        raise UsageError(f"{kind} writes a file an article: name a DIRECTORY for them")
    if kind in tree.KINDS and path is not None and path.exists() and not path.is_dir():
        raise UsageError(f"{path} is no directory; {kind} writes a file an article into one")
    if kind not in tree.KINDS and path is not None and path.is_dir():
        raise UsageError(f"{path} is a directory; name a file")
    if kind == "parquet":
        if path is None:
            raise UsageError("parquet cannot go to standard output: name a FILE")
        if path.suffix == ".gz":
            raise UsageError(f"{path}: parquet is packed in itself; name it without .gz")
        check_parquet()


def write(articles: Iterable[StoredArticle], kind: str, path: Path) -> int:
    """Write articles, which come in the order of ids, to a file or directory; return how many.

    A file has its name only when it is whole and on the disk. Raises FailureError when it cannot be written.
    """
    if kind in tree.KINDS:
        return write_tree(articles, kind, path)
    if kind == "parquet":
        with replacing(path) as out:
            return write_parquet(articles, out)
    with replacing_text(path) as text:
        return write_lines(articles, kind, text)


def write_to(articles: Iterable[StoredArticle], kind: str, out: TextIO) -> int:
    """Write articles to a stream, which is flushed then; return how many."""
    number = write_lines(articles, kind, out)
    out.flush()
    return number
