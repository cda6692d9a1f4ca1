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


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its cells as text, the width of the widest, and the least that it can do with."""

    head: str
    cells: tuple[str, ...]
    is_number: bool
    is_fixed: bool
    width: int
    least: int


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
    if sum(column.least + len(GAP) for column in shown) > console.width:
        _print_lists(console, shown)
    else:
        _print_rich(console, shown)


def _column(name: str, head: str, rows: Sequence[Row]) -> _Column:
    from rich.cells import cell_len

    values = [row.get(name) for row in rows]
    cells = tuple(map(plain, values))
    is_number = all(value is None or _is_number(value) for value in values)
    is_fixed = all(value is None or isinstance(value, datetime) for value in values)
    width = max(map(cell_len, (head, *cells)))
    longest = max(cell_len(word) for text in (head, *cells) for word in (text.split() or [""]))
    least = width if is_fixed else WORD if width > TEXT else min(longest, WORD)
    return _Column(head, cells, is_number, is_fixed, width, least)


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


def _print_rich(console: Console, columns: Sequence[_Column]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, len(GAP), 0, 0), pad_edge=False, header_style="bold underline")
    for column in columns:
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        table.add_column(column.head, justify=justify, no_wrap=column.is_fixed, min_width=column.least, overflow="fold")
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
