"""What people are told of changes: a line for the log, and one message for all changes of a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from crawler.commands.rendering import jsonable, plain
from crawler.watch.states import RANK, State
from storage.watched import Change, Look

TYPE = "sources.changed"


def is_worse(change: Change) -> bool:
    """Tell whether a source is worse than it was."""
    return RANK[State(change.after)] > RANK[State(change.before or State.HEALTHY)]


def line_of(change: Change) -> str:
    """Return a change as one line."""
    before = f" (was {change.before})" if change.before else ""
    return plain(f"{change.source} is {change.after}{before}: {change.reason}")


def message_of(changes: Sequence[Change], looks: Mapping[str, Look], now: datetime) -> dict[str, Any]:
    """Return the message that tells these changes, for machines (`type`, `timestamp`, `data`) and people."""
    ordered = sorted(changes, key=lambda change: (-RANK[State(change.after)], change.source))
    return {
        "type": TYPE,
        "timestamp": jsonable(now.astimezone(UTC)),
        "subject": subject_of(ordered),
        "text": "\n".join([*(line_of(change) for change in ordered), "", "newsdesk health tells more."]),
        "data": {"changes": [_record(change, looks.get(change.source)) for change in ordered]},
    }


def subject_of(changes: Sequence[Change]) -> str:
    """Return a line that says the most: of one change what it is, of many how many of which."""
    if len(changes) == 1:
        return plain(f"newsdesk: {changes[0].source} is {changes[0].after}")
    counts = {state: sum(change.after == state for change in changes) for state in RANK}
    told = ", ".join(f"{count} {state}" for state, count in reversed(counts.items()) if count)
    return f"newsdesk: {len(changes)} sources have changed ({told})"


def _record(change: Change, look: Look | None) -> dict[str, Any]:
    return {
        "id": change.id,
        "source": change.source,
        "title": look.source.title if look else None,
        "home": look.source.home if look else None,
        "before": change.before,
        "after": change.after,
        "at": jsonable(change.at),
        "reason": change.reason,
        "figures": {name: value for name, value in look.figures.items() if name != "last_bad"} if look else {},
    }
