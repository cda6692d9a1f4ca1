"""Record polls that gave nothing: when to try again, and whether a location is given up."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from scrapy.http import Response

from crawler.hints import ChannelHints, hints_from, hints_json
from crawler.moving import gives_up_location, is_gone_for_good
from crawler.polling import channel_retry
from crawler.settling import Ground, attempt_of
from crawler.verdicts import Verdict
from crawler.work import Work
from pipelines.hosts import host_of
from storage import channels as channel_rows
from storage.crawls import record_attempt
from storage.moves import forget_location, keep_hints
from storage.types import Channel, Outcome

BUSY = ("host-busy", "host-resting")
"""Reasons for which a host was not even asked."""

logger = logging.getLogger(__name__)


class FailedPolls:
    """Writes failures of channels."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._desk = ground.desk

    async def record(
        self, work: Work, channel: Channel, verdict: Verdict, response: Response | None, *, is_over: bool
    ) -> None:
        """Record a poll that gave nothing. One that was only refused for now comes again when the host is free.

        `is_over` is False when the channel was found elsewhere, which is recorded next.
        """
        again = verdict.outcome is Outcome.DEFERRED

        def intent(connection: sa.Connection) -> bool:
            now = datetime.now(UTC)
            until = self._ground.rest_host(connection, work, verdict, now)
            attempt = attempt_of(work, verdict, response, outcome=verdict.outcome if again else Outcome.POLL_FAILED)
            record_attempt(connection, work.crawl_id, attempt, now, channel_id=channel.id)
            if work.is_retry:
                return _go_on(connection, channel, now)
            if again:
                wait = timedelta(seconds=verdict.retry_after or 0)
                channel_rows.defer_channel(connection, channel.id, until or now + wait)
            else:
                _fail(connection, channel, verdict, until, now)
            return _give_up(connection, channel, verdict, now)

        given_up = await self._desk.session.write(intent)
        if given_up:
            logger.warning("%s is not to be had at %s any more; its own address is tried", channel.url, work.url)
        self._ground.count(f"channels/{'deferred' if again else 'failed'}/{verdict.reason}")
        if work.is_retry and self._desk.agenda is not None:
            self._desk.agenda.add_channels([channel.id])
        if is_over:
            self._ground.finish(work, verdict)


def _go_on(connection: sa.Connection, channel: Channel, now: datetime) -> bool:
    """The declared address was only tried: the channel is asked where it is, at once."""
    keep_hints(connection, channel.id, hints_json(replace(hints_from(channel.hints), retried_at=now)))
    channel_rows.defer_channel(connection, channel.id, now)
    return False


def _fail(connection: sa.Connection, channel: Channel, verdict: Verdict, until: datetime | None, now: datetime) -> None:
    due = now + channel_retry(channel.failures + 1, for_good=is_gone_for_good(verdict))
    said = f"{verdict.reason}: {verdict.detail}" if verdict.detail else verdict.reason
    channel_rows.poll_failed(connection, channel.id, said, max(due, until or due), now)


def _give_up(connection: sa.Connection, channel: Channel, verdict: Verdict, now: datetime) -> bool:
    """Forget where a channel has moved to when it is not there any more; tell whether it was."""
    hints = _unreached(hints_from(channel.hints), channel, verdict)
    gives_up = gives_up_location(channel, hints, verdict)
    if hints.unreached or gives_up:
        keep_hints(connection, channel.id, hints_json(replace(hints, unreached=0) if gives_up else hints))
    if gives_up:
        forget_location(connection, channel.id, host_of(channel.url), validators=False)
        channel_rows.defer_channel(connection, channel.id, now)
    return gives_up


def _unreached(hints: ChannelHints, channel: Channel, verdict: Verdict) -> ChannelHints:
    """Return hints with one more request that no host answered, at a location."""
    is_one = verdict.outcome is Outcome.DEFERRED and verdict.reason not in BUSY and channel.location is not None
    return replace(hints, unreached=hints.unreached + 1) if is_one else hints
