"""The daemon's process: one Scrapy crawl whose agenda never ends, and a stop that drains it within 20 seconds."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from typing import Any

from scrapy import signals as scrapy_signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.utils.project import get_project_settings

from crawler.desk import desk_of
from crawler.schedule import Clock

DRAIN_SECONDS = 15.0
logger = logging.getLogger(__name__)


def run() -> None:
    """Run until SIGTERM or SIGINT; a second signal ends at once (pending links stay pending)."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    settings = get_project_settings()
    settings.set("LOGSTATS_INTERVAL", 0, priority="project")
    settings.set("STATS_DUMP", False, priority="project")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler("news")
    life = _Life(crawler)
    crawler.signals.connect(life.opened, scrapy_signals.spider_opened)
    crawler.signals.connect(life.closed, scrapy_signals.spider_closed)
    process.crawl(crawler, daemon=True)
    process.start(install_signal_handlers=False)


class _Life:
    """From the spider's opening to the last settled request."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._clock: Clock | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def opened(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        self._clock = Clock(desk_of(self._crawler), self._crawler.settings)
        self._clock.start()
        logger.info("newsdesk runs (PID %d); SIGTERM or Ctrl-C stops it", os.getpid())

    async def closed(self) -> None:
        if self._clock is not None:
            self._clock.stop()

    def _stop(self, number: int) -> None:
        if self._stopping is not None:
            logger.warning("a second signal: ending at once")
            os._exit(1)
        logger.info("%s: finishing what is in flight", signal.Signals(number).name)
        self._stopping = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        """Let what is in flight be stored; what is not done in time stays pending for the next start."""
        if self._clock is not None:
            self._clock.stop()
        agenda = desk_of(self._crawler).agenda
        if agenda is not None:
            agenda.stop()
            try:
                await asyncio.wait_for(agenda.drained(), DRAIN_SECONDS)
            except TimeoutError:
                logger.warning("not everything ended within %.0f s; the rest stays pending", DRAIN_SECONDS)
        engine: Any = self._crawler.engine
        asyncio.get_running_loop().call_later(4.0, os._exit, 0)
        await engine.close_spider_async(reason="stopped")
