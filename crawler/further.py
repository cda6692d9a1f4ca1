"""Fetch the further pages of an article, as politely as any page: through the same middlewares, slot and lease."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic
from typing import Any, cast

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from w3lib.encoding import http_content_type_encoding

from crawler.polling import link_retry
from crawler.trouble import explain
from crawler.verdicts import Verdict, judge_status, went_home
from pipelines.items import PageItem, Part, header
from storage.types import LinkState, Outcome

PASSED_THROUGH = list(range(400, 600))


class FurtherPages:
    """Asks for the page after the one that an item holds. It is never asked conditionally: its text is needed."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._max_attempts = crawler.settings.getint("NEWSDESK_MAX_ATTEMPTS")

    async def fetch(self, item: PageItem, url: str) -> Part:
        """Return the page as a part, or a part that says why it could not be had. Never raises for an answer."""
        began = monotonic()
        response, verdict = await self._ask(item, url)
        millis = round((monotonic() - began) * 1000)
        if response is not None and verdict is None:
            charset = http_content_type_encoding(header(response, "Content-Type"))
            size = len(response.body)
            return Part(url, response.url, response.status, response.body, charset, size, millis)
        assert verdict is not None
        return self._missing(item, url, response, verdict, millis)

    async def _ask(self, item: PageItem, url: str) -> tuple[Response | None, Verdict | None]:
        """Return the answer and, when it holds no page, what that means."""
        engine = cast(Any, self._crawler.engine)
        try:
            response = await engine.download_async(_request(item, url))
        except Exception as error:
            return None, explain(error)
        return response, _judge(url, response)

    def _missing(self, item: PageItem, url: str, response: Response | None, verdict: Verdict, millis: int) -> Part:
        wait = None
        if verdict.state is LinkState.PENDING and item.attempts is not None:
            wait = link_retry(item.attempts + 1, self._max_attempts)
        return Part(
            url,
            response.url if response is not None else None,
            response.status if response is not None else None,
            millis=millis,
            outcome=verdict.outcome,
            reason=verdict.reason,
            detail=verdict.detail,
            is_missing=True,
            retry_in=max(wait.total_seconds(), verdict.retry_after or 0.0) if wait is not None else None,
        )


def _request(item: PageItem, url: str) -> Request:
    meta: dict[str, Any] = {"handle_httpstatus_list": PASSED_THROUGH, "dont_retry": True}
    if item.link_id is not None:  # it can come again: it need not wait for a host that another crawl has
        meta["newsdesk_work"] = None
    return Request(url, meta=meta, callback=NO_CALLBACK, dont_filter=True)


def _judge(url: str, response: Response) -> Verdict | None:
    if went_home(url, response.url):
        return Verdict(LinkState.GONE, Outcome.GONE, "redirected-home", f"leads to {response.url}")
    return judge_status(response.status, header(response, "Retry-After"), datetime.now(UTC))
