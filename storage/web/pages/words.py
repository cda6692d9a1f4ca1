"""Values as people read them: times, spans, numbers, sizes, languages. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from storage.web.feeds.texts import web_address

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, overrides of the direction of what follows, and what UTF-8 cannot write."""
WORDS_A_MINUTE = 230
UNKNOWN = "und"


def clean(text: str) -> str:
    """Return a text without characters that act on the page around it."""
    return text if text.isascii() and text.isprintable() else _NOT_TEXT.sub("", text)


def moment(at: datetime | date | None, precision: str | None = None) -> str:
    """Return a time (UTC) as far as it is known, e.g. 25 Nov 2026, 14:05."""
    if at is None:
        return "unknown"
    if precision == "month":
        return f"{at:%b %Y}"
    if not isinstance(at, datetime) or precision == "day":
        return f"{at.day} {at:%b %Y}"
    return f"{at.day} {at.astimezone(UTC):%b %Y, %H:%M}"


def machine(at: datetime | date) -> str:
    """Return a time for the attribute of a time element."""
    return at.isoformat().replace("+00:00", "Z")


def ago(at: datetime | None, now: datetime) -> str:
    """Return how long ago a time was, in words; of one to come, in how long it will be."""
    if at is None:
        return "never"
    told = span(abs(now - at))
    return "now" if told == "0 s" else f"in {told}" if at > now else f"{told} ago"


def span(length: timedelta) -> str:
    """Return a length of time in its largest unit, or the two largest below ten hours."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 36_000 and seconds % 3600 >= 60:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    if seconds < 172_800:
        return f"{seconds // 3600} h"
    days = seconds // 86_400
    return f"{days} days" if days < 730 else f"{days // 365} years"


def number(value: float) -> str:
    """Return a number with its thousands apart."""
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def count(value: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """Return a share (0 to 1) in percent, with a decimal where it is small."""
    value = share * 100
    if 0 < value < 0.1:
        return "< 0.1 %"
    return f"{value:.1f} %" if 0 < value < 10 else f"{value:.0f} %"


def size(value: int) -> str:
    """Return bytes in the largest unit that leaves no fraction below one."""
    amount = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def minutes(words: int) -> str:
    """Return how long so many words take to be read."""
    return f"{max(1, round(words / WORDS_A_MINUTE))} min read"


def host(url: str | None) -> str:
    """Return the host of a web address, "" when it is none."""
    address = web_address(url)
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2][:80] if address else ""


@lru_cache(maxsize=512)
def language(code: str | None) -> str:
    """Return the English name of a language by its code."""
    if not code or code == UNKNOWN:
        return "unknown"
    return str(Locale("en").languages.get(code.replace("-", "_"), code))


@lru_cache(maxsize=512)
def direction(code: str | None) -> str:
    """Return the direction in which a language is written: ltr, rtl, or auto where it is not known."""
    try:
        return str(Locale.parse(code.replace("-", "_")).text_direction) if code else "auto"
    except (UnknownLocaleError, ValueError):
        return "auto"
