"""Print rows as a table: laid out for the width of a terminal, or plain for a pipe, a row a line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from storage.export.rows import Row, plain

if TYPE_CHECKING:
    from rich.console import Console

GAP = "  "
WORD = 20
"""Cells of a word up to this long are never broken."""
TEXT = 40
"""A column with cells wider than this is running text, which gets as much as a word's width at least."""
ADDRESS = 30
"""The least for texts with words that must be broken, as addresses: into few pieces."""
TIGHT = 12
"""The least for running text where space is short; times are broken into day and hour then."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its cells as text, the width of the widest, what it needs at least, and what where space is short."""

    head: str
    cells: tuple[str, ...]
    is_number: bool
    width: int
    least: int
    tight: int


def print_table(rows: Sequence[Row], columns: Sequence[str], heads: Sequence[str]) -> None:
    """Print a table of these columns under these heads, on a terminal with its texts broken to fit.

    On one that is too narrow for the columns, each row is a list of its values. Elsewhere columns are aligned, a row
    a line.
    """
    laid = [_column(name, head, rows) for name, head in zip(columns, heads, strict=True)]
    if not sys.stdout.isatty():
        _print_plain(laid)
        return
    from crawler.commands.terminal import Terminal

    console = Terminal()
    shown = [column for column in laid if any(column.cells)]
    room = console.width - len(GAP) * len(shown)
    if sum(column.tight for column in shown) > room:
        _print_lists(console, shown)
    else:
        _print_rich(console, shown, _fitted(shown, room))


def _fitted(columns: Sequence[_Column], room: int) -> list[int]:
    """Return the widths of columns, of which the widest give way until all have room."""
    is_tight = sum(column.least for column in columns) > room
    least = [column.tight if is_tight else column.least for column in columns]
    widths = [min(column.width, room) for column in columns]
    while sum(widths) > room:
        over = [place for place, width in enumerate(widths) if width > least[place]]
        widths[max(over, key=lambda place: widths[place])] -= 1
    return widths


def _column(name: str, head: str, rows: Sequence[Row]) -> _Column:
    from rich.cells import cell_len

    values = [row.get(name) for row in rows]
    cells = tuple(map(plain, values))
    is_number = all(value is None or _is_number(value) for value in values)
    width = max(map(cell_len, (head, *cells)))
    longest = max(cell_len(word) for text in (head, *cells) for word in (text.split() or [""]))
    word = min(longest, WORD)
    if all(value is None or isinstance(value, datetime) for value in values):
        least, tight = width, word
    elif width > TEXT:
        least, tight = (WORD, TIGHT) if longest <= WORD else (ADDRESS, ADDRESS)
    else:
        least = tight = word
    return _Column(head, cells, is_number, width, least, tight)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _print_plain(columns: Sequence[_Column]) -> None:
    from rich.cells import cell_len

    for line in zip(*((column.head, *column.cells) for column in columns), strict=True):
        padded = []
        for cell, column in zip(line, columns, strict=True):
            space = " " * (column.width - cell_len(cell))
            padded.append(space + cell if column.is_number else cell + space)
        sys.stdout.write(GAP.join(padded).rstrip() + "\n")


def _print_rich(console: Console, columns: Sequence[_Column], widths: Sequence[int]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, len(GAP), 0, 0), pad_edge=False, header_style="bold underline")
    for column, width in zip(columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        table.add_column(column.head, justify=justify, width=width, overflow="fold")
    for line in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*map(Text, line))
    console.print(table)


def _print_lists(console: Console, columns: Sequence[_Column]) -> None:
    """Print each row as lines of a name and a value; what is empty is left out."""
    from rich.text import Text

    names = max(len(column.head) for column in columns)
    for place in range(len(columns[0].cells)):
        if place:
            console.print()
        for column in columns:
            if cell := column.cells[place]:
                console.print(Text(f"{column.head:<{names}}  ", style="dim") + Text(cell), soft_wrap=True)
