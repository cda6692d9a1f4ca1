"""Accounting: no work is lost to a bug. What raised in a callback or pipeline is settled with its reason."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.settle import Settler
from crawler.verdicts import Verdict
from crawler.work import Work
from storage.types import LinkState, Outcome

logger = logging.getLogger(__name__)


class Accounting:
    """Settles the work behind a response when something unexpected was raised on its way."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Accounting:
        """Build the extension for a crawler."""
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_error, signals.spider_error)
        crawler.signals.connect(extension.item_error, signals.item_error)
        return extension

    async def spider_error(self, failure: Failure, response: Response | None) -> None:
        """A callback raised."""
        await self._settle(response, failure)

    async def item_error(self, item: Any, response: Response | None, failure: Failure) -> None:
        """A pipeline raised."""
        await self._settle(response, failure)

    async def _settle(self, response: Response | None, failure: Failure) -> None:
        work: Work | None = response.meta.get("newsdesk_work") if response is not None and response.request else None
        settler: Settler | None = getattr(self._crawler.spider, "settler", None)
        if work is None or settler is None or work.settled.done():
            return
        detail = f"{failure.type.__name__ if failure.type else 'error'}: {failure.getErrorMessage()[:200]}"
        verdict = Verdict(LinkState.PENDING, Outcome.FAILED, "internal-error", detail)
        try:
            await settler.settle_failure(work, verdict)
        except Exception:
            logger.exception("could not record what became of %s; it stays pending", work.url)
            work.settle(Outcome.FAILED)
