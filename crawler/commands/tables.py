"""Print rows as a table: laid out for the width of a terminal, or plain for a pipe, a row a line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from storage.export.rows import Row, plain

if TYPE_CHECKING:
    from rich.console import Console

GAP = "  "
NARROW = 24
"""Cells of a column up to this wide are never broken into lines."""
LEAST = 16
"""What is left at least to a column whose texts are broken."""


def print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Print a table: on a terminal with a head, its texts broken to fit; else in aligned columns, a row a line.

    On a terminal that is too narrow for the columns, each row is a list of its values.
    """
    cells = [[plain(row.get(name)) for name in columns] for row in rows]
    heads = [name.replace("_", " ") for name in columns]
    numeric = [all(_is_number(row.get(name)) for row in rows) for name in columns]
    if not sys.stdout.isatty():
        _print_plain([heads, *cells], numeric)
        return
    from rich.console import Console

    console = Console(highlight=False)
    widths = _widths([heads, *cells])
    if sum(min(width, LEAST if width > NARROW else width) for width in widths) + len(GAP) * len(widths) > console.width:
        _print_lists(console, heads, cells)
    else:
        _print_rich(console, heads, cells, widths, numeric)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    from rich.cells import cell_len

    return [max(cell_len(line[place]) for line in lines) for place in range(len(lines[0]))]


def _print_plain(lines: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    from rich.cells import cell_len

    widths = _widths(lines)
    for line in lines:
        padded = []
        for cell, width, is_number in zip(line, widths, numeric, strict=True):
            space = " " * (width - cell_len(cell))
            padded.append(space + cell if is_number else cell + space)
        sys.stdout.write(GAP.join(padded).rstrip() + "\n")


def _print_rich(
    console: Console,
    heads: Sequence[str],
    cells: Sequence[Sequence[str]],
    widths: Sequence[int],
    numeric: Sequence[bool],
) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head, width, is_number in zip(heads, widths, numeric, strict=True):
        justify: Literal["left", "right"] = "right" if is_number else "left"
        least = width if width <= NARROW else LEAST
        table.add_column(head, justify=justify, no_wrap=width <= NARROW, min_width=least, overflow="fold")
    for line in cells:
        table.add_row(*map(Text, line))
    console.print(table)


def _print_lists(console: Console, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print each row as lines of a name and a value; what is empty is left out."""
    from rich.text import Text

    name_width = max(map(len, heads))
    for place, line in enumerate(cells):
        if place:
            console.print()
        for head, cell in zip(heads, line, strict=True):
            if cell:
                console.print(Text(f"{head:<{name_width}}  ", style="dim") + Text(cell), soft_wrap=True)
