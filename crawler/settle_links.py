"""Settle links: those that gave no page, and pages that have not changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from scrapy.http import Response

from crawler.polling import link_retry
from crawler.settling import Ground, attempt_of
from crawler.verdicts import Verdict
from crawler.work import Work
from pipelines.recheck import next_recheck
from storage.articles import mark_gone, times_of, touch_article
from storage.crawls import record_attempt
from storage.frontier import settle_link
from storage.types import Attempt, Link, LinkState, Outcome

UNREACHABLE_FOR = timedelta(days=7)
"""A link whose host gives no answer is given up after this time."""
OTHERS_FIRST = timedelta(seconds=1)
"""A link that could not be had is no host's next probe, when there are others: perhaps it is at fault after all."""


class LinkSettler:
    """Writes what came of links."""

    def __init__(self, ground: Ground, max_attempts: int) -> None:
        self._ground = ground
        self._desk = ground.desk
        self._max_attempts = max_attempts

    async def failed(self, work: Work, verdict: Verdict, response: Response | None) -> None:
        """Record that a link gave no page: for good, or until its next attempt."""
        link = work.link
        assert link is not None
        verdict = await self._ground.weigh(work, verdict)

        def intent(connection: sa.Connection) -> None:
            now = datetime.now(UTC)
            until = self._ground.rest_host(connection, work, verdict, now)
            state, next_attempt = self._fate(link, verdict, until, now)
            settle_link(
                connection,
                link.id,
                state,
                verdict.reason,
                now,
                detail=verdict.detail,
                next_attempt=next_attempt,
                counted=verdict.counted,
                recheck_at=_recheck(connection, link, state, now),
            )
            if state is LinkState.GONE and link.article_id is not None:
                mark_gone(connection, link.article_id, now)
            record_attempt(connection, work.crawl_id, attempt_of(work, verdict, response), now, link_id=link.id)

        await self._desk.session.write(intent)
        self._ground.count(f"links/{verdict.outcome.value}/{verdict.reason}")
        self._ground.finish(work, verdict)

    async def unchanged(self, work: Work, response: Response) -> None:
        """Record a 304 for a page: its article stands as it is."""
        link = work.link
        assert link is not None

        def intent(connection: sa.Connection) -> None:
            now = datetime.now(UTC)
            times = touch_article(connection, link.article_id, now) if link.article_id is not None else None
            recheck = next_recheck(times[0], now, times[1]) if times is not None else None
            settle_link(connection, link.id, LinkState.DONE, "not-modified", now, recheck_at=recheck)
            attempt = Attempt(link.url, Outcome.NOT_MODIFIED, status=304, final_url=response.url, millis=work.millis)
            record_attempt(connection, work.crawl_id, attempt, now, link_id=link.id)

        await self._desk.session.write(intent)
        await self._ground.answered(work)
        self._ground.count("storage/unchanged")
        work.settle(Outcome.NOT_MODIFIED)

    def _fate(
        self, link: Link, verdict: Verdict, until: datetime | None, now: datetime
    ) -> tuple[LinkState, datetime | None]:
        """Return the state that a failed attempt leaves a link in, and when it is tried again."""
        if verdict.state is not LinkState.PENDING:
            return verdict.state, None
        if not verdict.counted:
            old = link.first_seen is not None and now - link.first_seen > UNREACHABLE_FOR
            wait = timedelta(seconds=verdict.retry_after or 0)
            return (LinkState.FAILED, None) if old else (LinkState.PENDING, (until or now + wait) + OTHERS_FIRST)
        wait_or_none = link_retry(link.attempts + 1, self._max_attempts)
        if wait_or_none is None:
            return LinkState.FAILED, None
        return LinkState.PENDING, max(now + wait_or_none, until or now)


def _recheck(connection: sa.Connection, link: Link, state: LinkState, now: datetime) -> datetime | None:
    """Return when a stored article is looked at again whose page could not be had."""
    if link.article_id is None or state is LinkState.PENDING:
        return None
    first_seen, changed_at = times_of(connection, link.article_id)
    return next_recheck(first_seen, now, changed_at)
