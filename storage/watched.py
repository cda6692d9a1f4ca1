"""The vocabulary of the watch over sources: what is known of each, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Day:
    """What one day (UTC) brought from a source; as the columns of `source_days`."""

    day: date
    polls: int = 0
    polls_failed: int = 0
    links_new: int = 0
    pages: int = 0
    stored: int = 0
    revised: int = 0
    unchanged: int = 0
    duplicates: int = 0
    dropped: int = 0
    failed: int = 0
    blocked: int = 0
    short: int = 0
    undated: int = 0
    words: int = 0
    delays: dict[str, int] | None = None
    reasons: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class WatchedChannel:
    """An enabled channel that its source declares, with the state of its host. `latency` is in seconds."""

    url: str
    first_seen: datetime
    last_polled: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    rhythm: dict[str, Any] | None = None
    host_failures: int = 0
    host_reason: str | None = None
    latency: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """How a source was when it was last looked at."""

    state: str
    reason: str
    since: datetime
    checked_at: datetime
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """All that a source is judged by. `days` are in order; `backlog` counts links that wait for longer than a day;
    `changes` counts changes of its state in the last two days.
    """

    id: int
    name: str
    title: str
    home: str | None
    first_seen: datetime
    channels: tuple[WatchedChannel, ...] = ()
    days: tuple[Day, ...] = ()
    backlog: int = 0
    known: Known | None = None
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a source has found."""

    source: Watched
    state: str
    reason: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a source's state. `before` is None for the first."""

    id: int
    source: str
    at: datetime
    before: str | None
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source's row of `source_health`, with its name and title."""

    source: str
    title: str
    state: str
    reason: str
    since: datetime
    checked_at: datetime
    figures: dict[str, Any]
