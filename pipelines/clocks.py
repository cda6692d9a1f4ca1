"""On which clock a page tells its time: the zone that its other dates give to a moment in UTC, or without a zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pipelines.dates import COARSE, read
from pipelines.written import Reading
from pipelines.zones import is_offset
from storage.types import DatePrecision, Stamp

BRIEF = 45
_MINUTE = timedelta(minutes=1)
_NEAR = timedelta(hours=14)


class Shown(NamedTuple):
    """A date as it stands in the page, and what was read in it.

    It is `seen` by readers, or said in an attribute; `changed` tells that it is said to be that of a change, `same`
    that it is another form of the very stamp in question.
    """

    raw: str
    reading: Reading
    seen: bool = True
    changed: bool = False
    same: bool = False

    @property
    def brief(self) -> bool:
        """Whether the text is hardly more than the date, and no sentence that mentions one."""
        return len(self.raw) <= BRIEF


def on_own_clock(stamp: Stamp, shown: Iterable[Shown], also: Stamp | None = None) -> Stamp:
    """Return a stamp whose `raw` has the day of the page's own zone, and its value by that zone if it had none.

    `also` is the page's other stamp (of its change): what readers see may be that one.
    """
    told = read(stamp.raw)
    if told is None or stamp.precision in COARSE or told.offset:
        return stamp
    offset = _offset(told, (one for one in shown if not one.changed))
    if offset is None and also is not None and (other := read(also.raw)) and also.precision not in COARSE:
        offset = _offset(other, shown) if (other.offset is None) == (told.offset is None) else None
    if offset is not None:
        return _moved(stamp, told, offset)
    return _on_shown_day(stamp, shown, also) if told.offset is not None else stamp


def _offset(told: Reading, shown: Iterable[Shown]) -> timedelta | None:
    offsets = (_between(told, one) for one in shown if one.reading.precision not in COARSE)
    return next((offset for offset in offsets if offset is not None), None)


def _between(told: Reading, one: Shown) -> timedelta | None:
    """Return how far the page's clock is from UTC, if both say when the same moment was."""
    local, offset = one.reading.local, one.reading.offset
    if told.offset is None:
        if offset is None:
            return None
        return _rounded(told.local - (local - offset)) if one.same else _equal(told.local, local, offset)
    moment = told.local - told.offset
    if offset is not None:
        return offset if offset and abs(local - offset - moment) <= _MINUTE else None
    found = _rounded(local - moment) if one.seen or one.same else None
    return found if found or one.seen else None


def _equal(one: datetime, other: datetime, offset: timedelta) -> timedelta | None:
    return offset if abs(one - other) <= _MINUTE else None


def _rounded(distance: timedelta) -> timedelta | None:
    """Return a distance as an offset that clocks have, None where it is none."""
    minutes = round(distance.total_seconds() / 60 / 15) * 15
    offset = timedelta(minutes=minutes)
    return offset if abs(distance - offset) <= _MINUTE and is_offset(offset) else None


def _moved(stamp: Stamp, told: Reading, offset: timedelta) -> Stamp:
    value = (told.local - (offset if told.offset is None else told.offset)).replace(tzinfo=UTC)
    local = (value + offset).replace(tzinfo=None)
    if told.offset is not None and not offset:
        return stamp
    return Stamp(
        min(value, max(value, stamp.value)), _iso(local, offset, stamp.precision), stamp.source, stamp.precision
    )


def _iso(local: datetime, offset: timedelta, precision: DatePrecision) -> str:
    sign, minutes = ("-" if offset < timedelta(0) else "+"), abs(int(offset.total_seconds())) // 60
    spec = "minutes" if precision is DatePrecision.MINUTE else "seconds"
    return f"{local.isoformat(timespec=spec)}{sign}{minutes // 60:02}:{minutes % 60:02}"


def _is_day(one: Shown) -> bool:
    return one.seen and one.reading.precision is DatePrecision.DAY and one.brief and not one.changed


def _on_shown_day(stamp: Stamp, shown: Iterable[Shown], also: Stamp | None) -> Stamp:
    """Return a stamp with the day that readers see, where it is the day of some zone at that moment."""
    days = {one.reading.local.date(): one.raw for one in shown if _is_day(one)}
    moment = stamp.value.replace(tzinfo=None)
    if len(days) != 1 or (also is not None and abs(also.value - stamp.value) > _NEAR):
        return stamp
    ((day, raw),) = days.items()
    possible = {(moment + timedelta(hours=hours)).date() for hours in (-11, 11)}
    return Stamp(stamp.value, raw, stamp.source, stamp.precision) if day in possible and day != moment.date() else stamp
