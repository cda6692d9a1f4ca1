"""Robots: obey robots.txt as RFC 9309 has it, Crawl-delay included."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from time import monotonic
from typing import Any

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.desk import desk_of
from crawler.middlewares.refusal import Refused
from crawler.verdicts import Verdict
from pipelines.hosts import host_of
from storage.types import LinkState, Outcome

MAX_BYTES = 512 * 1024
"""RFC 9309 2.5: a parser must read at least 500 KiB; more is cut."""
FRESH_SECONDS = 24 * 3600.0
UNREACHABLE_SECONDS = 60.0
CACHED_HOSTS = 20_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's rules until `expires` (monotonic seconds). `unreachable` says why there are none: nothing is allowed."""

    expires: float
    parser: Any = None
    unreachable: Verdict | None = None


class RobotsMiddleware:
    """Asks each host for its robots.txt once a day, and refuses what it disallows.

    2xx: the rules. 4xx: no rules, all allowed. 5xx, 429 or no answer: the whole host is disallowed for now.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._desk = desk_of(crawler)
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._longest = crawler.settings.getfloat("NEWSDESK_MAX_CRAWL_DELAY")
        self._rules: dict[str, Rules] = {}
        self._asking: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Build the middleware. Raises NotConfigured with ROBOTSTXT_OBEY = False."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request through when robots.txt allows it. Raises Refused otherwise."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._rules_of(request)
        if rules.unreachable is not None:
            raise Refused(rules.unreachable)
        if rules.parser is None:
            return
        if not rules.parser.can_fetch(request.url, self._agent):
            self._count("robotstxt/forbidden")
            raise Refused(Verdict(LinkState.DROPPED, Outcome.DROPPED, "robots", "disallowed by robots.txt"))

    async def _rules_of(self, request: Request) -> Rules:
        parts = urlparse_cached(request)
        root = f"{parts.scheme}://{parts.netloc}"
        known = self._rules.get(root)
        if known is not None and known.expires > monotonic():
            return known
        if root not in self._asking:
            self._asking[root] = asyncio.create_task(self._ask(root, request))
        try:
            return await asyncio.shield(self._asking[root])
        finally:
            if root in self._asking and self._asking[root].done():
                del self._asking[root]

    async def _ask(self, root: str, request: Request) -> Rules:
        meta = {"dont_obey_robotstxt": True, "dont_retry": True, "newsdesk_work": request.meta.get("newsdesk_work")}
        asked = Request(f"{root}/robots.txt", priority=1000, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        engine: Any = self._crawler.engine
        try:
            self._count("robotstxt/request_count")
            answer = await engine.download_async(asked)
        except Refused as refused:
            rules = Rules(monotonic() + UNREACHABLE_SECONDS / 12, unreachable=refused.verdict)
        except Exception as error:
            rules = _unreachable(f"robots.txt: {error or type(error).__name__}")
        else:
            rules = self._read(answer, host_of(root))
        if len(self._rules) > CACHED_HOSTS:
            self._rules.clear()
        self._rules[root] = rules
        return rules

    def _read(self, answer: Response, host: str) -> Rules:
        self._count(f"robotstxt/response_status_count/{answer.status}")
        if answer.status == 429 or answer.status >= 500:
            return _unreachable(f"robots.txt: HTTP {answer.status}")
        if not 200 <= answer.status < 300:
            self._desk.crawl_delays.pop(host, None)
            return Rules(monotonic() + FRESH_SECONDS)
        parser = Protego.parse(answer.body[:MAX_BYTES].decode("utf-8", "replace"))
        delay = parser.crawl_delay(self._agent)
        if delay is not None and delay > 0:
            self._desk.crawl_delays[host] = min(float(delay), self._longest)
            self._slow_down(host)
        return Rules(monotonic() + FRESH_SECONDS, parser)

    def _slow_down(self, host: str) -> None:
        """Apply the Crawl-delay to the slot that the waiting request is already meant for."""
        engine: Any = self._crawler.engine
        delay = self._desk.crawl_delays[host]
        own = engine.downloader.per_slot_settings.setdefault(host, {})
        own["delay"] = max(own.get("delay", 0.0), delay)
        slot = engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, delay)

    def _count(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name)


def _unreachable(detail: str) -> Rules:
    verdict = Verdict(LinkState.PENDING, Outcome.DEFERRED, "robots-unreachable", detail, rest_host=True, counted=False)
    return Rules(monotonic() + UNREACHABLE_SECONDS, unreachable=verdict)
