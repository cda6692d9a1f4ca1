"""The crawl's record: closed with its counts when the crawl ends, and one line of them in the log."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.alerts.tick import check_saved, deliver_saved
from crawler.desk import Desk, desk_of
from crawler.recleaning import clean_earlier
from storage.crawls import CrawlRecord, finish_crawl
from storage.due import pending_count

logger = logging.getLogger(__name__)
CLEAN_AT_MOST = 15.0
"""Seconds that a one-off crawl takes at its end to clean earlier articles; what is left, the next crawl does."""


class CrawlLog:
    """Closes the agenda, the leases and the record when the spider closes."""

    def __init__(self, desk: Desk, settings: BaseSettings) -> None:
        self._desk = desk
        self._settings = settings

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlLog:
        """Build the extension for a crawler."""
        extension = cls(desk_of(crawler), crawler.settings)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    async def spider_closed(self, reason: str) -> None:
        """End what the crawl had begun."""
        desk = self._desk
        if desk.agenda is not None:
            await desk.agenda.close()
        if desk.session.is_open:
            await desk.leases.close()
        if desk.session.crawl_id is None or desk.agenda is None:
            return
        crawl_id, scope = desk.session.crawl_id, desk.agenda.scope
        if reason == "finished":
            cleaned = await clean_earlier(desk.session, CLEAN_AT_MOST)
            if cleaned:
                logger.info("took learned boilerplate out of %d earlier articles", cleaned)
            await self._tell()
        state = "finished" if reason == "finished" else "interrupted"
        note = None if reason == "finished" else reason
        record = await desk.session.write(
            lambda c: finish_crawl(c, crawl_id, datetime.now(UTC), state=state, note=note)
        )
        left = await desk.session.read(lambda c: pending_count(c, scope))
        facts = {"crawl": record.id, "outcomes": record.outcomes, "links_new": record.links_new, "bytes": record.bytes}
        logger.info(summary(record, left), extra={**facts, "left_pending": left})

    async def _tell(self) -> None:
        """Tell what saved searches have found: nobody else may run to do so. What fails waits for the next crawl."""
        settings = self._settings
        try:
            await check_saved(self._desk.session, settings.getint("NEWSDESK_WATCH_ARTICLES"))
            await deliver_saved(self._desk.session, settings["NEWSDESK_HEALTH_TERMS"])
        except Exception:
            logger.exception("the saved searches could not be checked; the next crawl does it")


def summary(record: CrawlRecord, left: int) -> str:
    """Return a crawl's record as one line."""
    counts = ", ".join(f"{number} {name}" for name, number in sorted(record.outcomes.items())) or "nothing to do"
    seconds = (record.finished_at - record.started_at).total_seconds() if record.finished_at else 0.0
    pending = f"; {left} links left pending" if left else ""
    return (
        f"crawl {record.id} {record.state} ({record.subject}): {counts}; {record.links_new} new links, "
        f"{record.bytes / 1e6:.1f} MB in {seconds:.1f} s{pending}"
    )
