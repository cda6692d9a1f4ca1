"""When an article was published: what the page says, else what its channel said, else what stands in its text."""

from __future__ import annotations

from datetime import datetime

from htmldate import find_date
from lxml.html import HtmlElement

from pipelines import dates
from storage.types import DateSource, Page, Stamp


def published(tree: HtmlElement, told: Stamp | None, page: Page, now: datetime) -> Stamp | None:
    """Return the publication date of a page whose markup says `told`."""
    if told is None and page.hints.published is None:
        seen = find_date(tree, url=page.url, original_date=True, extensive_search=False)
        told = dates.read_stamp(seen, DateSource.TEXT, now)
    return dates.choose(told, page.hints, now)
