"""Settle work: write what came of a request to the frontier, and report it to the agenda."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.desk import Desk
from crawler.discovery.document import read_document
from crawler.finds import child_sitemaps, new_links
from crawler.polling import channel_retry, host_rest, link_retry, next_due
from crawler.trouble import explain
from crawler.verdicts import Verdict, judge_status
from crawler.work import Work
from pipelines.hosts import host_of
from pipelines.items import header
from pipelines.recheck import next_recheck
from pipelines.workers import WorkerFailure
from storage import channels as channel_rows
from storage.articles import mark_gone, times_of, touch_article
from storage.crawls import record_attempt
from storage.frontier import settle_link
from storage.hosts import back_off_host, host_answered, host_failures
from storage.polls import record_poll
from storage.types import Attempt, Channel, Found, FoundLink, Link, LinkState, Outcome, Unreadable

UNREACHABLE_FOR = timedelta(days=7)
"""A link whose host gives no answer is given up after this time."""


class Settler:
    """Writes outcomes; every method returns once they are committed and the work is settled."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self._desk = desk
        settings = crawler.settings
        self._max_attempts = settings.getint("NEWSDESK_MAX_ATTEMPTS")
        self._budget = settings.getint("NEWSDESK_BUDGET")
        self._sitemap_files = settings.getint("NEWSDESK_SITEMAP_FILES")

    def judge(self, response: Response) -> Verdict | None:
        """Return what an answer without a document means, None when it holds one."""
        return judge_status(response.status, header(response, "Retry-After"), datetime.now(UTC))

    async def answered(self, work: Work) -> None:
        """Note that a host that was in trouble has answered again."""
        if work.host in self._desk.troubled:
            over = await self._desk.session.write(lambda c: host_answered(c, work.host, datetime.now(UTC)))
            if over:
                self._desk.troubled.discard(work.host)

    async def no_answer(self, work: Work, error: BaseException) -> None:
        """Settle work whose request raised."""
        await self.settle_failure(work, explain(error))

    async def settle_failure(self, work: Work, verdict: Verdict) -> None:
        """Settle work that gave no document."""
        if work.channel is not None:
            await self._channel_failed(work, work.channel, verdict, None)
        else:
            await self.link_failed(work, verdict, None)

    async def link_failed(self, work: Work, verdict: Verdict, response: Response | None) -> None:
        """Record that a link gave no page: for good, or until its next attempt."""
        link = work.link
        assert link is not None

        def intent(connection: sa.Connection) -> None:
            now = datetime.now(UTC)
            until = self._rest_host(connection, work, verdict, now)
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
            record_attempt(connection, work.crawl_id, _attempt(work, verdict, response), now, link_id=link.id)

        await self._desk.session.write(intent)
        self._count(f"links/{verdict.outcome.value}/{verdict.reason}")
        self._finish(work, verdict)

    def _fate(
        self, link: Link, verdict: Verdict, until: datetime | None, now: datetime
    ) -> tuple[LinkState, datetime | None]:
        """Return the state that a failed attempt leaves a link in, and when it is tried again."""
        if verdict.state is not LinkState.PENDING:
            return verdict.state, None
        if not verdict.counted:
            old = link.first_seen is not None and now - link.first_seen > UNREACHABLE_FOR
            wait = timedelta(seconds=verdict.retry_after or 0)
            return (LinkState.FAILED, None) if old else (LinkState.PENDING, until or now + wait)
        wait_or_none = link_retry(link.attempts + 1, self._max_attempts)
        if wait_or_none is None:
            return LinkState.FAILED, None
        return LinkState.PENDING, max(now + wait_or_none, until or now)

    def _rest_host(self, connection: sa.Connection, work: Work, verdict: Verdict, now: datetime) -> datetime | None:
        """Put the host in back-off when the verdict asks for it; return its end."""
        if not verdict.rest_host:
            return None
        failures = host_failures(connection, work.host) + 1
        until = now + host_rest(failures, verdict.retry_after)
        back_off_host(connection, work.host, until, verdict.reason, now)
        return until

    def _finish(self, work: Work, verdict: Verdict) -> None:
        if verdict.rest_host:
            self._desk.troubled.add(work.host)
            if self._desk.agenda is not None:
                self._desk.agenda.rest(work.host)
        work.settle(verdict.outcome)

    async def page_unchanged(self, work: Work, response: Response) -> None:
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
        self._count("storage/unchanged")
        work.settle(Outcome.NOT_MODIFIED)

    async def channel_answered(self, work: Work, response: Response) -> None:
        """Record what a channel's document lists, or that it could not be had or read."""
        channel = work.channel
        assert channel is not None
        if response.status == 304:
            await self._channel_unchanged(work, channel, response)
            return
        verdict = self.judge(response)
        if verdict is not None:
            await self._channel_failed(work, channel, verdict, response)
            return
        await self.answered(work)
        digest = hashlib.sha256(response.body).hexdigest()
        if digest == channel.content_hash:
            await self._channel_unchanged(work, channel, response)
            return
        found = await self._read(channel, response)
        if isinstance(found, Unreadable):
            unreadable = Verdict(LinkState.FAILED, Outcome.POLL_FAILED, "unreadable", found.reason)
            await self._channel_failed(work, channel, unreadable, response)
            return
        await self._channel_read(work, channel, response, found, digest)

    async def _read(self, channel: Channel, response: Response) -> Found | Unreadable:
        kind = header(response, "Content-Type") or ""
        try:
            return await self._desk.session.pool.run(read_document, response.body, response.url, channel.kind, kind)
        except WorkerFailure as failure:
            return Unreadable(f"reading it failed: {failure}")

    async def _channel_read(self, work: Work, channel: Channel, response: Response, found: Found, digest: str) -> None:
        source = self._desk.roster.source(channel.source_id)
        now = datetime.now(UTC)
        pages = new_links(found, source, now)
        children = child_sitemaps(found)

        def intent(connection: sa.Connection) -> tuple[Any, list[int]]:
            now = datetime.now(UTC)
            recorded = record_poll(
                connection,
                channel,
                pages,
                now,
                next_due=self._next_due(channel, now, found, had_new=None),
                budget=self._budget,
                etag=header(response, "ETag"),
                last_modified=header(response, "Last-Modified"),
                content_hash=digest,
                problem=found.problem,
            )
            if recorded.new and recorded.over == 0:
                due = self._next_due(channel, now, found, had_new=now)
                channel_rows.defer_channel(connection, channel.id, due)
            chosen = self._adopt(connection, channel, children, now)
            attempt = Attempt(
                channel.url,
                Outcome.POLLED,
                detail=found.problem,
                status=response.status,
                final_url=response.url,
                bytes=len(response.body),
                millis=work.millis,
                found=recorded.found + len(children),
                new=recorded.new,
            )
            record_attempt(connection, work.crawl_id, attempt, now, channel_id=channel.id)
            return recorded, chosen

        recorded, chosen = await self._desk.session.write(intent)
        self._count("channels/polled")
        self._count("links/found", recorded.found)
        self._count("links/new", recorded.new)
        if self._desk.agenda is not None:
            self._desk.agenda.add_channels(chosen)
            if recorded.hosts - self._desk.agenda.visiting:
                self._desk.agenda.wake()
        work.settle(Outcome.POLLED)

    def _next_due(
        self, channel: Channel, now: datetime, found: Found | None, had_new: datetime | None
    ) -> datetime | None:
        """Return when to poll again; None for a child sitemap whose index tells by lastmod when it has changed."""
        if channel.parent_id is not None and channel.updated is not None:
            return None
        schedule = self._desk.roster.schedule(channel.source_id)
        last_new = had_new or channel.last_new
        return next_due(schedule, now, last_new=last_new, ttl_seconds=found.ttl_seconds if found else None)

    def _adopt(
        self, connection: sa.Connection, channel: Channel, children: Sequence[FoundLink], now: datetime
    ) -> list[int]:
        """Make channels of an index's child sitemaps; return those to read now, the newest first."""
        if not children or channel_rows.depth(connection, channel.id) >= channel_rows.DEEPEST:
            return []
        for child in children:
            channel_rows.ensure_channel(
                connection,
                channel.source_id,
                child.url,
                host_of(child.url),
                channel.kind,
                now,
                parent_id=channel.id,
                updated=child.updated,
                enabled=channel.enabled,
            )
        return channel_rows.open_children(connection, channel.id, now, self._sitemap_files)

    async def _channel_unchanged(self, work: Work, channel: Channel, response: Response) -> None:
        def intent(connection: sa.Connection) -> list[int]:
            now = datetime.now(UTC)
            channel_rows.poll_unchanged(connection, channel.id, self._next_due(channel, now, None, None), now)
            attempt = Attempt(
                channel.url,
                Outcome.NOT_MODIFIED,
                status=response.status,
                final_url=response.url,
                bytes=len(response.body),
                millis=work.millis,
            )
            record_attempt(connection, work.crawl_id, attempt, now, channel_id=channel.id)
            # An unchanged index may have children that an earlier poll had no budget for.
            return channel_rows.open_children(connection, channel.id, now, self._sitemap_files)

        opened = await self._desk.session.write(intent)
        self._count("channels/not_modified")
        if opened and self._desk.agenda is not None:
            self._desk.agenda.add_channels(opened)
        await self.answered(work)
        work.settle(Outcome.NOT_MODIFIED)

    async def _channel_failed(self, work: Work, channel: Channel, verdict: Verdict, response: Response | None) -> None:
        """Record a poll that gave nothing. A poll that was only refused for now comes again when the host is free."""
        again = verdict.outcome is Outcome.DEFERRED

        def intent(connection: sa.Connection) -> None:
            now = datetime.now(UTC)
            until = self._rest_host(connection, work, verdict, now)
            if again:
                wait = timedelta(seconds=verdict.retry_after or 0)
                channel_rows.defer_channel(connection, channel.id, until or now + wait)
            else:
                due = now + channel_retry(channel.failures + 1)
                said = f"{verdict.reason}: {verdict.detail}" if verdict.detail else verdict.reason
                channel_rows.poll_failed(connection, channel.id, said, max(due, until or due), now)
            attempt = _attempt(work, verdict, response, outcome=verdict.outcome if again else Outcome.POLL_FAILED)
            record_attempt(connection, work.crawl_id, attempt, now, channel_id=channel.id)

        await self._desk.session.write(intent)
        self._count(f"channels/{'deferred' if again else 'failed'}/{verdict.reason}")
        if again and verdict.rest_host and self._desk.agenda is not None:
            self._desk.agenda.add_channels([channel.id])
        self._finish(work, verdict)

    def _count(self, name: str, number: int = 1) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name, number)


def _recheck(connection: sa.Connection, link: Link, state: LinkState, now: datetime) -> datetime | None:
    """Return when a stored article is looked at again whose page could not be had."""
    if link.article_id is None or state is LinkState.PENDING:
        return None
    first_seen, changed_at = times_of(connection, link.article_id)
    return next_recheck(first_seen, now, changed_at)


def _attempt(work: Work, verdict: Verdict, response: Response | None, outcome: Outcome | None = None) -> Attempt:
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
