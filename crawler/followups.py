"""Follow-ups: requests that one poll of a channel needs besides its own, as politely as any, and logged like it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any, cast

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawler.desk import Desk
from crawler.trouble import explain
from crawler.verdicts import Verdict, judge_status
from crawler.work import Work
from pipelines.items import header
from storage.crawls import record_attempt
from storage.types import Attempt, Outcome

PASSED_THROUGH = [304, *range(400, 600)]
MARK = "newsdesk_work"
"""The middlewares' word for a request that comes again: it need not wait for a host that another crawl has."""


class FollowUps:
    """Asks for documents on behalf of a channel, through the same middlewares, pace and leases."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self._desk = desk

    async def get(
        self, work: Work, url: str, why: str, conditions: Mapping[str, str] | None = None
    ) -> Response | Verdict:
        """Return the answer when it is a document or a 304 that was asked for, else what that means. Never raises
        for an answer. `why` is what the log says of it.
        """
        began = monotonic()
        response, verdict = await self._ask(url, dict(conditions or {}))
        await self._log(work, url, why, response, verdict, round((monotonic() - began) * 1000))
        if verdict is not None:
            return verdict
        assert response is not None
        return response

    async def _ask(self, url: str, conditions: dict[str, str]) -> tuple[Response | None, Verdict | None]:
        meta: dict[str, Any] = {"handle_httpstatus_list": PASSED_THROUGH, "dont_retry": True, MARK: None}
        request = Request(url, headers=conditions, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        engine = cast(Any, self._crawler.engine)
        try:
            response = await engine.download_async(request)
        except Exception as error:
            return None, explain(error)
        if response.status == 304 and conditions:
            return response, None
        return response, judge_status(response.status, header(response, "Retry-After"), datetime.now(UTC))

    async def _log(
        self, work: Work, url: str, why: str, response: Response | None, verdict: Verdict | None, millis: int
    ) -> None:
        outcome = Outcome.POLL_FAILED if verdict is not None else Outcome.POLLED
        if response is not None and response.status == 304:
            outcome = Outcome.NOT_MODIFIED
        said = f"{why}: {verdict.detail}" if verdict is not None and verdict.detail else why
        attempt = Attempt(
            url,
            outcome,
            reason=verdict.reason if verdict is not None else None,
            detail=said,
            status=response.status if response is not None else None,
            final_url=response.url if response is not None else None,
            bytes=len(response.body) if response is not None else 0,
            millis=millis,
        )
        now, channel_id = datetime.now(UTC), work.channel.id if work.channel is not None else None
        await self._desk.session.write(lambda c: record_attempt(c, work.crawl_id, attempt, now, channel_id=channel_id))
