"""Robots: obey robots.txt as RFC 9309 has it, Crawl-delay included."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.desk import desk_of
from crawler.freshness import fresh_seconds
from crawler.middlewares.pace import ROBOTS
from crawler.middlewares.refusal import Refused
from crawler.verdicts import Verdict, read_retry_after
from pipelines.hosts import host_of
from pipelines.items import header
from storage.types import LinkState, Outcome

MAX_BYTES = 512 * 1024
"""RFC 9309 2.5: a parser must read at least 500 KiB; more is cut."""
FRESH_SECONDS = 24 * 3600.0
"""RFC 9309 2.4: no copy is used for longer than a day; a shorter time that the answer itself names is heeded."""
UNREACHABLE_SECONDS = 4.0
"""Those who wait for the same answer share it; the next probe of the host asks again."""
CACHED_HOSTS = 20_000


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's rules until `expires` (monotonic seconds). `delay` is its Crawl-delay, 0 without one. `unreachable` says
    why there are none: nothing is allowed.
    """

    expires: float
    parser: Any = None
    delay: float = 0.0
    unreachable: Verdict | None = None


class RobotsMiddleware:
    """Asks each host for its robots.txt once a day, or sooner where its answer says so, and refuses what it disallows.

    2xx: the rules. 4xx: no rules, all allowed. 5xx, 429 or no answer: the whole host is disallowed for now.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._desk = desk_of(crawler)
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._longest = crawler.settings.getfloat("NEWSDESK_MAX_CRAWL_DELAY")
        self._least = crawler.settings.getfloat("NEWSDESK_ROBOTS_LEAST")
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
        host = host_of(request.url)
        self._desk.turns.ask(self._desk.turns.key_of(host), host, rules.delay)
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
        meta = {"dont_obey_robotstxt": True, "dont_retry": True, ROBOTS: True}
        if "newsdesk_work" in request.meta:
            meta["newsdesk_work"] = request.meta["newsdesk_work"]
        asked = Request(f"{root}/robots.txt", priority=1000, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        engine: Any = self._crawler.engine
        try:
            self._count("robotstxt/request_count")
            answer = await engine.download_async(asked)
        except Refused as refused:
            rules = Rules(monotonic(), unreachable=refused.verdict)
        except Exception as error:
            rules = _unreachable(f"robots.txt: {error or type(error).__name__}")
        else:
            rules = self._read(answer)
        if len(self._rules) > CACHED_HOSTS:
            self._rules.clear()
        self._rules[root] = rules
        return rules

    def _read(self, answer: Response) -> Rules:
        self._count(f"robotstxt/response_status_count/{answer.status}")
        now = datetime.now(UTC)
        if answer.status == 429 or answer.status >= 500:
            wait = read_retry_after(header(answer, "Retry-After"), now)
            return _unreachable(f"robots.txt: HTTP {answer.status}", wait)
        expires = monotonic() + self._fresh(answer, now)
        if not 200 <= answer.status < 300:
            return Rules(expires)
        parser = Protego.parse(answer.body[:MAX_BYTES].decode("utf-8", "replace"))
        delay = float(parser.crawl_delay(self._agent) or 0.0)
        return Rules(expires, parser, min(max(delay, 0.0), self._longest))

    def _fresh(self, answer: Response, now: datetime) -> float:
        """Return the seconds for which an answer is used: as it says, within bounds; a day when it says nothing."""
        control, expires, age, date = (header(answer, name) for name in ("Cache-Control", "Expires", "Age", "Date"))
        if control is None and expires is None:
            return FRESH_SECONDS
        return min(max(float(fresh_seconds(control, expires, age, date, now)), self._least), FRESH_SECONDS)

    def _count(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name)


def _unreachable(detail: str, retry_after: float | None = None) -> Rules:
    verdict = Verdict(
        LinkState.PENDING, Outcome.DEFERRED, "robots-unreachable", detail,
        rest_host=True, retry_after=retry_after, counted=False,
    )  # fmt: skip
    return Rules(monotonic() + UNREACHABLE_SECONDS, unreachable=verdict)
