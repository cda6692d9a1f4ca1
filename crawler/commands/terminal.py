"""The console that commands print on: in colour where that is wanted, and in good order when its reader leaves."""

from __future__ import annotations

from rich.console import Console


class Terminal(Console):
    """Standard output; words in it are not highlighted. With `soft_wrap` lines are left as long as they are."""

    def __init__(self, *, soft_wrap: bool = False) -> None:
        super().__init__(highlight=False, soft_wrap=soft_wrap)

    def on_broken_pipe(self) -> None:
        """Leave it to the door what is done when the reader of the output has left (`| head`)."""
        raise BrokenPipeError
