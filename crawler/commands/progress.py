"""Show on a terminal how far a long piece of work has come; nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def followed(items: Iterable[T], what: str, count: Callable[[], int | None]) -> Iterator[T]:
    """Yield the items, and show a bar on standard error if that is a terminal; `count` tells how many there will be."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=count())
        for item in items:
            yield item
            progress.advance(task)
