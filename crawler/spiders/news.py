"""The news spider: takes work from the agenda, reads channels, and yields pages to the pipelines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.desk import Desk, desk_of
from crawler.errand import Errand, prepare
from crawler.hints import hints_from
from crawler.moving import address_of
from crawler.settle import Settler
from crawler.validators import ETAG, MODIFIED, conditions
from crawler.verdicts import Verdict, went_home
from crawler.work import Work
from pipelines.items import PageItem
from storage.types import DateSource, Hints, Link, LinkState, Outcome

PASSED_THROUGH = [304, *range(400, 600)]
"""Statuses that come to the callbacks: they are outcomes, not errors."""


class NewsSpider(scrapy.Spider):
    """One spider for all sources.

    Arguments (`-a`): `source=a,b` names declared sources (default: all); `feed=`, `sitemap=`, `section=` read one
    channel and `url=` one article, declared or not. `daemon=1` is how `newsdesk run` starts it, `once=1` with `--once`.
    """

    name = "news"
    desk: Desk
    settler: Settler

    def __init__(
        self,
        source: str | None = None,
        feed: str | None = None,
        sitemap: str | None = None,
        section: str | None = None,
        url: str | None = None,
        daemon: bool = False,
        once: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.errand = Errand(source, feed, sitemap, section, url, daemon=bool(daemon), once=bool(once))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """Build the spider and take its place at the crawl's desk."""
        spider: NewsSpider = super().from_crawler(crawler, *args, **kwargs)
        spider.desk = desk_of(crawler)
        spider.settler = Settler(crawler, spider.desk)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for each piece of work, until the agenda is done."""
        agenda = await prepare(self.crawler, self.desk, self.errand)
        async for work in agenda.works():
            if await self.settler.admits(work):
                yield self._request(work)

    def _request(self, work: Work) -> Request:
        source = self.desk.roster.source(work.source_id)
        meta: dict[str, Any] = {
            "newsdesk_work": work,
            "newsdesk_delay": source.delay if source is not None else None,
            "handle_httpstatus_list": PASSED_THROUGH,
            "dont_retry": True,
        }
        headers = self._aim(work)
        callback = self.parse_channel if work.channel is not None else self.parse_page
        return Request(
            work.url, headers=headers, callback=callback, errback=self.failed, meta=meta, dont_filter=True,
            priority=10 if work.channel is not None else 0,
        )  # fmt: skip

    def _aim(self, work: Work) -> dict[str, str]:
        """Decide where a channel is asked; return the headers that make a request conditional."""
        if work.channel is None:
            assert work.link is not None
            told = {ETAG: work.link.etag, MODIFIED: work.link.last_modified}
            return {name: value for name, value in told.items() if value}
        hints, now = hints_from(work.channel.hints), datetime.now(UTC)
        work.address, work.is_retry = address_of(work.channel, hints, now)
        return {} if work.is_retry else conditions(work.channel, hints, now)

    async def parse_channel(self, response: Response) -> None:
        """Record what a feed, sitemap or section page lists."""
        await self.settler.channel_answered(response.meta["newsdesk_work"], response)

    async def parse_page(self, response: Response) -> AsyncIterator[PageItem]:
        """Yield a fetched page, or settle its link when the answer holds none."""
        work: Work = response.meta["newsdesk_work"]
        assert work.link is not None
        verdict = self.settler.judge(response)
        if verdict is None and went_home(work.link.url, response.url):
            verdict = Verdict(LinkState.GONE, Outcome.GONE, "redirected-home", f"leads to {response.url} now")
        if response.status == 304:
            await self.settler.page_unchanged(work, response)
        elif verdict is not None:
            await self.settler.link_failed(work, verdict, response)
        else:
            await self.settler.answered(work)
            yield self._item(work, work.link, response)

    def _item(self, work: Work, link: Link, response: Response) -> PageItem:
        source = self.desk.roster.source(link.source_id)
        hints = Hints(
            title=link.title,
            published=link.published,
            published_source=link.published_source or (DateSource.FEED if link.published else None),
            language=source.language if source is not None else None,
        )
        item = PageItem.from_response(
            response,
            hints=hints,
            link_id=link.id,
            source_id=link.source_id,
            crawl_id=work.crawl_id,
            attempts=link.attempts,
            on_settled=work.settle,
        )
        item.requested_url = link.url
        item.fetch.started = work.started
        return item

    async def failed(self, failure: Failure) -> None:
        """Settle work whose request gave no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value or RuntimeError("no answer")
        await self.settler.no_answer(request.meta["newsdesk_work"], error)
