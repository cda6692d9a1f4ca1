"""After a poll: what it teaches of a channel's rhythm, and when the next one is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crawler.budgeting import share_budget
from crawler.cadence import START
from crawler.desk import Desk
from crawler.hints import ChannelHints
from crawler.polling import next_due
from crawler.push.timing import with_pushes
from crawler.rates import Rhythm, Seen, from_json, observe, to_json
from storage.types import Channel, Found

DATES_AT_FIRST = 500
"""Entries of a first document from which a rhythm is learned: the newest."""


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
        found: Found | None = None,
        new: int = 0,
        *,
        millis: int,
    ) -> tuple[datetime | None, dict[str, Any] | None]:
        """Return when to poll again, and the rhythm to keep; `found` is None for a document that has not changed,
        `millis` how long the request took.

        No time: a child sitemap whose index tells by lastmod when it has changed. No rhythm: what is known stays.
        """
        if self._desk.scale is None:  # a crawl's first poll; the daemon's clock does so again as more becomes known
            self._desk.scale = share_budget(connection, self._desk.roster, self._polls_a_day)
        if channel.parent_id is not None and channel.updated is not None:
            return None, None
        rhythm = self._learn(channel, now, found, new)
        schedule = self._desk.roster.schedule(channel.source_id)
        due = next_due(
            schedule,
            now,
            last_new=now if new else channel.last_new,
            hints=hints,
            rhythm=rhythm,
            scale=START if self._desk.scale is None else self._desk.scale,
        )
        due = with_pushes(connection, channel, due, now, millis=millis, new=new, rhythm=rhythm, hints=hints)
        return due, to_json(rhythm) if rhythm is not None else None

    def _learn(self, channel: Channel, now: datetime, found: Found | None, new: int) -> Rhythm | None:
        """Return the rhythm after a poll; None for a channel that newsdesk does not time by its rhythm."""
        known = from_json(channel.rhythm)
        if not self._desk.roster.schedule(channel.source_id).is_automatic:
            return None
        if found is None:
            return observe(known, Seen(now)) if known is not None else None
        dates = sorted((link.published for link in found.links if link.published is not None), reverse=True)
        if known is None:  # the first document shows the past, whatever is new to the database
            dates = dates[:DATES_AT_FIRST]
            new = len(dates)
        own = tuple(date for date in dates[:new] if known is None or date > known.polled)
        return observe(known, Seen(now, new, len(found.links), own, dates[-1] if dates else None))
