"""After a poll: what its channel's pushes say about the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from crawler.cadence import window_fills
from crawler.hints import ChannelHints
from crawler.polling import LEAST_POLLS, heed
from crawler.push.trust import Polled, has_missed, slowed
from crawler.rates import Rhythm, tempo_of
from storage.pushes import hold_subscription, save_subscription
from storage.types import Channel


def with_pushes(
    connection: sa.Connection,
    channel: Channel,
    due: datetime,
    now: datetime,
    *,
    millis: int,
    new: int,
    rhythm: Rhythm | None,
    hints: ChannelHints,
) -> datetime:
    """Return when a channel is polled again that was polled just now, in a request of so many milliseconds.

    `channel` is as it was before the poll, `due` what its schedule and rhythm say; without a rhythm it is not slowed.
    Pushes lose their trust when the poll found what none had announced.
    """
    held = hold_subscription(connection, channel.id)
    if held is None:
        return due
    floor = window_fills(tempo_of(rhythm), now) if rhythm is not None and rhythm.polls >= LEAST_POLLS else None
    poll = Polled(now, now - timedelta(milliseconds=millis), new, channel.last_polled, channel.last_new, floor)
    if held.pushes and has_missed(held, poll):
        held = replace(held, pushes=0)
        save_subscription(connection, held)
    again = slowed(due, held, poll)
    return heed(hints, now, again, floor) if floor is not None and again > due else again
