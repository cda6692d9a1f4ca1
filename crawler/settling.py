"""What settling a link and settling a channel have in common: verdicts, hosts that rest, counts, the log."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.desk import Desk
from crawler.polling import host_rest
from crawler.verdicts import Verdict, judge_status
from crawler.work import Work
from pipelines.items import header
from storage.hosts import back_off_host, host_answered, host_failures
from storage.types import Attempt, Outcome


class Ground:
    """What all settling stands on: a crawl's desk and counts, and the trouble of its hosts."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self.desk = desk

    async def answered(self, work: Work) -> None:
        """Note that a host that was in trouble has answered again."""
        if work.host in self.desk.troubled:
            over = await self.desk.session.write(lambda c: host_answered(c, work.host, datetime.now(UTC)))
            if over:
                self.desk.troubled.discard(work.host)

    def rest_host(self, connection: sa.Connection, work: Work, verdict: Verdict, now: datetime) -> datetime | None:
        """Put the host in back-off when the verdict asks for it; return its end."""
        if not verdict.rest_host:
            return None
        failures = host_failures(connection, work.host) + 1
        until = now + host_rest(failures, verdict.retry_after)
        back_off_host(connection, work.host, until, verdict.reason, now)
        return until

    def finish(self, work: Work, verdict: Verdict) -> None:
        """Report work to the agenda that gave no document, and whether its host rests."""
        if verdict.rest_host:
            self.desk.troubled.add(work.host)
            if self.desk.agenda is not None:
                self.desk.agenda.rest(work.host)
        work.settle(verdict.outcome)

    def count(self, name: str, number: int = 1) -> None:
        """Count something in the crawl's statistics."""
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name, number)


def judge(response: Response) -> Verdict | None:
    """Return what an answer without a document means, None when it holds one."""
    return judge_status(response.status, header(response, "Retry-After"), datetime.now(UTC))


def attempt_of(work: Work, verdict: Verdict, response: Response | None, outcome: Outcome | None = None) -> Attempt:
    """Return what the log keeps of a request that gave no document."""
    return Attempt(
        work.url,
        outcome or verdict.outcome,
        reason=verdict.reason,
        detail=verdict.detail,
        status=response.status if response is not None else None,
        final_url=response.url if response is not None else None,
        bytes=len(response.body) if response is not None else 0,
        millis=work.millis,
    )
