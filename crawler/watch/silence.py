"""Whether a source has gone silent: nothing new though its channels answer, for longer than its rhythm explains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import inf, log

from crawler.commands.wording import number, span
from crawler.watch.chance import log_none
from crawler.watch.states import Finding, State
from crawler.watch.usual import LEAST_DAYS, Usual, expected_by_day, is_watched
from storage.watched import Watched

FALSE_A_YEAR = 0.1
"""Silences a year of a source that is well which chance may bring."""
SHORTEST = timedelta(hours=6)
SHORTEST_UNKNOWN = timedelta(hours=30)
"""Without knowing at which hours a source sleeps."""
BUSY = 50
"""New links a day from which a holiday is no day without any."""
HOLIDAY = 0.3
"""Share of the usual that a busy source brings on a slow day."""
OFF = 0.15
"""Share of the mean below which a weekday is off."""
GAP_FACTOR = 2.5
LEAST_GAPS = 6
LONGEST = timedelta(days=45)
"""Nothing new for that long is silence, whatever is known of a source."""
NEVER = timedelta(days=14)
"""No link at all for that long, since a source was added."""
LOOK_BACK = timedelta(days=60)


def last_new(source: Watched) -> datetime | None:
    """Return when a channel had something new last."""
    return max((channel.last_new for channel in source.channels if channel.last_new), default=None)


def last_success(source: Watched) -> datetime | None:
    """Return when a channel was answered last, of those that do not fail now."""
    fine = [channel.last_polled for channel in source.channels if channel.last_polled and not channel.failures]
    return max(fine, default=None)


def find_silence(source: Watched, usual: Usual) -> Finding | None:
    """Return that a source is silent, with what was expected; None while its rhythm explains that nothing comes.

    The time counts until a channel was answered last, and only days on which one was.
    """
    since, until = last_new(source), last_success(source)
    if until is None:
        return None
    if since is None:
        waited = until - source.first_seen
        return _silent(f"nothing at all since it was added {span(waited)} ago") if waited > NEVER else None
    gap = until - since
    if gap < SHORTEST:
        return None
    if _stays_silent(source, since):
        return _silent(_reason(gap, since, _usual_before(source, usual)))
    if gap > LONGEST and (usual.gaps < LEAST_GAPS or gap > 3 * timedelta(days=usual.longest_gap)):
        return _silent(_reason(gap, since, usual.mean))
    if usual.days < LEAST_DAYS or usual.mean <= 0:
        return None
    if _is_longest(source, usual, gap) or _is_improbable(source, usual, since, until):
        return _silent(_reason(gap, since, usual.mean))
    return None


def _stays_silent(source: Watched, since: datetime) -> bool:
    """Tell whether nothing has come since a silence was found: that ends with something new alone."""
    return source.known is not None and source.known.state == State.SILENT and since <= source.known.since


def _usual_before(source: Watched, usual: Usual) -> float:
    before = source.known.figures.get("usual_a_day") if source.known else None
    return float(before) if before else usual.mean


def _silent(reason: str) -> Finding:
    return Finding(State.SILENT, reason)


def _reason(gap: timedelta, since: datetime, mean: float) -> str:
    return f"nothing new for {span(gap)} (since {since:%Y-%m-%d %H:%M} UTC), usually {volume(mean)}"


def volume(a_day: float) -> str:
    """Return a daily volume for people: by the day, or by the week or month where that is little."""
    if a_day >= 1:
        return f"{a_day:.0f} a day"
    return f"{a_day * 7:.0f} a week" if a_day * 7 >= 1 else f"{number(max(round(a_day * 30), 1), 'link')} a month"


def _is_longest(source: Watched, usual: Usual, gap: timedelta) -> bool:
    """Tell whether a gap is far longer than the longest one that was usual."""
    if usual.gaps < LEAST_GAPS or not usual.longest_gap:
        return False
    return gap > timedelta(days=usual.longest_gap * GAP_FACTOR + 1) and _asked_share(source, gap) > 0.9


def _asked_share(source: Watched, gap: timedelta) -> float:
    """Return the share of a gap's days on which a channel was answered."""
    days = max(gap.days, 1)
    return min(1.0, sum(is_watched(day) for day in source.days[-days:]) / days)


def _is_improbable(source: Watched, usual: Usual, since: datetime, until: datetime) -> bool:
    """Tell whether chance and holidays do not explain a gap."""
    if until - since < (SHORTEST if usual.hours else SHORTEST_UNKNOWN):
        return False
    asked = frozenset[date](day.day for day in source.days if is_watched(day))
    expected = expected_by_day(usual, max(since, until - LOOK_BACK), until, asked)
    chances = 365 * min(max(usual.mean, 0.1), 24.0)
    return sum(_explained(usual, expected)) < log(FALSE_A_YEAR / chances)


def _explained(usual: Usual, expected: dict[date, float]) -> Iterator[float]:
    """Yield the logarithms of the probability that nothing comes, by day.

    On a holiday a busy source still brings a part of the usual, a small one nothing: of it the best day is left out,
    and one more where weekends are off, as at Easter. Where days without anything are known, they are as likely.
    """
    if usual.mean >= BUSY:
        yield from (log_none(part * HOLIDAY, usual.steadiness) for part in expected.values())
        return
    off = 2 if min(usual.weekdays) < OFF * usual.mean else 1
    for day, part in sorted(expected.items(), key=lambda pair: pair[1])[:-off]:
        whole = min(part / max(usual.weekdays[day.weekday()], 1e-9), 1.0)
        floor = whole * log(usual.empty) if usual.empty > 0 else -inf
        yield max(log_none(part, usual.steadiness), floor)
