"""The answer to a statement, and what is asked of a statement before it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from storage.errors import UsageError

LONGEST = 100_000
"""Characters of a statement."""
CHUNK = 200
"""Rows that are fetched at a time."""
_NOTHING = re.compile(r"(?:\s|;|\(|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$))*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns, each under a name of its own, and rows as they are read."""

    columns: tuple[str, ...]
    rows: Iterator[dict[str, Any]]


def check_statement(statement: str, words: Sequence[str]) -> None:
    """Raise UsageError for a statement that is empty, too long, or does not begin with one of the words."""
    if len(statement) > LONGEST:
        raise UsageError(f"the statement has {len(statement)} characters; {LONGEST} are the most")
    if "\0" in statement:
        raise UsageError("the statement has a zero character in it")
    start = _NOTHING.match(statement)
    rest = statement[start.end() :] if start else statement
    if not rest:
        raise UsageError("there is no statement to run; write e.g. SELECT count(*) FROM articles")
    word = re.match(r"\w*", rest)
    if word is None or word.group().upper() not in words:
        shown = (word.group() if word else "") or rest[:1]
        raise UsageError(f"{shown[:40]!r} is refused: nothing is written here; begin with {', '.join(words)}")


def named(columns: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns with a number to each that is there already."""
    found: dict[str, None] = {}
    for column in columns:
        name, number = column, 1
        while name in found:
            number += 1
            name = f"{column}_{number}"
        found[name] = None
    return tuple(found)


def refused(message: str) -> UsageError:
    """Return the line for a statement that the database does not understand."""
    line = " ".join(message.split())
    missing = any(part in line for part in ("no such table", "no such column", "does not exist"))
    hint = "; `newsdesk sql --schema` lists tables and columns" if missing else ""
    return UsageError(f"the database does not take this statement: {line}{hint}")
