"""After a poll: what it teaches of a channel's rhythm, and when the next one is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crawler.budgeting import demanded, share_budget
from crawler.cadence import START
from crawler.desk import Desk
from crawler.hints import ChannelHints
from crawler.polling import SHORTEST_AUTO, next_due
from crawler.push.timing import with_pushes
from crawler.rates import Rhythm, Seen, from_json, observe, to_json
from storage.polls import latest_polls, put_off
from storage.types import Channel, Found

DATES_AT_FIRST = 500
"""Entries of a first document from which a rhythm is learned: the newest."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a document has taught: what it lists (older pages with it), how many of that are `new`, how many entries it
    shows at once, and whether some may be lost.
    """

    found: Found
    window: int
    has_lost: bool = False
    new: int = 0


class Timing:
    """Times the channels of a crawl. `polls_a_day` is the budget that those without a declared time share."""

    def __init__(self, desk: Desk, polls_a_day: float) -> None:
        self._desk = desk
        self._polls_a_day = polls_a_day

    def after(
        self,
        connection: sa.Connection,
        channel: Channel,
        hints: ChannelHints,
        now: datetime,
        learned: Learned | None = None,
        *,
        millis: int,
    ) -> tuple[datetime | None, dict[str, Any] | None]:
        """Return when to poll again, and the rhythm to keep; without `learned` the document has not changed, `millis`
        is how long the request took.

        No time: a child sitemap whose index tells by lastmod when it has changed. No rhythm: what is known stays.
        """
        if self._desk.scale is None:  # a crawl's first poll; the daemon's clock does so again as more becomes known
            self._desk.scale = share_budget(connection, self._desk.roster, self._polls_a_day)
        if channel.parent_id is not None and channel.updated is not None:
            return None, None
        rhythm = self._learn(channel, now, learned)
        schedule = self._desk.roster.schedule(channel.source_id)
        new = learned.new if learned is not None else 0
        due = next_due(
            schedule,
            now,
            last_new=now if new else channel.last_new,
            hints=hints,
            rhythm=rhythm,
            scale=self._scale,
        )
        due = with_pushes(connection, channel, due, now, millis=millis, new=new, rhythm=rhythm, hints=hints)
        if schedule.is_automatic:
            due = now + (due - now) * self._stretch(connection, channel.source_id)
            if learned is not None and learned.has_lost and channel.last_polled is not None:
                due = min(due, sooner(channel.last_polled, now))
        return due, to_json(rhythm) if rhythm is not None else None

    def limit(self, connection: sa.Connection, source_id: int, now: datetime) -> None:
        """Put off the polls of a source that has had its `polls_a_day` within the last 24 hours."""
        source = self._desk.roster.source(source_id)
        if source is None or source.polls_a_day is None or not self._desk.roster.schedule(source_id).is_automatic:
            return
        times = latest_polls(connection, source_id, now - DAY, source.polls_a_day)
        if len(times) == source.polls_a_day:
            put_off(connection, source_id, times[-1] + DAY)

    @property
    def _scale(self) -> float:
        return START if self._desk.scale is None else self._desk.scale

    def _stretch(self, connection: sa.Connection, source_id: int) -> float:
        """Return by how much a source's own budget lengthens the time between its polls, so that they spread evenly."""
        source = self._desk.roster.source(source_id)
        if source is None or source.polls_a_day is None:
            return 1.0
        return max(1.0, demanded(connection, source_id, self._scale) / source.polls_a_day)

    def _learn(self, channel: Channel, now: datetime, learned: Learned | None) -> Rhythm | None:
        """Return the rhythm after a poll; None for a channel that newsdesk does not time by its rhythm."""
        known = from_json(channel.rhythm)
        if not self._desk.roster.schedule(channel.source_id).is_automatic:
            return None
        if learned is None:
            return observe(known, Seen(now)) if known is not None else None
        links, new = learned.found.links, learned.new
        dates = sorted((link.published for link in links if link.published is not None), reverse=True)
        if known is None:  # the first document shows the past, whatever is new to the database
            dates = dates[:DATES_AT_FIRST]
            new = len(dates)
        own = tuple(date for date in dates[:new] if known is None or date > known.polled)
        rhythm = observe(known, Seen(now, new, len(links), own, dates[-1] if dates else None))
        return replace(rhythm, window=learned.window or rhythm.window)


def sooner(polled: datetime, now: datetime) -> datetime:
    """Return when a channel is polled at the latest that overflowed since it was `polled`: after half that time."""
    return now + max((now - polled) / 2, SHORTEST_AUTO)
