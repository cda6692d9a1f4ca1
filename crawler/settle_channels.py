"""Settle channels: what their documents list, or that they could not be had or read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from scrapy.http import Response

from crawler.budgeting import share_budget
from crawler.cadence import START
from crawler.discovery.document import read_document
from crawler.finds import child_sitemaps, new_links
from crawler.polling import channel_retry, next_due
from crawler.rates import Rhythm, Seen, from_json, observe, to_json
from crawler.settling import Ground, attempt_of, judge
from crawler.verdicts import Verdict
from crawler.work import Work
from pipelines.hosts import host_of
from pipelines.items import header
from pipelines.workers import WorkerFailure
from storage import channels as channel_rows
from storage.crawls import record_attempt
from storage.frontier import Recorded
from storage.polls import record_poll
from storage.types import Attempt, Channel, Found, FoundLink, LinkState, Outcome, Unreadable

DATES_AT_FIRST = 500
"""Entries of a first document from which a rhythm is learned: the newest."""


class ChannelSettler:
    """Writes what came of channels."""

    def __init__(self, ground: Ground, budget: int, sitemap_files: int, polls_a_day: float) -> None:
        self._ground = ground
        self._desk = ground.desk
        self._budget = budget
        self._sitemap_files = sitemap_files
        self._polls_a_day = polls_a_day

    async def answered(self, work: Work, response: Response) -> None:
        """Record what a channel's document lists, or that it could not be had or read."""
        channel = work.channel
        assert channel is not None
        if response.status == 304:
            await self._unchanged(work, channel, response)
            return
        verdict = judge(response)
        if verdict is not None:
            await self.failed(work, channel, verdict, response)
            return
        await self._ground.answered(work)
        digest = hashlib.sha256(response.body).hexdigest()
        if digest == channel.content_hash:
            await self._unchanged(work, channel, response)
            return
        found = await self._read(channel, response)
        if isinstance(found, Unreadable):
            unreadable = Verdict(LinkState.FAILED, Outcome.POLL_FAILED, "unreadable", found.reason)
            await self.failed(work, channel, unreadable, response)
            return
        await self._record(work, channel, response, found, digest)

    async def failed(self, work: Work, channel: Channel, verdict: Verdict, response: Response | None) -> None:
        """Record a poll that gave nothing. A poll that was only refused for now comes again when the host is free."""
        again = verdict.outcome is Outcome.DEFERRED

        def intent(connection: sa.Connection) -> None:
            now = datetime.now(UTC)
            until = self._ground.rest_host(connection, work, verdict, now)
            if again:
                wait = timedelta(seconds=verdict.retry_after or 0)
                channel_rows.defer_channel(connection, channel.id, until or now + wait)
            else:
                due = now + channel_retry(channel.failures + 1)
                said = f"{verdict.reason}: {verdict.detail}" if verdict.detail else verdict.reason
                channel_rows.poll_failed(connection, channel.id, said, max(due, until or due), now)
            attempt = attempt_of(work, verdict, response, outcome=verdict.outcome if again else Outcome.POLL_FAILED)
            record_attempt(connection, work.crawl_id, attempt, now, channel_id=channel.id)

        await self._desk.session.write(intent)
        self._ground.count(f"channels/{'deferred' if again else 'failed'}/{verdict.reason}")
        if again and verdict.rest_host and self._desk.agenda is not None:
            self._desk.agenda.add_channels([channel.id])
        self._ground.finish(work, verdict)

    async def _read(self, channel: Channel, response: Response) -> Found | Unreadable:
        kind = header(response, "Content-Type") or ""
        try:
            return await self._desk.session.pool.run(read_document, response.body, response.url, channel.kind, kind)
        except WorkerFailure as failure:
            return Unreadable(f"reading it failed: {failure}")

    async def _record(self, work: Work, channel: Channel, response: Response, found: Found, digest: str) -> None:
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
                next_due=now,  # until it is known below what was new
                budget=self._budget,
                etag=header(response, "ETag"),
                last_modified=header(response, "Last-Modified"),
                content_hash=digest,
                problem=found.problem,
            )
            self._time(connection, channel, now, found, recorded)
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
        self._ground.count("channels/polled")
        self._ground.count("links/found", recorded.found)
        self._ground.count("links/new", recorded.new)
        if self._desk.agenda is not None:
            self._desk.agenda.add_channels(chosen)
            if recorded.hosts - self._desk.agenda.visiting:
                self._desk.agenda.wake()
        work.settle(Outcome.POLLED)

    def _time(
        self, connection: sa.Connection, channel: Channel, now: datetime, found: Found, recorded: Recorded
    ) -> None:
        """Learn from a poll, and say when the next one is: at once when links were left over."""
        self._share_budget(connection)
        rhythm = self._learn(channel, now, found, recorded.new)
        had_new = now if recorded.new else None
        due = now if recorded.over else self._next_due(channel, now, found, had_new, rhythm)
        if rhythm is not None:
            channel_rows.set_rhythm(connection, channel.id, to_json(rhythm), due)
        else:
            channel_rows.defer_channel(connection, channel.id, due)

    def _share_budget(self, connection: sa.Connection) -> None:
        """Work out the scale at a crawl's first poll; the daemon's clock does so again as more becomes known."""
        if self._desk.scale is None:
            self._desk.scale = share_budget(connection, self._desk.roster, self._polls_a_day)

    def _learn(self, channel: Channel, now: datetime, found: Found | None, new: int) -> Rhythm | None:
        """Return the rhythm after a poll; None for a channel that newsdesk does not time by its rhythm."""
        known = from_json(channel.rhythm)
        told_by_index = channel.parent_id is not None and channel.updated is not None
        if told_by_index or not self._desk.roster.schedule(channel.source_id).is_automatic:
            return None
        if found is None:
            return observe(known, Seen(now)) if known is not None else None
        dates = sorted((link.published for link in found.links if link.published is not None), reverse=True)
        if known is None:  # the first document shows the past, whatever is new to the database
            dates = dates[:DATES_AT_FIRST]
            new = len(dates)
        own = tuple(date for date in dates[:new] if known is None or date > known.polled)
        return observe(known, Seen(now, new, len(found.links), own, dates[-1] if dates else None))

    def _next_due(
        self,
        channel: Channel,
        now: datetime,
        found: Found | None,
        had_new: datetime | None,
        rhythm: Rhythm | None,
    ) -> datetime | None:
        """Return when to poll again; None for a child sitemap whose index tells by lastmod when it has changed."""
        if channel.parent_id is not None and channel.updated is not None:
            return None
        schedule = self._desk.roster.schedule(channel.source_id)
        return next_due(
            schedule,
            now,
            last_new=had_new or channel.last_new,
            ttl_seconds=found.ttl_seconds if found else None,
            rhythm=rhythm,
            scale=START if self._desk.scale is None else self._desk.scale,
        )

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

    async def _unchanged(self, work: Work, channel: Channel, response: Response) -> None:
        def intent(connection: sa.Connection) -> list[int]:
            now = datetime.now(UTC)
            self._share_budget(connection)
            rhythm = self._learn(channel, now, None, 0)
            due = self._next_due(channel, now, None, None, rhythm)
            channel_rows.poll_unchanged(connection, channel.id, due, now, to_json(rhythm) if rhythm else None)
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
        self._ground.count("channels/not_modified")
        if opened and self._desk.agenda is not None:
            self._desk.agenda.add_channels(opened)
        await self._ground.answered(work)
        work.settle(Outcome.NOT_MODIFIED)
