"""What a feed says of itself beyond its entries: when to ask again, its hub, and where its older entries are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import etree

from crawler.discovery.addresses import absolute, base_of
from crawler.discovery.entries import child_text
from crawler.discovery.markup import local, text_of
from storage.types import Found

_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_UNSAID = (3600, 1)
_YEAR = 31536000
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORDPRESS = re.compile(r"\bwordpress\.(?:org|com)\b", re.IGNORECASE)


def advised(found: Found, head: etree._Element, url: str) -> Found:
    """Return what was found in a feed together with what its head says of polling, hub and older entries."""
    return replace(
        found,
        ttl_seconds=_ttl(head),
        skip_hours=_skipped(head, "skiphours", "hour", 24, _hour),
        skip_days=_skipped(head, "skipdays", "day", 7, _day),
        hub=next(_links(head, "hub", url), None),
        topic=next(_links(head, "self", url), None),
        older=_older(head, url),
    )


def next_page(url: str) -> str:
    """Return the address of the page after this one, as WordPress numbers the pages of a feed (`paged=2`)."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = _number(query.get("paged")) or 1
    return parts._replace(query=urlencode(query | {"paged": str(page + 1)}), fragment="").geturl()


def _links(head: etree._Element, rel: str, url: str) -> Iterator[str]:
    """Yield where the head's links of a relation lead."""
    for child in head:
        if local(child) == "link" and rel in (child.get("rel") or "").lower().split():
            target = absolute(base_of(child, url), child.get("href") or "")
            if target is not None:
                yield target


def _older(head: etree._Element, url: str) -> str | None:
    """Return where older entries are: the next page or the archive before (RFC 5005), or WordPress's next page."""
    told = next(_links(head, "next", url), None) or next(_links(head, "prev-archive", url), None)
    if told is not None or not _WORDPRESS.search(child_text(head, "generator") or ""):
        return told
    return next_page(url)


def _skipped(
    head: etree._Element, name: str, part: str, whole: int, read: Callable[[str], int | None]
) -> tuple[int, ...]:
    """Return the hours or days in a list of those to skip; none when it would be all."""
    lists = [child for child in head if local(child) == name]
    told = {read(text_of(one)) for child in lists[:1] for one in child if local(one) == part}
    numbers = sorted(number for number in told if number is not None)
    return tuple(numbers) if len(numbers) < whole else ()


def _hour(text: str) -> int | None:
    """Return an hour (GMT) from 0 to 23; RSS 0.91 calls midnight 24."""
    return int(text) % 24 if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= 24 else None


def _day(text: str) -> int | None:
    """Return the number of a weekday, 0 for Monday, by its English name."""
    return _DAYS.index(text.lower()) if text.lower() in _DAYS else None


def _ttl(head: etree._Element) -> int | None:
    """Return the seconds between updates that the feed declares (ttl in minutes, or the syndication module).

    Once an hour is what WordPress writes into every feed, and the module's own default: nobody has said that."""
    ttl = _number(child_text(head, "ttl"))
    if ttl:
        return min(ttl * 60, _YEAR)
    period = _PERIODS.get((child_text(head, "updateperiod") or "").lower())
    often = _number(child_text(head, "updatefrequency")) or 1
    return period // often if period and (period, often) != _UNSAID else None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0
