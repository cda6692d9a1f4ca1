"""Answer pages over a pipe with newsdesk: all that its worker does with a page, and the content hash."""

from __future__ import annotations

import contextlib
import re
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from benchmarks.extraction.peers import EVERYTHING, System, serve
from storage.types import Drop, Page, Stamp

_ISO_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
FARTHEST = timedelta(days=1)
"""No zone puts a page's day further than this from the day in UTC."""


def newsdesk() -> System:
    """Load the worker's modules as the worker does."""
    import pipelines.warm  # noqa: F401
    from pipelines.extract import extract, extractor
    from pipelines.fingerprint import content_hash

    def work(html: bytes, url: str) -> Any:
        got = extract(Page(url, html))
        if not isinstance(got, Drop):
            content_hash(got.headline, got.body)
        return got

    return System(extractor(), EVERYTHING, work, _tell)


def _tell(got: Any) -> dict[str, Any]:
    if isinstance(got, Drop):
        return {"problem": f"dropped: {got.reason} ({got.detail})"}
    return {"text": got.body, "title": got.headline, "day": own_day(got.published), "authors": list(got.authors)}


def own_day(stamp: Stamp | None) -> str:
    """Return the calendar day that the page itself wrote, whatever day it was in UTC; empty when there is none."""
    if stamp is None:
        return ""
    day = stamp.value.date()
    written = _written_day(stamp.raw.strip()) or day
    return str(written if abs(written - day) <= FARTHEST else day)


def _written_day(raw: str) -> date | None:
    if raw.isdigit() and len(raw) != 8:  # seconds since 1970 have no zone of their own
        return None
    iso = _ISO_DAY.match(raw)
    with contextlib.suppress(ValueError):
        if iso:
            year, month, day = map(int, iso.groups())
            return date(year, month, day)
    with contextlib.suppress(ValueError, TypeError, IndexError):
        return parsedate_to_datetime(raw).date()
    return _day_in_words(raw)


def _day_in_words(raw: str) -> date | None:
    with contextlib.suppress(Exception):
        import dateparser

        read = dateparser.parse(raw, settings={"REQUIRE_PARTS": ["day", "month", "year"]})
        return read.date() if read else None
    return None


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(newsdesk)
