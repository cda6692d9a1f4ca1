"""Channels that move: where one is asked, and when a redirect or a failure changes that. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.hints import ChannelHints
from crawler.verdicts import Verdict
from storage.types import Channel, ChannelKind, LinkState, Outcome

REDIRECT, DISCOVERED = "permanent-redirect", "autodiscovery"
PERMANENT = (301, 308)
TIMES = 2
"""Polls in a row that the same permanent redirect must lead: one may be a mistake of an hour."""
RETRY_DECLARED = {REDIRECT: timedelta(days=7), DISCOVERED: timedelta(days=1)}
"""How often the declared address of a channel that has moved is tried. What was only guessed is doubted sooner."""
FAILURES_THERE = 3
"""Failures in a row after which a location is given up."""
UNREACHED_THERE = 5
"""The same for a location whose host gives no answer, which is tried again after seconds at first."""
SEEK_AT = (3, 6, 12, 24, 48, 96, 192, 384)
"""Failures in a row after which a feed's new address is looked for on the home page."""


def address_of(channel: Channel, hints: ChannelHints, now: datetime) -> tuple[str, bool]:
    """Return where to ask for a channel now, and whether that is to try a declared address that it has moved from."""
    if channel.location is None:
        return channel.url, False
    last = max((at for at in (channel.moved_at, hints.retried_at) if at is not None), default=None)
    every = RETRY_DECLARED.get(channel.moved_because or "", RETRY_DECLARED[REDIRECT])
    return (channel.url, True) if last is None or now - last >= every else (channel.location, False)


def is_permanent(reasons: Sequence[object]) -> bool:
    """Tell whether every hop of a redirect was a permanent one; `reasons` are Scrapy's `redirect_reasons`."""
    return bool(reasons) and all(reason in PERMANENT for reason in reasons)


def led(hints: ChannelHints, asked: str, final: str, permanent: bool) -> tuple[ChannelHints, str | None]:
    """Return hints after a poll that ended at `final`, and where the channel is from now on when that has changed."""
    if not permanent or final == asked:
        return replace(hints, led_to=None, led=0), None
    times = hints.led + 1 if hints.led_to == final else 1
    return replace(hints, led_to=final, led=times), final if times >= TIMES else None


def gives_up_location(channel: Channel, hints: ChannelHints, verdict: Verdict) -> bool:
    """Tell whether a channel that could not be had where it has moved to is asked at its declared address again."""
    if channel.location is None:
        return False
    if verdict.outcome is Outcome.DEFERRED:
        return hints.unreached >= UNREACHED_THERE
    gone = verdict.state is LinkState.GONE or verdict.reason == "unreadable"
    return gone or channel.failures + 1 >= FAILURES_THERE


def seeks(channel: Channel, verdict: Verdict) -> bool:
    """Tell whether a feed's new address is looked for: at some failures in a row, or at once if it is gone for good."""
    if channel.kind is not ChannelKind.FEED or channel.parent_id is not None or verdict.outcome is Outcome.DEFERRED:
        return False
    failures = channel.failures + 1
    return failures in SEEK_AT or (failures == 1 and is_gone_for_good(verdict))


def is_gone_for_good(verdict: Verdict) -> bool:
    """Tell whether a server has said that an address will never come back."""
    return verdict.reason == "http-410"
