"""When an article was published: what the page says, else what its channel said, else what stands in its text."""

from __future__ import annotations

from datetime import datetime, timedelta

from htmldate import find_date
from lxml.html import HtmlElement

from pipelines import dates
from storage.types import DateSource, Page, Stamp

DAY = timedelta(days=1)


def published(tree: HtmlElement, told: Stamp | None, page: Page, now: datetime) -> Stamp | None:
    """Return the publication date of a page whose markup says `told`.

    Where nothing speaks, htmldate looks once more; the day of the crawl itself is not believed from there.
    """
    if told is None and page.hints.published is None:
        seen = find_date(tree, url=page.url, original_date=True, extensive_search=False)
        stamp = dates.read_stamp(seen, DateSource.TEXT, now)
        told = stamp if stamp is not None and now - stamp.value >= DAY else None
    return dates.choose(told, page.hints, now)
