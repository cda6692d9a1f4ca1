"""How stories and relations are told on a terminal: shares, spans of time, what was changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.commands.rendering import plain

if TYPE_CHECKING:
    from rich.console import Console

    from storage.story_views import Kin

HEADLINE = 160
"""Characters that are shown of a headline in a list."""
OF = {"same-text": "same text as", "reprint": "reprint of", "contains": "contains", "excerpt": "excerpt of"}


def short(text: str, most: int = HEADLINE) -> str:
    """Return a text for a list: on one line, and cut when it is very long."""
    text = plain(text).strip()
    return text if len(text) <= most else text[: most - 1] + "…"


def percent(share: float) -> str:
    """Return a share for people; 0 % and 100 % are said only of nothing and of all."""
    if 0 < share < 0.01:
        return "<1 %"
    return f"{round(share * 100) if share >= 1 else min(round(share * 100), 99)} %"


def span(time: timedelta) -> str:
    """Return a span of time in its two largest units."""
    minutes = int(abs(time).total_seconds()) // 60
    units = (("d", minutes // 1440), ("h", minutes // 60 % 24), ("m", minutes % 60))
    start = next((place for place, (_, number) in enumerate(units) if number), len(units) - 1)
    return " ".join(f"{number} {unit}" for unit, number in units[start : start + 2] if number) or "0 m"


def lagging(time: timedelta) -> str:
    """Return how much later (or, with a minus, earlier) than the first an article appeared."""
    return f"{'-' if time < timedelta(0) else '+'}{span(time)}"


def changed(cut: float, new: float, new_headline: bool) -> str:
    """Return what was changed in a text: "cut 38 %, 2 % new, new headline"."""
    parts = [f"cut {percent(cut)}"] if cut else []
    parts += [f"{percent(new)} new"] if new else []
    parts = parts or ["text unchanged"]
    return ", ".join([*parts, "new headline"] if new_headline else parts)


def related(kin: Kin) -> str:
    """Return a relation, "reprint of 12 (98 % / 62 %)": so much of this text is in the other, so much of that in it."""
    return f"{OF.get(kin.kind, f'{kin.kind} with')} {kin.other_id} ({percent(kin.share)} / {percent(kin.other_share)})"


def number(of: int, what: str) -> str:
    """Return a number of things: "1 outlet", "2 outlets"."""
    return f"{of} {what}" if of == 1 else f"{of} {what}s"


def print_block(console: Console, head: str, rest: Iterable[tuple[str, str]], style: str = "") -> None:
    """Print a line and, indented under it, texts that a terminal breaks into lines and a file does not."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Text(head, style=style), soft_wrap=True)
    for text, own in rest:
        if console.is_terminal:
            console.print(Padding(Text(text, style=own), (0, 0, 0, 8)))
        else:
            console.print(Text(" " * 8 + text, style=own), soft_wrap=True)
