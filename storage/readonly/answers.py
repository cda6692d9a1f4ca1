"""The answer to a statement, and what is asked of a statement before it is run."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from storage.errors import FailureError, UsageError

LONGEST = 100_000
"""Characters of a statement."""
CHUNK = 1000
"""Rows that are fetched at a time."""
_NOTHING = re.compile(r"(?:\s|;|\(|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$))*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns, each under a name of its own, and rows as they are read."""

    columns: tuple[str, ...]
    rows: Iterator[dict[str, Any]]


class Clock:
    """The time that a statement has taken, without that in which its rows were used."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._since = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the time of this block count."""
        self._since = time.monotonic()
        yield
        self._left -= time.monotonic() - self._since

    def is_over(self) -> bool:
        """Tell in such a block whether the time is used up."""
        return time.monotonic() - self._since > self._left

    @property
    def is_used_up(self) -> bool:
        """Tell between such blocks whether the time is used up."""
        return self._left < 0


def check_statement(statement: str, words: Sequence[str]) -> None:
    """Raise UsageError for a statement that is empty, too long, or does not begin with one of the words."""
    if len(statement) > LONGEST:
        raise UsageError(f"the statement has {len(statement)} characters; {LONGEST} are the most")
    if "\0" in statement:
        raise UsageError("the statement has a zero character in it")
    word = first_word(statement)
    if not word:
        raise UsageError("there is no statement to run; write e.g. SELECT count(*) FROM articles")
    if word not in words:
        raise UsageError(f"{word[:40]!r} is refused: nothing is written here; begin with {', '.join(words)}")


def first_word(statement: str) -> str:
    """Return the first word of a statement in capitals, or the sign that stands there; empty when there is nothing."""
    start = _NOTHING.match(statement)
    rest = statement[start.end() :] if start else statement
    word = re.match(r"\w+", rest)
    return word.group().upper() if word else rest[:1]


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


def too_long(seconds: float) -> FailureError:
    """Return the line for a statement whose time is over."""
    return FailureError(f"the statement took longer than {seconds:g} s; --seconds allows more")


def refused(message: str) -> UsageError:
    """Return the line for a statement that the database does not understand."""
    line = " ".join(message.split())
    missing = any(part in line for part in ("no such table", "no such column", "does not exist"))
    hint = "; `newsdesk sql --schema` lists tables and columns" if missing else ""
    return UsageError(f"the database does not take this statement: {line}{hint}")
