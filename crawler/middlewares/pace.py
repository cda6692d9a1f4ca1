"""Pace: one rate per host, on every hop of a redirect, and only where this crawl holds the lease.

It stands next to the downloader: what it lets through is sent. Scrapy's own download slots keep no delay.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.desk import Desk, desk_of
from crawler.middlewares.refusal import Refused
from crawler.trouble import explain
from crawler.verdicts import Verdict, judge_status
from crawler.work import Work
from pipelines.hosts import host_of
from pipelines.items import header
from storage.hosts import HostBusy
from storage.types import LinkState, Outcome

TURN = "newsdesk_turn"
AGAIN = "newsdesk_again"
ROBOTS = "newsdesk_robots"
"""Marks a request of a robots.txt, whose every failure is its host's, and whose answer proves little."""


class PaceMiddleware:
    """Holds each request until its host may be asked, and learns from what comes back."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self._desk = desk
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._concurrency = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._patience = crawler.settings.getfloat("NEWSDESK_PATIENCE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        """Build the middleware for a crawler."""
        middleware = cls(crawler, desk_of(crawler))
        crawler.signals.connect(middleware.heard, signals.headers_received)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Let the request through once its host may be asked. Raises Refused while it may not, for longer."""
        host, turns = host_of(request.url), self._desk.turns
        key = turns.key_of(host)
        work = request.meta.get("newsdesk_work")
        if "newsdesk_delay" in request.meta:
            declared = request.meta["newsdesk_delay"]
            source_id = work.source_id if isinstance(work, Work) else None
            turns.pace(key).declared[source_id] = self._delay if declared is None else declared
        began = await turns.take(key, partial(self._ready, host, request))
        request.meta[TURN] = key, began
        request.meta["download_slot"] = key
        if isinstance(work, Work):
            work.asked, work.is_probe = host, turns.known(key).is_troubled
        engine: Any = self._crawler.engine
        own = {"concurrency": self._concurrency, "delay": 0.0, "jitter": 0}
        engine.downloader.per_slot_settings[key] = own

    async def process_response(self, request: Request, response: Response) -> Response:
        """Learn how quick the host is and whether it is in trouble."""
        turn = self._ended(request, is_good=200 <= response.status < 300 or response.status == 304)
        if turn and self._has_tables:
            host = host_of(request.url)
            verdict = judge_status(response.status, header(response, "Retry-After"), datetime.now(UTC))
            if verdict is not None and (verdict.rest_host or (response.status >= 500 and ROBOTS in request.meta)):
                await self._desk.circuit.trip(host, verdict.reason, verdict.retry_after)
            elif response.status < 500 and ROBOTS not in request.meta:
                await self._desk.circuit.answered(host)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Learn that the host did not answer. A connection that was lost is no trouble yet: a server may close one that
        it kept open just as a request comes. It is tried once more, in its turn; but not a host that is probed.
        """
        turn = self._ended(request, is_good=False)
        if not turn or not self._has_tables:
            return None
        host, verdict = host_of(request.url), explain(exception)
        is_probe = self._desk.turns.known(self._desk.turns.key_of(host)).is_troubled
        if verdict.reason == "connection-lost" and AGAIN not in request.meta and not is_probe:
            return request.replace(meta=request.meta | {AGAIN: True}, dont_filter=True)
        if verdict.rest_host or ROBOTS in request.meta:
            await self._desk.circuit.trip(host, verdict.reason)
        return None

    def heard(self, request: Request) -> None:
        """Note the first sign of an answer: the request has surely arrived."""
        turn = request.meta.get(TURN)
        if turn is not None:
            request.meta[TURN] = (*turn[:2], monotonic())
            self._desk.turns.hear(turn[0])

    @property
    def _has_tables(self) -> bool:
        """Whether there is a database: scrapy shell, fetch and view have none behind them."""
        return self._crawler.spider is not None and self._crawler.spider.name != "default"

    def _ended(self, request: Request, *, is_good: bool) -> bool:
        """Give back the request's turn; tell whether it had one."""
        turn = request.meta.pop(TURN, None)
        if turn is None:
            return False
        key, began, *answered = turn
        self._desk.turns.end(key, began, is_good=is_good, answered=answered[0] if answered else None)
        engine: Any = self._crawler.engine
        engine.downloader.per_slot_settings.pop(key, None)
        return True

    async def _ready(self, host: str, request: Request) -> None:
        """See to it that the host may be asked by this crawl. Raises Refused."""
        if not self._has_tables:
            return
        leases, turns = self._desk.leases, self._desk.turns
        can_wait = "newsdesk_work" not in request.meta
        rest = turns.resting(turns.key_of(host))
        if rest > 0 and can_wait and rest <= self._patience:
            await asyncio.sleep(rest)
        elif rest > 0:
            raise _refused("host-resting", f"{host} is left alone for {rest:.0f} s more", rest)
        if not leases.holds(host):
            busy = await self._take(host, wait=can_wait)
            if busy is not None:
                seconds = max((busy.until - datetime.now(UTC)).total_seconds(), 1.0)
                detail = f"{host} may not be asked before {busy.until:%Y-%m-%d %H:%M:%S} UTC: {busy.reason}"
                raise _refused("host-busy", detail, seconds)
        leases.touch(host)
        await leases.promise(host)

    async def _take(self, host: str, *, wait: bool) -> HostBusy | None:
        """Lease a host in passing. A spider of the user's own has no frontier to come back by: it waits a while."""
        deadline = monotonic() + self._patience
        while isinstance(got := await self._desk.leases.take(host), HostBusy):
            if not wait or monotonic() > deadline:
                return got
            await asyncio.sleep(min(1.0, self._patience))
        return None


def _refused(reason: str, detail: str, seconds: float) -> Refused:
    return Refused(Verdict(LinkState.PENDING, Outcome.DEFERRED, reason, detail, retry_after=seconds, counted=False))
