"""What pushes change about polls: when a pushed channel is polled, and how far its other polls may wait.

The body of a push is never read, it only makes its channel due: the document comes by the same path as at any poll,
from the publisher itself, with its validators, pace and guards. A hub that forges cannot put a link in; at worst it
causes a poll that finds nothing, and those are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.pushes import Polls, PushState, Subscription

SETTLE = timedelta(seconds=1)
"""From a push to its poll, so that several at once make one."""
SPACING = timedelta(seconds=15)
"""From a poll to the next one that a push causes."""
BARREN_SPACING = timedelta(minutes=2)
"""The same when the push before brought nothing new, or the channel fails."""
CHASE = timedelta(minutes=10)
"""So long after a push that brought nothing new its channel is looked at again: caches lag behind hubs."""
SOONEST_CHASE = timedelta(seconds=30)
BELIEVED_AFTER = 3
"""Pushes in a row, with no poll that found what none announced, after which polls are slowed."""
RECENT = timedelta(days=7)
"""A channel that has pushed nothing for longer is polled so seldom that slowing it spares nothing."""
SLOWED_BY = 4
LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll that is over. `asked` is when its request began, `new` the links that were new, `last_new` when a poll
    before brought some, `floor` when its window may overflow: None for a channel with a time of its own.
    """

    now: datetime
    asked: datetime
    new: int = 0
    last_polled: datetime | None = None
    last_new: datetime | None = None
    floor: datetime | None = None


def pushed(held: Subscription, polls: Polls, now: datetime) -> tuple[Subscription, datetime]:
    """Return the subscription after a push, and when its channel is to be polled."""
    between = held.pushed_at is None or (polls.last_polled is not None and polls.last_polled >= held.pushed_at)
    barren = between and held.pushed_at is not None and (polls.last_new is None or polls.last_new < held.pushed_at)
    spacing = BARREN_SPACING if barren or polls.failures else SPACING
    at = now + SETTLE if polls.last_polled is None else max(now + SETTLE, polls.last_polled + spacing)
    return replace(held, pushed_at=now, pushes=held.pushes + between), at


def is_believed(held: Subscription, now: datetime) -> bool:
    """Tell whether a hub announces all that a channel publishes, as far as its polls have shown."""
    runs = held.state is PushState.ACTIVE and held.lease_until is not None and held.lease_until > now
    return runs and held.pushes >= BELIEVED_AFTER and held.pushed_at is not None and held.pushed_at > now - RECENT


def has_missed(held: Subscription, poll: Polled) -> bool:
    """Tell whether a poll found something that no push since the poll before had announced."""
    if not poll.new or poll.last_polled is None:
        return False
    return held.pushed_at is None or held.pushed_at < poll.last_polled - CHASE


def slowed(due: datetime, held: Subscription, poll: Polled) -> datetime:
    """Return when to poll again, given when it would be without pushes.

    A channel whose pushes are believed waits four times as long, a day at most, and not beyond its floor: should the
    hub fall silent, the poll that finds it out must come before the window has overflowed. After a push that brought
    nothing new, or that came while the poll was under way, it is polled again soon.
    """
    if held.pushed_at is not None and held.pushed_at >= poll.asked:
        return min(due, poll.now + SPACING)
    if held.pushed_at is not None and _is_awaited(held.pushed_at, poll):
        return min(due, poll.now + max(poll.now - held.pushed_at, SOONEST_CHASE))
    if poll.floor is None or not is_believed(held, poll.now):
        return due
    return max(due, min(poll.now + SLOWED_BY * (due - poll.now), poll.now + LONGEST, poll.floor))


def _is_awaited(pushed_at: datetime, poll: Polled) -> bool:
    brought = poll.new or (poll.last_new is not None and poll.last_new >= pushed_at)
    return not brought and poll.now - pushed_at < CHASE
