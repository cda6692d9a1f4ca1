"""Spend a source's `requests_a_day`: links beyond it wait, pending, until a request of before is 24 hours old."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import partial

from crawler.desk import Desk
from crawler.work import Work
from storage.budgets import latest_requests, put_off_links
from storage.types import Outcome

DAY = timedelta(days=1)
SHORTEST_WAIT = timedelta(minutes=10)
"""So long links wait at least: else all of them would be looked at for every single request that becomes free."""

logger = logging.getLogger(__name__)


class Spending:
    """Counts what may still be asked of the sources that have a budget. Polls count too, but never wait for it: without
    them nothing would be known to wait. A page that was named by its URL is the user's own word.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._left: dict[int, int] = {}
        self._out: dict[int, set[Work]] = defaultdict(set)

    async def admits(self, work: Work) -> bool:
        """Tell whether a request may be sent. If not, its link and all others of the source wait, and it is settled."""
        source = self._desk.roster.source(work.source_id)
        if source is None or source.requests_a_day is None or work.source_id is None:
            return True
        source_id = work.source_id
        if self._left.get(source_id, 0) < 1:
            self._left[source_id] = await self._look(source_id, source.requests_a_day)
        self._left[source_id] -= 1
        if self._left[source_id] >= 0 or self._is_own_word(work):
            out = self._out[source_id]
            out.add(work)
            work.settled.add_done_callback(lambda _: out.discard(work))
            return True
        work.settle(Outcome.DEFERRED)
        return False

    async def _look(self, source_id: int, limit: int) -> int:
        """Return how many requests are left; when there are none, put the source's links off.

        What is in flight is not in the log yet, and counts as asked now.
        """
        now = datetime.now(UTC)
        out = set(self._out[source_id])
        asked = await self._desk.session.read(
            partial(latest_requests, source_id=source_id, since=now - DAY, limit=limit)
        )
        times = [now] * len(out) + asked
        if len(times) < limit:
            return limit - len(times)
        until = max(times[limit - 1] + DAY, now + SHORTEST_WAIT)
        fetching = {work.link.id for work in out if work.link is not None}
        waiting = await self._desk.session.write(partial(put_off_links, source_id=source_id, until=until, but=fetching))
        if waiting:
            source = self._desk.roster.source(source_id)
            name = source.name if source is not None else source_id
            logger.info("%s has had its %d requests of 24 hours: %d links wait until %s", name, limit, waiting, until)
        return 0

    def _is_own_word(self, work: Work) -> bool:
        agenda = self._desk.agenda
        return work.link is None or (agenda is not None and work.link.id in agenda.scope.link_ids)
