"""The daemon's process: one Scrapy crawl whose agenda never ends, and a stop that drains it within 20 seconds."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any

from scrapy import signals as scrapy_signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import BaseSettings
from scrapy.utils.project import get_project_settings

from crawler.desk import desk_of
from crawler.logs import install
from crawler.notify import ALIVE, READY, STOPPING, notify, notify_reloading, watchdog_seconds
from crawler.push.start import attach_pushes
from crawler.schedule import Clock
from storage.daemonlock import DaemonLock, Holder, take_daemon_lock
from storage.errors import FailureError

if TYPE_CHECKING:
    from crawler.metrics.meters import Meters

DRAIN_SECONDS, CLOSE_SECONDS = 15.0, 4.0
"""What is in flight may end within the first; within the second all is closed, or the process ends without."""
BEAT_SECONDS = 1.0
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
    """Run until SIGTERM or SIGINT; a second signal ends at once (pending links stay pending). Return the exit code.

    SIGHUP reads the sources again. Raises FailureError when the metrics cannot be served.
    """
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to read again
    settings = get_project_settings()
    for name, value in (("LOGSTATS_INTERVAL", 0), ("STATS_DUMP", False), ("LOG_INSTALL_ROOT_HANDLER", False)):
        settings.set(name, value, priority="project")
    process = AsyncCrawlerProcess(settings)
    install(settings)
    crawler = process.create_crawler("news")
    attach_pushes(crawler)
    life = _Life(crawler, lock, _metrics(settings))
    crawler.signals.connect(life.opened, scrapy_signals.spider_opened)
    crawler.signals.connect(life.closed, scrapy_signals.spider_closed)
    process.crawl(crawler, daemon=True)
    process.start(install_signal_handlers=False)
    return life.code or int(process.bootstrap_failed)


def _metrics(settings: BaseSettings) -> Meters | None:
    """Serve the metrics where that is asked for."""
    address, port = settings["NEWSDESK_METRICS_ADDRESS"], settings.getint("NEWSDESK_METRICS_PORT")
    if not port:
        return None
    from crawler.metrics.meters import Meters
    from crawler.metrics.server import serve

    meters = Meters()
    serve(address, port, meters.registry)
    logger.info("metrics at http://%s:%d/metrics", f"[{address}]" if ":" in address else address, port)
    return meters


class _Life:
    """From the spider's opening to the last settled request."""

    def __init__(self, crawler: Crawler, lock: DaemonLock, meters: Meters | None) -> None:
        self._crawler = crawler
        self._lock = lock
        self._meters = meters
        self.code = 0
        self._clock: Clock | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: asyncio.Task[None] | None = None
        self._stopping = False

    async def opened(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        desk = desk_of(self._crawler)
        if self._meters is not None:
            from crawler.metrics.live import Live

            self._meters.registry.register(Live(desk))
        self._clock = Clock(desk, self._crawler.settings, self._meters)
        self._clock.start()
        self._begin(self._watch_lock())
        self._begin(self._beat())
        logger.info("newsdesk runs (PID %d); SIGTERM or Ctrl-C stops it", os.getpid())
        notify(READY)

    async def closed(self) -> None:
        if self._clock is not None:
            self._clock.stop()
        if not self._stopping:
            logger.error("the crawl has ended by itself; what is pending stays so")
            self.code = 1
        for task in self._tasks:  # not the drain, which waits for this: its end would be that of the stop
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _beat(self) -> None:
        """Measure how late the loop is, and tell systemd that it lives."""
        within = watchdog_seconds()
        pause = BEAT_SECONDS if within is None else min(BEAT_SECONDS, within / 4)
        while True:
            began = monotonic()
            await asyncio.sleep(pause)
            if self._meters is not None:
                self._meters.lag(monotonic() - began - pause)
            if within is not None:
                notify(ALIVE)

    async def _watch_lock(self) -> None:
        while await asyncio.to_thread(self._lock.is_held):
            await asyncio.sleep(LOCK_SECONDS)
        logger.error("another newsdesk run has taken this database; finishing what is in flight")
        self.code = 1
        self._drain_once()

    def _reload(self) -> None:
        if self._stopping or self._clock is None:
            return
        self._begin(self._read_sources(self._clock))

    async def _read_sources(self, clock: Clock) -> None:
        notify_reloading()
        try:
            await clock.read_sources()
        except Exception:
            logger.exception("the sources stay as they are")
        notify(READY)

    def _stop(self, number: int) -> None:
        if self._stopping:
            logger.warning("a second signal: ending at once")
            self._end(1)
        logger.info("%s: finishing what is in flight", signal.Signals(number).name)
        self._drain_once()

    def _drain_once(self) -> None:
        if not self._stopping:
            self._stopping = True
            notify(STOPPING)
            # A thread: the loop may be blocked, or be gone while something else keeps the process from ending.
            last = threading.Timer(DRAIN_SECONDS + CLOSE_SECONDS, self._end)
            last.daemon = True
            last.start()
            self._ending = asyncio.get_running_loop().create_task(self._drain())

    def _end(self, code: int | None = None) -> None:
        pool = desk_of(self._crawler).session.workers
        if pool is not None:
            pool.kill()
        os._exit(self.code if code is None else code)

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
        await engine.close_spider_async(reason="stopped")
