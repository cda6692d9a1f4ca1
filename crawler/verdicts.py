"""What an answer, or the lack of one, means for a link: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from storage.types import LinkState, Outcome

OVERLOADED = (429, 503)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a link or poll that gave no document.

    `state` PENDING means: try again later. `rest_host` asks to leave the host alone, for `retry_after` seconds
    when it said so. `strains` marks a failure that may be the page's own; several in a row are the host's. `counted` is
    False when the try was not the link's fault.
    """

    state: LinkState
    outcome: Outcome
    reason: str
    detail: str | None = None
    rest_host: bool = False
    retry_after: float | None = None
    counted: bool = True
    strains: bool = False


def judge_status(status: int, retry_after: str | None, now: datetime) -> Verdict | None:
    """Return the verdict on an HTTP status, None when the answer holds a document (2xx)."""
    if 200 <= status < 300:
        return None
    reason = f"http-{status}"
    if status in (404, 410):
        return Verdict(LinkState.GONE, Outcome.GONE, reason)
    if status in OVERLOADED:
        wait = read_retry_after(retry_after, now)
        return Verdict(
            LinkState.PENDING, Outcome.DEFERRED, reason, rest_host=True, retry_after=wait, counted=status == 503
        )
    if status in (408, 425) or status >= 500:
        return Verdict(LinkState.PENDING, Outcome.FAILED, reason, strains=status >= 500)
    return Verdict(LinkState.FAILED, Outcome.FAILED, reason)


def read_retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (delta-seconds or HTTP-date, RFC 9110 10.2.3)."""
    if not text:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - now).total_seconds(), 0.0)


def went_home(asked: str, final: str) -> bool:
    """Tell whether a page's address now leads to a site's front page: its article is gone."""
    before, after = urlsplit(asked), urlsplit(final)
    return after.path in ("", "/") and not after.query and (before.path not in ("", "/") or bool(before.query))
