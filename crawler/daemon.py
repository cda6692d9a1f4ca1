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
from crawler.push.start import attach_pushes
from crawler.schedule import Clock
from storage.daemonlock import DaemonLock, Holder, take_daemon_lock
from storage.errors import FailureError

DRAIN_SECONDS = 15.0
LOCK_SECONDS = 30.0
"""Between two looks whether the database is still this daemon's."""
logger = logging.getLogger(__name__)


def claim(database_url: str) -> DaemonLock:
    """Take the database for this daemon. Raises FailureError when another one has it."""
    lock = take_daemon_lock(database_url)
    if isinstance(lock, Holder):
        raise FailureError(f"another newsdesk run has this database: {lock}. Stop it first; one-off crawls may go on")
    return lock


def run(lock: DaemonLock) -> int:
    """Run until SIGTERM or SIGINT; a second signal ends at once (pending links stay pending). Return the exit code."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    settings = get_project_settings()
    settings.set("LOGSTATS_INTERVAL", 0, priority="project")
    settings.set("STATS_DUMP", False, priority="project")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler("news")
    attach_pushes(crawler)
    life = _Life(crawler, lock)
    crawler.signals.connect(life.opened, scrapy_signals.spider_opened)
    crawler.signals.connect(life.closed, scrapy_signals.spider_closed)
    process.crawl(crawler, daemon=True)
    process.start(install_signal_handlers=False)
    return life.code


class _Life:
    """From the spider's opening to the last settled request."""

    def __init__(self, crawler: Crawler, lock: DaemonLock) -> None:
        self._crawler = crawler
        self._lock = lock
        self.code = 0
        self._clock: Clock | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def opened(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        self._clock = Clock(desk_of(self._crawler), self._crawler.settings)
        self._clock.start()
        self._watch = loop.create_task(self._watch_lock())
        logger.info("newsdesk runs (PID %d); SIGTERM or Ctrl-C stops it", os.getpid())

    async def closed(self) -> None:
        if self._clock is not None:
            self._clock.stop()
        if self._watch is not None:
            self._watch.cancel()

    async def _watch_lock(self) -> None:
        while await asyncio.to_thread(self._lock.is_held):
            await asyncio.sleep(LOCK_SECONDS)
        logger.error("another newsdesk run has taken this database; finishing what is in flight")
        self.code = 1
        self._stopping = self._stopping or asyncio.get_running_loop().create_task(self._drain())

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
        asyncio.get_running_loop().call_later(4.0, os._exit, self.code)
        await engine.close_spider_async(reason="stopped")
