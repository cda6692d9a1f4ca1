"""The agenda: which hosts are visited, and what is asked of each, until nothing is left (or forever).

A visit is one task: the host's channels, then its pending links, newest first, a few in flight at a time.
Pending work stays in the tables; only what is in flight is in memory. Hosts that answer and hosts in trouble have
visits apart, and a visit that waits for a silent host does not count: nobody waits for a dead host but itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from crawler.leases import Leases
from crawler.turns import Turns
from crawler.work import Work
from pipelines.session import Session
from storage.agenda_views import host_channels
from storage.channels import due_channels
from storage.crawls import finish_crawl, start_crawl
from storage.due import Scope, due_hosts, due_links, next_work_at
from storage.hosts import HostBusy
from storage.types import Channel

logger = logging.getLogger(__name__)

IN_FLIGHT = 8
"""Requests of one host that are out at the same time, when it has no pace to keep."""
PACED_IN_FLIGHT = 2
"""The same for a host with a pace: one is out, and one waits for its turn."""
VISIT_SECONDS = 300.0
"""A visit ends after this time, so that a host with much work does not keep others waiting."""
LONGEST_SLEEP = 15.0
SHORTEST_SLEEP = 1.0
"""Between two looks for work while there are visits, or after a host could not be visited."""
BUSY_SLEEP = 3.0
"""Between two looks of a one-off crawl at a host that another crawl has: it may be given back at any time."""
RESTED = 3
"""Between two looks, as a multiple of what a look takes: with a backlog of many hosts each visit's end wakes one."""
CHANNELS_AT_ONCE = 50
SILENT_VISITS = 3
"""Visits to hosts that have not answered yet, as a multiple of `hosts`, on top of those that count."""
HOSTS_AT_ONCE = 1000
"""Hosts that are looked at when several of them share a rate."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How an agenda is worked off. `patience` (seconds) is None for a daemon, which never ends by itself."""

    hosts: int
    patience: float | None
    log_visits: bool = False

    @property
    def troubled_hosts(self) -> int:
        """Hosts in trouble that are visited at the same time, on top of the others."""
        return max(1, self.hosts // 4)


@dataclass(frozen=True, slots=True)
class _Visit:
    host: str
    task: asyncio.Task[None]


class Agenda:
    """Gives out work, one host visit at a time per host.

    `scope` says which work is taken, `turns` know the hosts' paces and who is in trouble.
    """

    def __init__(self, session: Session, leases: Leases, turns: Turns, scope: Scope, terms: Terms) -> None:
        self.scope = scope
        self._session = session
        self._leases = leases
        self._terms = terms
        self._turns = turns
        self._began = datetime.now(UTC)
        self._queue: asyncio.Queue[Work | None] = asyncio.Queue(maxsize=2 * IN_FLIGHT)
        self._wake = asyncio.Event()
        self._visits: dict[str, _Visit] = {}
        self._stopping = False
        self._dispatcher: asyncio.Task[None] | None = None

    @property
    def visiting(self) -> frozenset[str]:
        """The hosts that are being visited now."""
        return frozenset(visit.host for visit in self._visits.values())

    def wake(self) -> None:
        """Look at once for new work."""
        self._wake.set()

    def add_channels(self, ids: Iterable[int]) -> None:
        """Poll these channels too, whatever their schedule (a one-off crawl's child sitemaps)."""
        if not self.scope.due_only:
            added = frozenset(ids)
            listed = self.scope.listed_by | added if self.scope.listed_by else self.scope.listed_by
            self.scope = replace(self.scope, channel_ids=self.scope.channel_ids | added, listed_by=listed)
            self.wake()

    async def works(self) -> AsyncIterator[Work]:
        """Yield work until the agenda is done."""
        self._dispatcher = asyncio.create_task(self._dispatch())
        while (work := await self._queue.get()) is not None:
            yield work

    def stop(self) -> None:
        """Give out no more work; what is in flight may end."""
        self._stopping = True
        self.wake()

    async def close(self) -> None:
        """Stop at once: visits are cancelled, their links stay pending."""
        self.stop()
        visits = (visit.task for visit in self._visits.values())
        tasks = [task for task in (self._dispatcher, *visits) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def drained(self) -> None:
        """Wait until every visit has ended (after `stop`)."""
        while self._visits:
            await asyncio.wait([visit.task for visit in self._visits.values()])

    async def _dispatch(self) -> None:
        try:
            while not self._stopping:
                self._wake.clear()
                began = monotonic()
                is_full = await self._open_visits()
                pause = SHORTEST_SLEEP if is_full else await self._pause()
                if pause is None:
                    break
                cost = monotonic() - began
                await _wait(self._wake, pause)
                await asyncio.sleep(RESTED * cost)
            await self.drained()
        except Exception:
            logger.exception("the agenda failed; the crawl ends")
        finally:
            await self._queue.put(None)

    async def _open_visits(self) -> bool:
        """Open visits where there is room for them; tell whether there was none to hosts that answer."""
        healthy = [key for key in self._visits if not self._turns.known(key).is_troubled]
        silent = sum(self._turns.is_stalled(key) for key in healthy)
        free = self._terms.hosts - len(healthy) + min(silent, SILENT_VISITS * self._terms.hosts)
        await self._open(free, troubled=False)
        await self._open(self._terms.troubled_hosts - (len(self._visits) - len(healthy)), troubled=True)
        return free <= 0

    async def _open(self, free: int, *, troubled: bool) -> None:
        if free <= 0:
            return
        owner, limit = self._session.owner, free + len(self._visits)
        if self._turns.by_domain:
            limit = max(limit, HOSTS_AT_ONCE)
        hosts = await self._session.read(
            lambda c: due_hosts(c, self.scope, owner, datetime.now(UTC), limit, troubled=troubled)
        )
        for host in hosts:
            key = self._turns.key_of(host)
            if free > 0 and key not in self._visits:
                self._visits[key] = _Visit(host, asyncio.create_task(self._visit(host, key)))
                free -= 1

    async def _pause(self) -> float | None:
        """Return how long to wait for something to change; None when the agenda is done."""
        now = datetime.now(UTC)
        at = await self._session.read(lambda c: next_work_at(c, self.scope, now))
        seconds = LONGEST_SLEEP if at is None else (at - now).total_seconds()
        if self._visits:
            return min(max(seconds, SHORTEST_SLEEP), LONGEST_SLEEP)
        if self._terms.patience is None:
            return min(max(seconds, 0.05), LONGEST_SLEEP)
        if at is None or seconds > self._terms.patience:
            return None
        return min(max(seconds, 0.05), BUSY_SLEEP)

    async def _visit(self, host: str, key: str) -> None:
        try:
            lease = await self._leases.take(host, visit=True)
            if isinstance(lease, HostBusy):
                await asyncio.sleep(SHORTEST_SLEEP)
                return
            await self._logged_visit(host)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("the visit to %s failed", host)
            await asyncio.sleep(SHORTEST_SLEEP)
        finally:
            try:
                if not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                    await self._leases.release(host)
            finally:
                del self._visits[key]
                self.wake()

    async def _logged_visit(self, host: str) -> None:
        if not self._terms.log_visits:
            await self._work_off(host, self._session.crawl_id)
            return
        owner = self._session.owner
        crawl_id = await self._session.write(lambda c: start_crawl(c, "visit", host, owner, datetime.now(UTC)))
        state = "interrupted"
        try:
            await self._work_off(host, crawl_id)
            state = "finished"
        finally:
            record = await self._session.write(lambda c: finish_crawl(c, crawl_id, datetime.now(UTC), state=state))
            outcomes = dict(sorted(record.outcomes.items()))
            counts = " ".join(f"{name}={number}" for name, number in outcomes.items())
            seconds = (record.finished_at - record.started_at).total_seconds() if record.finished_at else 0
            logger.info(
                "visited %s: requests=%d new=%d %s bytes=%d seconds=%.1f",
                host, record.requests, record.links_new, counts, record.bytes, seconds,
                extra={"host": host, "crawl_id": crawl_id, "requests": record.requests, "links_new": record.links_new,
                       "outcomes": outcomes, "bytes": record.bytes, "seconds": round(seconds, 3)},
            )  # fmt: skip

    async def _work_off(self, host: str, crawl_id: int | None) -> None:
        began = monotonic()
        out: set[Work] = set()
        while True:
            if self._may_go_on(host, began) and len(out) <= self._in_flight(host) // 2:
                for work in await self._next(host, crawl_id, out):
                    out.add(work)
                    await self._queue.put(work)
            if not out:
                return
            await asyncio.wait({work.settled for work in out}, return_when=asyncio.FIRST_COMPLETED)
            out = {work for work in out if not work.settled.done()}

    def _may_go_on(self, host: str, began: float) -> bool:
        may_ask = self._leases.holds(host) and not self._turns.resting(self._turns.key_of(host))
        return may_ask and not self._stopping and monotonic() - began < VISIT_SECONDS

    def _in_flight(self, host: str) -> int:
        pace = self._turns.known(self._turns.key_of(host))
        return 1 if pace.is_troubled else PACED_IN_FLIGHT if pace.delay > 0 else IN_FLIGHT

    async def _next(self, host: str, crawl_id: int | None, out: set[Work]) -> list[Work]:
        """Return what to ask next: channels first, then the newest links."""
        room = self._in_flight(host) - len(out)
        busy = {work.channel.id for work in out if work.channel is not None}
        fetching = [work.link.id for work in out if work.link is not None]
        now = datetime.now(UTC)
        channels = [channel for channel in await self._channels(host, now) if channel.id not in busy][:room]
        if channels:
            self._forget({channel.id for channel in channels})
            return [Work(host, crawl_id, channel=channel) for channel in channels]
        if busy:
            return []
        links = await self._session.read(lambda c: due_links(c, host, self.scope, now, room, fetching))
        return [Work(host, crawl_id, link=link) for link in links]

    async def _channels(self, host: str, now: datetime) -> list[Channel]:
        if self.scope.due_only:
            return await self._session.read(lambda c: due_channels(c, host, now, CHANNELS_AT_ONCE))
        if not self.scope.channel_ids:
            return []
        there = await self._session.read(lambda c: host_channels(c, host))
        wanted = [channel for channel in there if channel.id in self.scope.channel_ids]
        # Another crawl, the daemon perhaps, has polled these since this one began.
        self._forget({channel.id for channel in wanted if (channel.last_polled or self._began) > self._began})
        return [channel for channel in wanted if channel.id in self.scope.channel_ids]

    def _forget(self, ids: set[int]) -> None:
        self.scope = replace(self.scope, channel_ids=self.scope.channel_ids - ids)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
