"""A directory of documents, one an article, with a table of them that is kept in step, run after run."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from storage.errors import FailureError
from storage.export.documents import as_markdown, as_text
from storage.export.fields import record
from storage.export.files import replacing_text, unwritable
from storage.export.names import file_name, is_file_of
from storage.export.rows import csv_cell
from storage.types import StoredArticle

COLUMNS = (
    *("id", "file", "source", "outlet", "date_published", "language", "headline", "authors", "section", "tags"),
    *("word_count", "access", "kind", "story_id", "revision", "url"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: the ending of its files, its text, and the name of the table of all of them."""

    suffix: str
    text: Callable[[StoredArticle], str]
    table: str


KINDS = {"markdown": Kind(".md", as_markdown, "index.tsv"), "text": Kind(".txt", as_text, "metadata.tsv")}
Line = dict[str, str]


def write_tree(articles: Iterable[StoredArticle], kind: str, directory: Path) -> int:
    """Write articles, which come in the order of ids, as documents of a kind of KINDS; return how many.

    What the directory has stays; an article that it has too is replaced, whatever its file was called. A table lists
    all documents. Raises FailureError when something cannot be read or written.
    """
    own = KINDS[kind]
    number = 0
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _known(directory / own.table) as known, replacing_text(directory / own.table) as table:
            writer = csv.DictWriter(table, COLUMNS, delimiter="\t", lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            for article, line in _merged(articles, known):
                if article is not None:
                    line = _put(directory, own, article, line)
                    number += 1
                writer.writerow(line or {})
            os.sync()  # the documents before the table that lists them, and before a cursor
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(directory, error) from None
    return number


@contextmanager
def _known(path: Path) -> Iterator[Iterator[Line]]:
    """Yield the lines of the table that is there, in the order of ids; none when there is none."""
    try:
        file = path.open(encoding="utf-8", newline="")
    except FileNotFoundError:
        yield iter(())
        return
    with file:
        yield _lines(path, file)


def _lines(path: Path, file: TextIO) -> Iterator[Line]:
    last = 0
    reader = csv.DictReader(file, delimiter="\t", restval="")
    if reader.fieldnames is None or not {"id", "file"} <= set(reader.fieldnames):
        raise FailureError(f"{path} is no table of an export; choose another directory")
    for line in reader:
        number = line["id"]
        if not number.isdecimal() or int(number) <= last:
            raise FailureError(f"{path}: line {reader.line_num} is broken; delete the table, and export all")
        last = int(number)
        yield line


def _merged(
    articles: Iterable[StoredArticle], known: Iterator[Line]
) -> Iterator[tuple[StoredArticle | None, Line | None]]:
    """Yield what is new or was there, in the order of ids: an article with the line that it replaces, or a line."""
    line = next(known, None)
    for article in articles:
        while line is not None and int(line["id"]) < article.id:
            yield None, line
            line = next(known, None)
        if line is not None and int(line["id"]) == article.id:
            yield article, line
            line = next(known, None)
        else:
            yield article, None
    while line is not None:
        yield None, line
        line = next(known, None)


def _put(directory: Path, kind: Kind, article: StoredArticle, before: Line | None) -> Line:
    """Write an article's document, take away the one that it had under another name, and return its line."""
    name = file_name(article, kind.suffix)
    path = directory / name
    text = kind.text(article)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _holds(path, text):
        with replacing_text(path, durable=False) as out:
            out.write(text)
    old = before["file"] if before is not None else None
    if old is not None and old != str(name) and is_file_of(old, article.id, kind.suffix):
        with suppress(FileNotFoundError):
            (directory / old).unlink()
    return _line(record(article) | {"file": str(name)})


def _holds(path: Path, text: str) -> bool:
    """Tell whether a file has this text already: then its times stay, for those who synchronise by them."""
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _line(row: dict[str, Any]) -> Line:
    """Return a row as cells of the table: a tab or a line's end in a text is a space."""
    cells = {name: csv_cell(row.get(name)) for name in COLUMNS}
    return {name: "" if cell is None else " ".join(str(cell).split()) for name, cell in cells.items()}
