"""Show a text of people's size: through $PAGER on a terminal that it does not fit on, else as it is."""

from __future__ import annotations

import os
import pydoc
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
"""Columns of running text at most: longer lines are hard to read."""


def show_paged(told: Callable[[Console], None], *, paged: bool = True) -> None:
    """Print what `told` writes to the console that it gets, page by page where that is needed."""
    from crawler.commands.terminal import Terminal

    if not sys.stdout.isatty():
        told(Terminal(soft_wrap=True))
        return
    console = Terminal()
    console.width = min(console.width, WIDEST)
    with console.capture() as captured:
        told(console)
    text = captured.get()
    if not paged or text.count("\n") < console.height:
        sys.stdout.write(text)
        return
    os.environ.setdefault("LESS", "FRX")  # as git does: colours are shown, and less ends when all fits
    pydoc.pager(text)
