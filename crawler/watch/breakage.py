"""Whether a source has broken: its channels or pages cannot be had (failing), or newsdesk is kept out (blocked)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.commands.wording import number, percent
from crawler.watch.recent import Recent, Window
from crawler.watch.states import Finding, State
from storage.days import POLL, REFUSALS
from storage.health import BROKEN, DOWN
from storage.watched import Watched, WatchedChannel

HOST_DOWN = 5
"""Failures in a row after which a host is down: its back-off has lasted some minutes by then."""
LEAST_FETCHES = 10
LEAST_POLLS, NO_SUCCESS = 4, timedelta(hours=3)
"""Polls of a day that have all failed, and the time without success, from which that counts."""
MOST_FAIL, STILL_FAIL = 0.5, 0.3
"""Shares of page fetches that failed: above which a source is failing, and above which it stays so."""


def is_down(channel: WatchedChannel) -> bool:
    """Tell whether a channel, or its host, has failed several times in a row."""
    return channel.failures >= DOWN or channel.host_failures >= HOST_DOWN


def cause(channel: WatchedChannel) -> str:
    """Return the reason of a channel that is down: a slug first, such as http-403."""
    if channel.failures >= DOWN and channel.last_error:
        return channel.last_error
    return channel.host_reason or channel.last_error or "no answer"


def _slug(channel: WatchedChannel) -> str:
    return cause(channel).partition(":")[0]


def find_breakage(source: Watched, recent: Recent, now: datetime) -> Finding | None:
    """Return that most of a source's channels are down, that no poll of today has succeeded, or most pages' fetches."""
    down = [channel for channel in source.channels if is_down(channel)]
    if len(down) * 2 > len(source.channels):
        return _of_channels(down, len(source.channels))
    return _of_polls(source, recent.windows[0], now) or _of_pages(source, recent)


def _of_polls(source: Watched, today: Window, now: datetime) -> Finding | None:
    """Return that no poll of today has succeeded, and none for hours: polls that are put off count no failures."""
    if today.polls < LEAST_POLLS or today.polls_failed < today.polls:
        return None
    if any(now - (channel.last_polled or source.first_seen) < NO_SUCCESS for channel in source.channels):
        return None
    reasons = Counter({reason.removeprefix(POLL): n for reason, n in today.reasons.items() if reason.startswith(POLL)})
    refused = sum(count for reason, count in reasons.items() if reason in REFUSALS)
    state = State.BLOCKED if refused * 2 > today.polls else State.FAILING
    often = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(3))
    return Finding(state, f"none of {today.polls} polls since {today.since} was answered: {often}")


def _of_channels(down: Sequence[WatchedChannel], of: int) -> Finding:
    refused = [channel for channel in down if _slug(channel) in REFUSALS]
    worst = max(down, key=lambda channel: max(channel.failures, channel.host_failures))
    times = max(worst.failures, worst.host_failures)
    some = f"all {of} channels" if len(down) == of else f"{len(down)} of {of} channels"
    which = worst.url if of == 1 else f"{some}, such as {worst.url},"
    state = State.BLOCKED if len(refused) * 2 > len(down) else State.FAILING
    verb = "refused" if state is State.BLOCKED else "failed"
    return Finding(state, f"{which} {verb} {number(times, 'time')} in a row: {cause(worst)}")


def _of_pages(source: Watched, recent: Recent) -> Finding | None:
    """Return that most fetches of the last day failed. A page that holds a wall was refused, too."""
    window = recent.fetches
    reasons = Counter({reason: count for reason, count in window.reasons.items() if not reason.startswith(POLL)})
    refused = sum(count for reason, count in reasons.items() if reason in REFUSALS)
    walled = sum(reasons[wall] for wall in ("bot-wall", "consent", "led-to-a-wall", "robots"))
    tried = window.pages + window.failed + reasons["robots"]
    bad = window.failed + walled
    limit = STILL_FAIL if source.known is not None and source.known.state in BROKEN else MOST_FAIL
    if tried < LEAST_FETCHES or bad / tried <= limit:
        return None
    state = State.BLOCKED if refused * 2 > bad else State.FAILING
    often = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(3))
    verb = "refused" if state is State.BLOCKED else "failed"
    return Finding(
        state, f"{bad} of {tried} page fetches ({percent(bad / tried)}) {verb} since {window.since}: {often}"
    )
