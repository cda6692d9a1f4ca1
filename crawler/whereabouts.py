"""Write down where a channel is: it has moved, or it is back at its declared address. Each tells what to log of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from crawler.hints import ChannelHints
from crawler.moving import REDIRECT, is_permanent, led
from crawler.poll import Poll
from pipelines.hosts import host_of
from storage.moves import forget_location, set_location, taken_addresses
from storage.types import Channel


def note_whereabouts(
    connection: sa.Connection, poll: Poll, hints: ChannelHints, now: datetime
) -> tuple[ChannelHints, str | None]:
    """Return hints after a poll that was answered, and a line for the log when the channel is elsewhere from now on."""
    channel, final = poll.channel, poll.response.url
    if poll.because:
        return _go(connection, channel, hints, final, poll.because, now)
    if poll.work.is_retry:
        hints = replace(hints, retried_at=now)
        return (hints, None) if final == channel.location else (hints, _go_back(connection, channel))
    hints, to = led(hints, poll.work.url, final, is_permanent(poll.response.meta.get("redirect_reasons", ())))
    if to is None or to in taken_addresses(connection, channel.source_id, channel.id):
        return hints, None
    if to == channel.url:
        return replace(hints, led_to=None, led=0), _go_back(connection, channel)
    return _go(connection, channel, hints, to, REDIRECT, now)


def _go(
    connection: sa.Connection, channel: Channel, hints: ChannelHints, to: str, because: str, now: datetime
) -> tuple[ChannelHints, str]:
    set_location(connection, channel.id, to, host_of(to), because, now)
    advice = f"{channel.url} has moved to {to} ({because}), where it is asked now; change it in sources.toml"
    return replace(hints, led_to=None, led=0, retried_at=None, unreached=0), advice


def _go_back(connection: sa.Connection, channel: Channel) -> str:
    forget_location(connection, channel.id, host_of(channel.url), validators=True)
    return f"{channel.url} answers at this address again, not at {channel.location}"
