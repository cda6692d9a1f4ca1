"""Settle work: write what came of a request to the frontier, and report it to the agenda."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.desk import Desk
from crawler.followups import FollowUps
from crawler.recorder import Terms
from crawler.settle_channels import ChannelSettler
from crawler.settle_links import LinkSettler
from crawler.settling import Ground, judge
from crawler.spending import Spending
from crawler.trouble import explain
from crawler.verdicts import Verdict
from crawler.work import Work


class Settler:
    """Writes outcomes; every method returns once they are committed and the work is settled."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        settings = crawler.settings
        self._ground = Ground(crawler, desk)
        self._spending = Spending(desk)
        self._links = LinkSettler(self._ground, settings.getint("NEWSDESK_MAX_ATTEMPTS"))
        terms = Terms(
            settings.getint("NEWSDESK_BUDGET"),
            settings.getint("NEWSDESK_SITEMAP_FILES"),
            settings.getfloat("NEWSDESK_POLLS_A_DAY"),
        )
        self._channels = ChannelSettler(self._ground, FollowUps(crawler, desk), terms)

    async def admits(self, work: Work) -> bool:
        """Tell whether a request is within its source's budget; if not, the work waits and is settled."""
        return await self._spending.admits(work)

    def judge(self, response: Response) -> Verdict | None:
        """Return what an answer without a document means, None when it holds one."""
        return judge(response)

    async def answered(self, work: Work) -> None:
        """Note that a host that was in trouble has answered again."""
        await self._ground.answered(work)

    async def no_answer(self, work: Work, error: BaseException) -> None:
        """Settle work whose request raised."""
        await self.settle_failure(work, explain(error))

    async def settle_failure(self, work: Work, verdict: Verdict) -> None:
        """Settle work that gave no document."""
        if work.channel is not None:
            await self._channels.failed(work, work.channel, verdict, None)
        else:
            await self._links.failed(work, verdict, None)

    async def link_failed(self, work: Work, verdict: Verdict, response: Response | None) -> None:
        """Record that a link gave no page: for good, or until its next attempt."""
        await self._links.failed(work, verdict, response)

    async def page_unchanged(self, work: Work, response: Response) -> None:
        """Record a 304 for a page: its article stands as it is."""
        await self._links.unchanged(work, response)

    async def channel_answered(self, work: Work, response: Response) -> None:
        """Record what a channel's document lists, or that it could not be had or read."""
        await self._channels.answered(work, response)
