"""Record polls that were answered: links, hints, rhythm, next time and whereabouts, in one transaction each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from crawler.finds import child_sitemaps, new_links
from crawler.hints import ChannelHints, hints_json, said_by_document
from crawler.older import Older
from crawler.overflow import overflowed
from crawler.poll import Poll
from crawler.reading import pages_of
from crawler.settling import Ground
from crawler.timing import Learned, Timing
from crawler.whereabouts import note_whereabouts
from pipelines.hosts import host_of
from pipelines.items import header
from storage import channels as channel_rows
from storage.crawls import record_attempt
from storage.frontier import NewLink, Recorded
from storage.polls import record_poll
from storage.types import Channel, Found, FoundLink, Outcome

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a poll may bring: `budget` new links, `sitemap_files` children of an index; and the polls in a day."""

    budget: int
    sitemap_files: int
    polls_a_day: float


@dataclass(frozen=True, slots=True)
class _Written:
    recorded: Recorded
    opened: Sequence[int]
    moved: str | None


class PollRecorder:
    """Writes documents, and that there was nothing new."""

    def __init__(self, ground: Ground, terms: Terms) -> None:
        self._ground = ground
        self._desk = ground.desk
        self._terms = terms
        self._timing = Timing(ground.desk, terms.polls_a_day)

    async def record(self, poll: Poll, found: Found, older: Older | None) -> int:
        """Record what a document lists, and the `older` pages of one that has overflowed; return how much is new."""
        whole = older.found if older is not None else found
        source = self._desk.roster.source(poll.channel.source_id)
        pages = new_links(whole, source, datetime.now(UTC))
        hints = self._hints(poll, found, older)
        learned = Learned(whole, window=len(found.links), has_lost=older is not None and not older.is_met)
        written = await self._desk.session.write(lambda c: self._write(c, poll, pages, hints, learned))
        self._tell(poll, written, older)
        return written.recorded.new

    async def unchanged(self, poll: Poll) -> None:
        """Record that a document is as it was."""
        unchanged = poll.before.unchanged + 1 if not poll.is_whole else 0
        hints = replace(poll.heard(poll.before), unchanged=unchanged, unreached=0)

        def intent(connection: sa.Connection) -> tuple[list[int], str | None]:
            now = datetime.now(UTC)
            kept, moved = note_whereabouts(connection, poll, hints, now)
            due, rhythm = self._timing.after(connection, poll.channel, kept, now, millis=poll.work.millis)
            channel_rows.poll_unchanged(
                connection,
                poll.channel.id,
                due,
                now,
                hints=hints_json(kept),
                rhythm=rhythm,
                whole=poll.is_whole,
            )
            record_attempt(
                connection, poll.work.crawl_id, poll.attempt(Outcome.NOT_MODIFIED), now, channel_id=poll.channel.id
            )
            # An unchanged index may have children that an earlier poll had no budget for.
            opened = channel_rows.open_children(connection, poll.channel.id, now, self._terms.sitemap_files)
            self._timing.limit(connection, poll.channel.source_id, now)
            return opened, moved

        opened, moved = await self._desk.session.write(intent)
        self._ground.count("channels/not_modified")
        if moved is not None:
            logger.warning(moved)
        if opened and self._desk.agenda is not None:
            self._desk.agenda.add_channels(opened)

    def _hints(self, poll: Poll, found: Found, older: Older | None) -> ChannelHints:
        hints = poll.heard(said_by_document(poll.before, found))
        hints = replace(hints, unchanged=0, unreached=0, window=len(pages_of(found)))
        return overflowed(hints, older.is_met, datetime.now(UTC)) if older is not None else hints

    def _write(
        self, connection: sa.Connection, poll: Poll, pages: Sequence[NewLink], hints: ChannelHints, learned: Learned
    ) -> _Written:
        now, channel, found = datetime.now(UTC), poll.channel, learned.found
        children = child_sitemaps(found)
        recorded = record_poll(
            connection,
            channel,
            pages,
            now,
            next_due=now,  # until it is known below what was new
            budget=self._terms.budget,
            etag=header(poll.response, "ETag"),
            last_modified=header(poll.response, "Last-Modified"),
            content_hash=poll.digest(),
            problem=found.problem,
        )
        kept, moved = note_whereabouts(connection, poll, hints, now)
        learned = replace(learned, new=recorded.new)
        due, rhythm = self._timing.after(connection, channel, kept, now, learned, millis=poll.work.millis)
        at_once = recorded.over > 0  # links were left over
        channel_rows.keep_timing(connection, channel.id, now if at_once else due, hints=hints_json(kept), rhythm=rhythm)
        opened = self._adopt(connection, channel, children, now)
        count = recorded.found + len(children)
        attempt = poll.attempt(Outcome.POLLED, detail=found.problem, found=count, new=recorded.new)
        record_attempt(connection, poll.work.crawl_id, attempt, now, channel_id=channel.id)
        self._timing.limit(connection, channel.source_id, now)
        return _Written(recorded, opened, moved)

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
        return channel_rows.open_children(connection, channel.id, now, self._terms.sitemap_files)

    def _tell(self, poll: Poll, written: _Written, older: Older | None) -> None:
        """Count and log what a poll brought, and let the agenda know of the work that it made."""
        self._ground.count("channels/polled")
        self._ground.count("links/found", written.recorded.found)
        self._ground.count("links/new", written.recorded.new)
        if written.moved is not None:
            logger.warning(written.moved)
        if older is not None:
            lost = "older pages have what was missed" if older.is_met else "some may be lost since the poll before"
            logger.warning("%s: every entry is new; %s", poll.work.url, lost)
        agenda = self._desk.agenda
        if agenda is not None:
            agenda.add_channels(written.opened)
            if written.recorded.hosts - agenda.visiting:
                agenda.wake()
