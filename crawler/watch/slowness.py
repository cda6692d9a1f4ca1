"""Whether a source has become slow: late articles, slow answers, links that wait for longer than a day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import reduce

from crawler.commands.wording import number, span
from crawler.watch.recent import Recent, add_counts, median_delay, usual_polls
from crawler.watch.states import Finding, State
from crawler.watch.usual import Usual
from storage.watched import Watched

BASELINE = timedelta(days=28)
LEAST_NOW, LEAST_BEFORE = 8, 20
LATE, FACTOR, STILL = 180.0, 4.0, 2.0
"""Minutes that articles must be late, and times the usual: to find slowness, and to keep it."""
SLOW_ANSWER, STILL_SLOW_ANSWER = 10.0, 5.0
"""Seconds that answers take."""
LEAST_WAITING = 20
SETTLED = timedelta(days=3)
"""A new source's first links may wait that long."""


def find_slowness(source: Watched, usual: Usual, recent: Recent, now: datetime) -> Finding | None:
    """Return that a source is slow, and by what."""
    already = source.known is not None and source.known.state == State.SLOW
    reason = _late(source, recent, now, already) or _slow_answers(source, already) or _waiting(source, usual, now)
    return Finding(State.SLOW, reason) if reason else None


def _late(source: Watched, recent: Recent, now: datetime, already: bool) -> str | None:
    """Return that articles are stored far later than usual though the source was polled as often as usual."""
    delays = recent.day.delays
    late = median_delay(delays)
    if late is None or late <= (LATE / 2 if already else LATE) or delays.total() < LEAST_NOW:
        return None
    yesterday = now.date() - timedelta(days=1)
    before = [day for day in source.days if yesterday - BASELINE < day.day < yesterday]
    polled = next((day.polls - day.polls_failed for day in source.days if day.day == yesterday), 0)
    past = reduce(add_counts, (day.delays for day in before), Counter[str]())
    usual = median_delay(past)
    if usual is None or past.total() < LEAST_BEFORE or polled < usual_polls(before) / 2:
        return None
    if late < usual * (STILL if already else FACTOR):
        return None
    half = f"half of the articles were stored later than {span(timedelta(minutes=late / 2))} after their publication"
    return f"{half} since yesterday, usually within {span(timedelta(minutes=usual))}"


def _slow_answers(source: Watched, already: bool) -> str | None:
    slowest = max((channel.latency or 0.0 for channel in source.channels), default=0.0)
    if slowest <= (STILL_SLOW_ANSWER if already else SLOW_ANSWER):
        return None
    return f"its server takes {slowest:.0f} s to answer"


def _waiting(source: Watched, usual: Usual, now: datetime) -> str | None:
    if now - source.first_seen < SETTLED or source.backlog < max(LEAST_WAITING, usual.mean):
        return None
    return f"{number(source.backlog, 'link')} have been waiting for longer than a day"
