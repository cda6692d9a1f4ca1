"""What an answer's headers say of asking again: how long it is fresh (RFC 9111), and its WebSub hub. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.discovery.addresses import absolute

_DIRECTIVE = re.compile(r'([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]*)))?')
_LINK = re.compile(r'<([^<>]{1,4000})>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]{0,500}"|[^\s;,"]{0,500}))?)*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))', re.IGNORECASE)
_LONGEST = 31_536_000


def fresh_seconds(
    cache_control: str | None, expires: str | None, age: str | None, date: str | None, now: datetime
) -> int:
    """Return the seconds for which an answer is fresh, from now on; 0 when it says nothing of it, or that it is not.

    `no-cache` and `no-store` mean that it is not; `max-age` wins over Expires. `s-maxage` is for shared caches.
    """
    told = {
        name.lower(): quoted or bare for name, quoted, bare in reversed(_DIRECTIVE.findall(cache_control or ""))
    }  # the first of two that contradict each other counts
    if "no-cache" in told or "no-store" in told:
        return 0
    if "max-age" in told:
        return max(0, _number(told["max-age"]) - _number(age))
    until, sent = _moment(expires), _moment(date) or now
    if until is None:
        return 0
    return int(min(max((until - sent).total_seconds() - _number(age), 0), _LONGEST))


def hub_of(headers: Sequence[str], url: str) -> tuple[str | None, str | None]:
    """Return the WebSub hub and topic that Link headers of a document at `url` name, each None when none does."""
    found: dict[str, str] = {}
    for target, parameters in (pair for header in headers for pair in _LINK.findall(header[:20_000])):
        rels = _REL.search(parameters)
        address = absolute(url, target)
        for rel in (rels.group(1) or rels.group(2) or "").lower().split() if rels and address else ():
            found.setdefault(rel, str(address))
    return found.get("hub"), found.get("self")


def _number(text: str | None) -> int:
    text = (text or "").strip()
    return min(int(text[:12]), _LONGEST) if text.isascii() and text.isdigit() else 0


def _moment(text: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
