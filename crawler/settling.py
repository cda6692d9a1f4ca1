"""What settling a link and settling a channel have in common: verdicts, hosts that rest, counts, the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.desk import Desk
from crawler.verdicts import Verdict, judge_status
from crawler.work import Work
from pipelines.items import header
from storage.hosts import rests_until
from storage.types import Attempt, Outcome


class Ground:
    """What all settling stands on: a crawl's desk and counts, and the trouble of its hosts."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self.desk = desk

    async def answered(self, work: Work) -> None:
        """Note that a document came whole: its host is well."""
        host = work.asked or work.host
        self.desk.circuit.relieve(host)
        await self.desk.circuit.answered(host)

    async def weigh(self, work: Work, verdict: Verdict) -> Verdict:
        """Return the verdict with what is known of the host: many such failures are its own, and so is a failed probe,
        which is not counted against the link.
        """
        if verdict.strains and await self.desk.circuit.strain(work.asked or work.host, verdict.reason):
            verdict = replace(verdict, rest_host=True)
        return replace(verdict, counted=False) if verdict.rest_host and work.is_probe else verdict

    def rest_host(self, connection: sa.Connection, work: Work, verdict: Verdict, now: datetime) -> datetime | None:
        """Return the end of the back-off that the host was put in because of this, if it was."""
        if not verdict.rest_host:
            return None
        return rests_until(connection, self.desk.turns.key_of(work.asked or work.host), now)

    def finish(self, work: Work, verdict: Verdict) -> None:
        """Report work to the agenda that gave no document. A poll that its host put off is still to make."""
        is_put_off = verdict.outcome is Outcome.DEFERRED and work.asked in ("", work.host)
        if is_put_off and work.channel is not None and self.desk.agenda is not None:
            self.desk.agenda.add_channels([work.channel.id])
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
