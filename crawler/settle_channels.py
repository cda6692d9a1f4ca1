"""Settle channels: judge what came of a poll, and see to what else it needs: older pages, tests, a new address."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa
from scrapy.http import Response

from crawler.failed_polls import FailedPolls
from crawler.followups import FollowUps
from crawler.hints import hints_from, hints_json
from crawler.moving import DISCOVERED, seeks
from crawler.older import Older, OlderPages
from crawler.overflow import may_overflow, reads_older
from crawler.poll import Poll
from crawler.reading import keys_ends_first, pages_of, read_answer
from crawler.recorder import PollRecorder, Terms
from crawler.seeking import FeedSeeker
from crawler.settling import Ground, judge
from crawler.validators import doubted, judged
from crawler.verdicts import Verdict
from crawler.work import Work
from storage.moves import hasten, hints_of, keep_hints
from storage.polls import lists_known
from storage.types import Channel, Found, LinkState, Outcome, Unreadable

JUST_POLLED = timedelta(minutes=10)
"""After an overflow a source's other channels are asked too, unless they were polled so lately."""

logger = logging.getLogger(__name__)


class ChannelSettler:
    """Writes what came of channels."""

    def __init__(self, ground: Ground, followups: FollowUps, terms: Terms) -> None:
        self._ground = ground
        self._desk = ground.desk
        self._followups = followups
        self._older = OlderPages(ground.desk, followups)
        self._seeker = FeedSeeker(ground.desk, followups)
        self._recorder = PollRecorder(ground, terms)
        self._failed_polls = FailedPolls(ground)

    async def answered(self, work: Work, response: Response) -> None:
        """Record what a channel's document lists, or that it could not be had or read."""
        channel = work.channel
        assert channel is not None
        poll = Poll(work, channel, response, hints_from(channel.hints))
        if response.status == 304 and poll.is_conditional:
            await self._recorder.unchanged(poll)
            await self._ground.answered(work)
            work.settle(Outcome.NOT_MODIFIED)
            return
        verdict = judge(response)
        if verdict is not None:
            await self.failed(work, channel, verdict, response)
            return
        await self._ground.answered(work)
        if poll.digest() == channel.content_hash:
            await self._recorder.unchanged(poll)
            work.settle(Outcome.NOT_MODIFIED)
            return
        found = await read_answer(self._desk.session, response, channel.kind)
        if isinstance(found, Unreadable):
            unreadable = Verdict(LinkState.FAILED, Outcome.POLL_FAILED, "unreadable", found.reason)
            await self.failed(work, channel, unreadable, response)
            return
        await self._record(poll, found)

    async def failed(self, work: Work, channel: Channel, verdict: Verdict, response: Response | None) -> None:
        """Record a poll that gave nothing. A feed that is gone is looked for on its source's home page."""
        verdict = await self._ground.weigh(work, verdict)
        sought = None
        if channel.location is None and seeks(channel, verdict):
            sought = await self._seeker.seek(work, channel)
        await self._failed_polls.record(work, channel, verdict, response, is_over=sought is None)
        if sought is not None:
            poll = Poll(work, channel, sought.response, hints_from(channel.hints), because=DISCOVERED)
            await self._record(poll, sought.found)

    async def _record(self, poll: Poll, found: Found) -> None:
        """Record a document that has changed, with older pages when it may have lost entries."""
        older = await self._catch_up(poll, found)
        new = await self._recorder.record(poll, found, older)
        if older is not None and not older.is_met:
            await self._ask_others(poll.channel)
        await self._test_validators(poll, new)
        poll.work.settle(Outcome.POLLED)

    async def _catch_up(self, poll: Poll, found: Found) -> Older | None:
        """Return what a document and its older pages list when all its entries are new; else None."""
        pages, channel_id = pages_of(found), poll.channel.id
        if poll.because or not may_overflow(poll.before, len(pages)):
            return None
        if await self._desk.session.read(lambda c: lists_known(c, channel_id, keys_ends_first(pages))):
            return None
        return await self._older.read(poll.work, poll.channel, found) if reads_older(poll.before) else Older(found)

    async def _ask_others(self, channel: Channel) -> None:
        """Make the source's other channels due: one of them may list what this one has lost."""
        if not self._desk.roster.schedule(channel.source_id).is_automatic:
            return
        now = datetime.now(UTC)
        others = await self._desk.session.write(
            lambda c: hasten(c, channel.source_id, {channel.id}, now - JUST_POLLED, now)
        )
        if others and self._desk.agenda is not None:
            self._desk.agenda.wake()

    async def _test_validators(self, poll: Poll, new: int) -> None:
        """Send the validators of before once more, each by itself, when 304s may have been false."""
        tests = doubted(poll.channel, poll.before, poll.is_conditional, new, datetime.now(UTC))
        if not tests or poll.work.is_retry or poll.because:
            return
        statuses: dict[str, int | None] = {}
        for name, value in tests.items():
            answer = await self._followups.get(poll.work, poll.work.url, f"a test of {name}", {name: value})
            statuses[name] = answer.status if isinstance(answer, Response) else None
        await self._desk.session.write(partial(self._judge_validators, poll=poll, statuses=statuses))

    def _judge_validators(self, connection: sa.Connection, poll: Poll, statuses: dict[str, int | None]) -> None:
        known = hints_from(hints_of(connection, poll.channel.id))
        told = judged(known, statuses, datetime.now(UTC))
        keep_hints(connection, poll.channel.id, hints_json(told))
        if set(told.lies) - set(known.lies):
            logger.warning(
                "%s answers 304 to %s although it has something new; it is asked without",
                poll.work.url, " and ".join(told.lies),
            )  # fmt: skip
