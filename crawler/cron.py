"""When does a cron expression match: five fields as cron reads them, exact through both clock changes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

_NEAR = timedelta(hours=3)
"""No clock is set by more."""
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(\*|\d|[a-z]{3})(?:-(\d|[a-z]{3}))?(?:/(\d+))?", re.IGNORECASE)


def firings(expression: str, timezone: str | None, after: datetime) -> Iterator[datetime]:
    """Yield the times (UTC) after `after` at which the expression matches in the zone (UTC by default), in order.

    As with cron, an expression whose minutes or hours begin with `*` follows the time that passes: nothing for an
    hour that is skipped, twice in one that comes twice. Any other fires once: at the first of two equal times, and for
    a time that is skipped as much later as the clock was set. Sunday is 0 and 7; a day of the month and a day of the
    week that are both named match either. Raises ValueError for an expression that cannot be read.
    """
    while (found := _next(expression, timezone or "UTC", after)) is not None:
        yield found
        after = found


def _next(expression: str, timezone: str, after: datetime) -> datetime | None:
    zone = ZoneInfo(timezone)
    follows = any(field.startswith("*") for field in expression.split()[:2])
    if _is_steady(zone, after):
        # The clock face is steady: the first match on it is the first in time, unless a change lies before it.
        face = next(_faces(expression, _face(after, zone)), None)
        instants = _instants(face, zone, follows) if face is not None else []
        if face is None or (instants and _is_steady(zone, instants[0])):
            return instants[0] if instants else None
    best: datetime | None = None
    for face in _faces(expression, _face(after - _NEAR, zone)):
        if best is not None and face.replace(tzinfo=zone).astimezone(UTC) > best + _NEAR:
            break
        later = [instant for instant in _instants(face, zone, follows) if instant > after]
        best = min([*later, *([best] if best else [])], default=None)
    return best


def _is_steady(zone: ZoneInfo, at: datetime) -> bool:
    return (at - _NEAR).astimezone(zone).utcoffset() == (at + _NEAR).astimezone(zone).utcoffset()


def _face(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what a clock in the zone shows, as a time without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def _instants(face: datetime, zone: ZoneInfo, follows: bool) -> list[datetime]:
    """Return the times at which an expression fires for what the clock shows: none, one or two."""
    first, second = (face.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if _face(first, zone) != face:
        return [] if follows else [first]
    return [first, second] if follows and first != second else [first]


def _faces(expression: str, after: datetime) -> Iterator[datetime]:
    """Yield what the clock shows at the matches after that, in order."""
    triggers = _triggers(expression)
    while True:
        # A fire time may be `now` itself; what counts is what comes after.
        now = (after + timedelta(microseconds=1)).replace(tzinfo=UTC)
        found = [at for trigger in triggers if (at := trigger.get_next_fire_time(None, now)) is not None]
        if not found:
            return
        after = min(found).replace(tzinfo=None)
        yield after


@lru_cache(maxsize=4096)
def _triggers(expression: str) -> tuple[Any, ...]:
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"cron {expression!r} has {len(fields)} fields, not 5")
    minute, hour, day, month, weekday = fields
    chosen = [(day, _weekdays(weekday))]
    if not day.startswith("*") and not weekday.startswith("*"):
        chosen = [(day, "*"), ("*", _weekdays(weekday))]
    return tuple(
        CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=UTC)
        for day, weekday in chosen
    )


def _weekdays(field: str) -> str:
    """Return cron's days of the week as names: numbers mean other days to APScheduler, whose week begins on Monday."""
    days: set[int] = set()
    for part in field.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(f"cron: {part!r} is no day of the week")
        first, last, step = found.groups()
        begin, end = (0, 6) if first == "*" else (_weekday(first), _weekday(last or first))
        end = 6 if step and first != "*" and not last else end + (7 if end < begin else 0)
        days.update(day % 7 for day in range(begin, end + 1, max(int(step or 1), 1)))
    return ",".join(_DAYS[day] for day in sorted(days))


def _weekday(text: str) -> int:
    if text.isdigit() and int(text) <= 7:
        return int(text)
    if text.lower() in _DAYS:
        return _DAYS.index(text.lower())
    raise ValueError(f"cron: {text!r} is no day of the week")
