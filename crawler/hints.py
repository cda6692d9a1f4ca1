"""What is remembered of a channel between its polls, in its row's `hints`: its own words, and what it was caught at."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from storage.types import Found


@dataclass(frozen=True, slots=True)
class ChannelHints:
    """What is remembered of a channel. Times are aware UTC; hours are GMT, weekday 0 is Monday.

    `ttl` and `fresh` are the seconds for which the document and the answer's headers ask for no poll. `hub` and
    `topic` are for WebSub. `unchanged` counts the 304s since it was answered in full; `lies` names the validators (by
    header) to which it said 304 although something was new, as last tested at `lied_at`. `window` is the number of
    entries of its last document, `overflows` counts the documents in which every entry was new, `unmet` the last ones
    of them from which not even older pages led back to a known entry. `led_to` is where permanent redirects led the
    last polls, `led` how many. `retried_at` is when the declared address was tried of a channel that has moved,
    `unreached` how often in a row no host answered at its location.
    """

    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    fresh: int | None = None
    hub: str | None = None
    topic: str | None = None
    unchanged: int = 0
    lies: tuple[str, ...] = ()
    lied_at: datetime | None = None
    window: int = 0
    overflows: int = 0
    overflowed_at: datetime | None = None
    unmet: int = 0
    led_to: str | None = None
    led: int = 0
    retried_at: datetime | None = None
    unreached: int = 0


def hints_from(value: dict[str, Any] | None) -> ChannelHints:
    """Return what a row remembers. What a later version wrote and this one does not know is left out."""
    told = value or {}
    return ChannelHints(
        **{one.name: _read(one.name, told[one.name]) for one in fields(ChannelHints) if one.name in told}
    )


def hints_json(hints: ChannelHints) -> dict[str, Any]:
    """Return hints as JSON can hold them; what is empty is left out."""
    values = {one.name: getattr(hints, one.name) for one in fields(hints)}
    return {name: _write(value) for name, value in values.items() if value not in (None, (), 0)}


def said_by_document(hints: ChannelHints, found: Found) -> ChannelHints:
    """Return hints with what a document says, in place of what the one before it said."""
    return replace(
        hints,
        ttl=found.ttl_seconds,
        skip_hours=found.skip_hours,
        skip_days=found.skip_days,
        hub=found.hub,
        topic=found.topic,
    )


def said_by_headers(hints: ChannelHints, fresh: int | None, hub: str | None, topic: str | None) -> ChannelHints:
    """Return hints with what an answer's headers say; None means that they say nothing, and what is known stays."""
    return replace(
        hints,
        fresh=hints.fresh if fresh is None else fresh,
        hub=hub or hints.hub,
        topic=(topic or hints.topic) if hub or hints.hub else None,
    )


def _read(name: str, value: Any) -> Any:
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    return tuple(value) if name == "lies" or name.startswith("skip_") else value


def _write(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
