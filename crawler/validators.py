"""Conditional requests, and how far a server's 304 is believed: pure functions.

Some servers answer 304 although the document has changed, for one validator or for both. So a document is asked for in
full now and then; when something is new in it, the validators of before are sent once more: who still says 304 lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.hints import ChannelHints
from crawler.rates import expected, from_json, tempo_of
from storage.types import Channel, ChannelKind

ETAG, MODIFIED = "If-None-Match", "If-Modified-Since"
LEAST_UNCHANGED = 4
"""304s in a row before they are doubted: a channel that is polled once a day is asked in full every fifth day."""
WHOLE_AFTER = {ChannelKind.SITEMAP: timedelta(days=3)}
"""How long 304s are believed. A feed takes a few kilobytes a day for it; a sitemap may have fifty megabytes."""
WHOLE_OTHERWISE = timedelta(days=1)
MISSED = 8.0
"""So many entries expected since the last whole answer, and none told of, are doubtful too (one case in 3,000)."""
RETEST = timedelta(days=7)
"""After this time a validator that lied is tried again."""


def conditions(channel: Channel, hints: ChannelHints, now: datetime) -> dict[str, str]:
    """Return the headers that make a poll conditional; none when the document is to be had in full."""
    if _is_doubtful(channel, hints, now):
        return {}
    return {name: value for name, value in _validators(channel).items() if name not in hints.lies}


def doubted(channel: Channel, hints: ChannelHints, sent: bool, new: int, now: datetime) -> dict[str, str]:
    """Return the validators to test after a whole answer, by header: they may say 304 although `new` entries came.

    `hints` are those of before the poll, `sent` tells that the poll was conditional.
    """
    if sent or not new:
        return {}
    again = hints.lied_at is not None and now - hints.lied_at >= RETEST
    trusted = hints.unchanged >= LEAST_UNCHANGED
    return {name: value for name, value in _validators(channel).items() if (again if name in hints.lies else trusted)}


def judged(hints: ChannelHints, statuses: Mapping[str, int | None], now: datetime) -> ChannelHints:
    """Return hints with what a test showed: the status that each validator was answered with, None for no answer."""
    lying = {name for name, status in statuses.items() if status == 304}
    honest = {name for name, status in statuses.items() if status is not None and 200 <= status < 300}
    lies = (set(hints.lies) | lying) - honest
    return replace(hints, lies=tuple(sorted(lies)), lied_at=now if lies else None)


def _validators(channel: Channel) -> dict[str, str]:
    told = {ETAG: channel.etag, MODIFIED: channel.last_modified}
    return {name: value for name, value in told.items() if value}


def _is_doubtful(channel: Channel, hints: ChannelHints, now: datetime) -> bool:
    """Tell whether the channel has said 304 for so long that it is asked for the whole document."""
    if hints.unchanged < LEAST_UNCHANGED:
        return False
    if channel.last_whole is None or now - channel.last_whole >= WHOLE_AFTER.get(channel.kind, WHOLE_OTHERWISE):
        return True
    rhythm = from_json(channel.rhythm)
    return rhythm is not None and expected(tempo_of(rhythm), channel.last_whole, now) >= MISSED
