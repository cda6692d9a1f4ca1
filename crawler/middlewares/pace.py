"""Pace: one rate per host (authority), on every hop of a redirect, and only where this crawl holds the lease."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Request

from crawler.desk import Desk, desk_of
from crawler.middlewares.refusal import Refused
from crawler.verdicts import Verdict
from pipelines.hosts import host_of
from storage.hosts import HostBusy
from storage.types import LinkState, Outcome

COMMAND_LINE = 40
"""Scrapy's priority of settings given with -s: they win over the delay that a source declares."""


class PaceMiddleware:
    """Puts each request into its host's download slot, sets the slot's delay, and takes the host's lease."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self._desk = desk
        settings = crawler.settings
        self._base = settings.getfloat("DOWNLOAD_DELAY")
        self._fixed = (settings.getpriority("DOWNLOAD_DELAY") or 0) >= COMMAND_LINE
        self._concurrency = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._patience = settings.getfloat("NEWSDESK_PATIENCE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        """Build the middleware for a crawler."""
        return cls(crawler, desk_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Let the request through once its host may be asked. Raises Refused while another crawl has the host."""
        host = host_of(request.url)
        request.meta["download_slot"] = host
        self._set_delay(host, request.meta.get("newsdesk_delay"))
        if self._crawler.spider is None or self._crawler.spider.name == "default":
            return  # scrapy shell, fetch, view: no database behind them
        if self._desk.leases.holds(host):
            self._desk.leases.touch(host)
            return
        busy = await self._take(host, wait="newsdesk_work" not in request.meta)
        if busy is not None:
            seconds = max((busy.until - datetime.now(UTC)).total_seconds(), 1.0)
            detail = f"{host} may not be asked before {busy.until:%Y-%m-%d %H:%M:%S} UTC: {busy.reason}"
            raise Refused(
                Verdict(LinkState.PENDING, Outcome.DEFERRED, "host-busy", detail, retry_after=seconds, counted=False)
            )

    async def _take(self, host: str, *, wait: bool) -> HostBusy | None:
        """Lease a host in passing. A spider of the user's own has no frontier to come back by: it waits a while."""
        deadline = monotonic() + self._patience
        while isinstance(got := await self._desk.leases.take(host), HostBusy):
            if not wait or monotonic() > deadline:
                return got
            await asyncio.sleep(min(1.0, self._patience))
        return None

    def _set_delay(self, host: str, declared: float | None) -> None:
        if declared is not None:
            self._desk.declared_delays[host] = declared
        base = self._base if self._fixed else self._desk.declared_delays.get(host, self._base)
        delay = max(base, self._desk.crawl_delays.get(host, 0.0))
        engine: Any = self._crawler.engine
        downloader = engine.downloader
        own = {"concurrency": self._concurrency, "delay": delay, "jitter": 0}
        downloader.per_slot_settings[host] = own
        if host in downloader.slots:
            downloader.slots[host].delay = delay


def pace_left(crawler: Crawler, host: str) -> float:
    """Return the seconds that a host's pace still asks to wait before its next request."""
    engine: Any = crawler.engine
    slot = engine.downloader.slots.get(host)
    return max(0.0, slot.lastseen + slot.delay - monotonic()) if slot is not None and slot.lastseen else 0.0


def delay_of(crawler: Crawler, host: str) -> float:
    """Return the seconds between two requests to a host; what the configuration says while it is not known better."""
    engine: Any = crawler.engine
    own = engine.downloader.per_slot_settings.get(host, {})
    return float(own.get("delay", crawler.settings.getfloat("DOWNLOAD_DELAY")))
