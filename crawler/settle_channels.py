"""Settle channels: what their documents list, or that they could not be had or read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from scrapy.http import Response

from crawler.discovery.document import read_document
from crawler.finds import child_sitemaps, new_links
from crawler.freshness import fresh_seconds, hub_of
from crawler.hints import ChannelHints, hints_from, hints_json, said_by_document, said_by_headers
from crawler.polling import channel_retry
from crawler.settling import Ground, attempt_of, judge
from crawler.timing import Timing
from crawler.verdicts import Verdict
from crawler.work import Work
from pipelines.hosts import host_of
from pipelines.items import header
from pipelines.workers import WorkerFailure
from storage import channels as channel_rows
from storage.crawls import record_attempt
from storage.polls import record_poll
from storage.types import Attempt, Channel, Found, FoundLink, LinkState, Outcome, Unreadable


class ChannelSettler:
    """Writes what came of channels."""

    def __init__(self, ground: Ground, budget: int, sitemap_files: int, polls_a_day: float) -> None:
        self._ground = ground
        self._desk = ground.desk
        self._budget = budget
        self._sitemap_files = sitemap_files
        self._timing = Timing(ground.desk, polls_a_day)

    async def answered(self, work: Work, response: Response) -> None:
        """Record what a channel's document lists, or that it could not be had or read."""
        channel = work.channel
        assert channel is not None
        hints = heard(hints_from(channel.hints), response)
        if response.status == 304:
            await self._unchanged(work, channel, response, hints)
            return
        verdict = judge(response)
        if verdict is not None:
            await self.failed(work, channel, verdict, response)
            return
        await self._ground.answered(work)
        digest = hashlib.sha256(response.body).hexdigest()
        if digest == channel.content_hash:
            await self._unchanged(work, channel, response, hints)
            return
        found = await self._read(channel, response)
        if isinstance(found, Unreadable):
            unreadable = Verdict(LinkState.FAILED, Outcome.POLL_FAILED, "unreadable", found.reason)
            await self.failed(work, channel, unreadable, response)
            return
        await self._record(work, channel, response, found, digest, heard(said_by_document(hints, found), response))

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

    async def _record(
        self, work: Work, channel: Channel, response: Response, found: Found, digest: str, hints: ChannelHints
    ) -> None:
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
            due, rhythm = self._timing.after(connection, channel, hints, now, found, recorded.new, millis=work.millis)
            at_once = recorded.over > 0  # links were left over
            channel_rows.keep_timing(
                connection, channel.id, now if at_once else due, hints=hints_json(hints), rhythm=rhythm
            )
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

    async def _unchanged(self, work: Work, channel: Channel, response: Response, hints: ChannelHints) -> None:
        def intent(connection: sa.Connection) -> list[int]:
            now = datetime.now(UTC)
            due, rhythm = self._timing.after(connection, channel, hints, now, millis=work.millis)
            channel_rows.poll_unchanged(
                connection, channel.id, due, now, hints=hints_json(hints), rhythm=rhythm, whole=response.status != 304
            )
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


def heard(hints: ChannelHints, response: Response) -> ChannelHints:
    """Return hints with what an answer's headers say. A 304 without such headers leaves what is known."""
    names = ("Cache-Control", "Expires", "Age", "Date")
    control, expires, age, date = (header(response, name) for name in names)
    fresh = None
    if control or expires or response.status != 304:
        fresh = fresh_seconds(control, expires, age, date, datetime.now(UTC))
    links = [one.decode("latin-1") for one in response.headers.getlist("Link")]
    hub, topic = hub_of(links, response.url)
    return said_by_headers(hints, fresh, hub, topic)
