"""A look at the sources in steps that each need one connection: count, judge, keep with the messages about changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from crawler.watch.assess import assess
from crawler.watch.messages import message_of
from crawler.watch.states import State
from storage.days import Rolled, forget_days, roll_up
from storage.deliveries import forget_deliveries, post
from storage.health import find_by_name, find_to_look_at, forget_unwatched, keep_looks, read_watched, take_untold
from storage.watched import Change, Look

COUNTED_AT_ONCE = 2000
LOOKED_AT_ONCE = 500
"""Sources of one look of the daemon: with more, those that are well are looked at less often."""
CHUNK = 250
KEEP_DAYS = timedelta(days=730)
KEEP_MESSAGES = timedelta(days=90)
UNREACHABLE = ("dns", "no-connection", "timeout", "robots-unreachable", "connection-lost")
LEAST_AT_ONCE = 5
"""Sources that break in one look because nothing answers, from which newsdesk's own network is suspected."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The changes of a look, and how many sources were left as they were since nothing at all can be reached."""

    changes: list[Change]
    unreachable: int


def count_some(connection: sa.Connection) -> Rolled:
    """Count attempts into their days, in a write transaction; call it again while it is behind."""
    return roll_up(connection, datetime.now(UTC), COUNTED_AT_ONCE)


def look_at_some(connection: sa.Connection, now: datetime, limit: int = LOOKED_AT_ONCE) -> list[Look]:
    """Judge the sources whose turn it is."""
    return _judge(connection, find_to_look_at(connection, now, limit), now)


def look_at(connection: sa.Connection, now: datetime, names: Sequence[str]) -> list[Look]:
    """Judge the watched sources of these names; all of them for no names."""
    return _judge(connection, find_by_name(connection, names), now)


def _judge(connection: sa.Connection, ids: Sequence[int], now: datetime) -> list[Look]:
    parts = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    return [assess(source, now) for part in parts for source in read_watched(connection, part, now)]


def keep(connection: sa.Connection, looks: Sequence[Look], targets: Sequence[str], now: datetime) -> Kept:
    """Keep what was found, the changes and a message about them for each target, in one write transaction."""
    lost = suspect_own_network(looks)
    changes = keep_looks(connection, [look for look in looks if look.source.id not in lost], now)
    untold = take_untold(connection, now, changes) if targets else []
    if untold:
        message = message_of(untold, {look.source.name: look for look in looks}, now)
        post(connection, targets, f"health-{untold[0].id}-{untold[-1].id}", message, now)
    forget_unwatched(connection)
    forget_days(connection, [look.source.id for look in looks], (now - KEEP_DAYS).date())
    forget_deliveries(connection, now - KEEP_MESSAGES)
    return Kept(changes, len(lost))


def suspect_own_network(looks: Sequence[Look]) -> set[int]:
    """Return the ids of the sources that seem to have broken because newsdesk's own network has.

    When at least half of those looked at stop answering at once, it is not they.
    """
    broken = {
        look.source.id
        for look in looks
        if look.state == State.FAILING
        and (look.source.known is None or look.source.known.state != State.FAILING)
        and any(word in look.reason for word in UNREACHABLE)
    }
    return broken if len(broken) >= LEAST_AT_ONCE and len(broken) * 2 >= len(looks) else set()
