"""Dates as feeds and sitemaps write them, to UTC."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from functools import cache

from pipelines.dates import EARLIEST, read_stamp
from storage.types import DateSource

SLACK = timedelta(days=1)
PATIENCE = 2.0
"""Seconds of CPU that one document's odd dates may take."""

# Hours from UTC. Of names with several meanings, the one that news sites use.
_ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "hst": -10,
    "ast": -4, "brt": -3, "art": -3, "clt": -4, "bst": 1, "ist": 5.5, "wet": 0, "west": 1, "cet": 1, "cest": 2,
    "mez": 1, "mesz": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3, "sast": 2, "eat": 3, "wat": 1,
    "pkt": 5, "npt": 5.75, "ict": 7, "wib": 7, "sgt": 8, "hkt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9,
    "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
_MONTHS = (
    "jan ene gen jän янв", "feb fev fév фев", "mar mär mrz mrt мар", "apr abr avr апр", "may mai mei mag maj май мая",
    "jun jui giu июн", "jul lug июл", "aug aoû aou ago авг", "sep set сен", "oct okt out ott окт", "nov ноя",
    "dec dez dic déc дек",
)  # fmt: skip
_CLOCK = r"(?:[,T\s]+(?:at\s+|um\s+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?:\s*([ap])\.?m\b\.?)?)?"
_ZONE = r"(?:\s*(Z|(?:UTC|GMT|UT)?\s*[+-]\d{1,2}:?(?:\d{2})?|[A-Za-z]{2,5}))?(?:\s*[\[(][^\])]{0,40}[\])])?"
_SHAPES = tuple(
    re.compile(rf"\s*{day}{_CLOCK}{_ZONE}\s*(?:Uhr|h|hrs)?\s*", re.IGNORECASE)
    for day in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
        r"(?:[^\W\d]{2,12}\.?,?\s*)?(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?[\s/-]+(?P<m>[^\W\d]{3,12})\.?,?[\s/-]+(?P<y>\d{4}|\d{2})",
        r"(?:[^\W\d]{2,12}\.?,?\s+)?(?P<m>[^\W\d]{3,12})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
        r"(?P<d>1[3-9]|2\d|3[01])[-/](?P<m>\d{1,2})[-/](?P<y>\d{4})",
    )
)


class Moments:
    """Reads the dates of one document, as seen from `now`."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime.now(UTC)
        self._patience = PATIENCE

    def read(self, raw: str | None) -> datetime | None:
        """Return a written date as aware UTC; None when it cannot be read, or lies over a day ahead or before 1990."""
        if not raw or len(raw) > 100:
            return None
        value = _plain(raw) or self._odd(raw)
        return value if value is not None and EARLIEST <= value <= self._now + SLACK else None

    def _odd(self, raw: str) -> datetime | None:
        """Ask the reader of all languages and forms; a date that it cannot read costs it a second."""
        if self._patience <= 0:
            return None
        before = time.process_time()
        stamp = read_stamp(raw, DateSource.FEED, self._now + SLACK)
        self._patience -= time.process_time() - before
        return stamp.value if stamp is not None else None


def _plain(raw: str) -> datetime | None:
    """Read the forms that feeds mostly use: ISO 8601, RFC 822 with months and zones of any language, day first."""
    found = next((match for shape in _SHAPES if (match := shape.fullmatch(raw))), None)
    if found is None:
        return None
    hour, minute, second, half, zone = found.groups()[-5:]
    month, year = _month(found["m"]), int(found["y"])
    offset = _offset(zone)
    if month is None or offset is None:
        return None
    at = _hour(int(hour or 0), half)
    if at > 24:
        return None
    year = year if year > 99 else 2000 + year if year < 70 else 1900 + year
    try:
        day = datetime(year, month, int(found["d"]), tzinfo=UTC)
        return day + timedelta(hours=at, minutes=int(minute or 0), seconds=min(int(second or 0), 59)) - offset
    except (ValueError, OverflowError):
        return None


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of the day; afternoon hours that are counted to 24 as well are taken as they stand."""
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half in "pP" else 0)


def _offset(zone: str | None) -> timedelta | None:
    name = re.sub(r"\s", "", zone or "").lower()
    if name in ("", "z", "ut", "utc", "gmt", "uhr", "h", "hrs"):
        return timedelta(0)
    found = re.fullmatch(r"(?:utc|gmt|ut)?([+-])(\d{1,2}?):?(\d{2})?", name)
    if found is None:
        return timedelta(hours=_ZONES[name]) if name in _ZONES else None
    sign, hours, minutes = found.groups()
    size = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return size if sign == "+" else -size


def _month(name: str) -> int | None:
    if name.isdigit():
        return int(name)
    name = name.lower()
    return 7 if name.startswith(("juil", "июл")) else _months().get(name[:3])


@cache
def _months() -> dict[str, int]:
    return {name[:3]: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
