"""Which offset from UTC a zone's abbreviation means on a day."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2,
    "MESZ": 2, "EET": 2, "SAST": 2, "CAT": 2, "EEST": 3, "MSK": 3, "МСК": 3, "EAT": 3, "TRT": 3, "GST": 4, "PKT": 5,
    "IST": 5.5, "NPT": 5.75, "WIB": 7,
    "ICT": 7, "SGT": 8, "HKT": 8, "AWST": 8, "MYT": 8, "PHT": 8, "WITA": 8, "JST": 9, "KST": 9,
    "WIT": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5,
    "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3,
}  # fmt: skip
_PLACES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_NAMED = re.compile(rf"(?<![^\W\d_])({'|'.join(sorted((*_HOURS, *_PLACES), key=len, reverse=True))})(?![^\W\d_])")
_NUMBER = re.compile(r"(?:^|UTC|GMT|\s)\s*([+\-−])(\d{1,2})(?::?([0-5]\d))?\b")
_PARTS = {0, 30, 45}


def offset_in(text: str, local: datetime) -> timedelta | None:
    """Return the offset that a text beside a local time names ("EST", "ET", "GMT+2", "+01:00"), if it does."""
    number = _NUMBER.search(text)
    if number:
        return signed(number.group(1), int(number.group(2)), int(number.group(3) or 0))
    named = _NAMED.search(text)
    if named is None:
        return None
    name = named.group(1)
    if name in _PLACES:
        return local.replace(tzinfo=ZoneInfo(_PLACES[name])).utcoffset()
    return timedelta(hours=_HOURS[name])


def signed(sign: str, hours: int, minutes: int) -> timedelta | None:
    """Return an offset, None for one that no place on earth has."""
    offset = timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1)
    return offset if is_offset(offset) else None


def is_offset(offset: timedelta) -> bool:
    """Tell whether clocks somewhere on earth stand so far from UTC."""
    minutes = int(offset.total_seconds() / 60)
    return -12 * 60 <= minutes <= 14 * 60 and abs(minutes) % 60 in _PARTS
