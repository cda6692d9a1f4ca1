"""The agenda: which hosts are visited, and what is asked of each, until nothing is left (or forever).

A visit is one task: the host's channels, then its pending links, newest first, a few in flight at a time.
Pending work stays in the tables; only what is in flight is in memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic

from crawler.leases import Leases
from crawler.work import Work
from pipelines.session import Session
from storage.agenda_views import host_channels
from storage.channels import due_channels
from storage.crawls import finish_crawl, start_crawl
from storage.frontier import Scope, due_hosts, due_links, next_work_at
from storage.hosts import HostBusy
from storage.types import Channel

logger = logging.getLogger(__name__)

IN_FLIGHT = 8
"""Requests of one host that are out at the same time, when it has no pace to keep."""
PACED_IN_FLIGHT = 2
"""The same for a host with a pace: what is queued there is still sent when the host asks to be left alone."""
VISIT_SECONDS = 300.0
"""A visit ends after this time, so that a host with much work does not keep others waiting."""
LONGEST_SLEEP = 15.0
CHANNELS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Terms:
    """How an agenda is worked off. `patience` (seconds) is None for a daemon, which never ends by itself."""

    hosts: int
    patience: float | None
    log_visits: bool = False


class Agenda:
    """Gives out work, one host visit at a time per host.

    `scope` says which work is taken, `delay_of` how many seconds lie between two requests to a host.
    """

    def __init__(
        self, session: Session, leases: Leases, scope: Scope, terms: Terms, delay_of: Callable[[str], float]
    ) -> None:
        self.scope = scope
        self._session = session
        self._leases = leases
        self._terms = terms
        self._delay_of = delay_of
        self._began = datetime.now(UTC)
        self._queue: asyncio.Queue[Work | None] = asyncio.Queue(maxsize=2 * IN_FLIGHT)
        self._wake = asyncio.Event()
        self._visits: dict[str, asyncio.Task[None]] = {}
        self._resting: set[str] = set()
        self._stopping = False
        self._dispatcher: asyncio.Task[None] | None = None

    @property
    def visiting(self) -> frozenset[str]:
        """The hosts that are being visited now."""
        return frozenset(self._visits)

    def wake(self) -> None:
        """Look at once for new work."""
        self._wake.set()

    def rest(self, host: str) -> None:
        """End the visit to a host that asked to be left alone, once what is in flight is settled."""
        self._resting.add(host)

    def is_resting(self, host: str) -> bool:
        """Tell whether a host has asked to be left alone since its last visit began."""
        return host in self._resting

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
        tasks = [task for task in (self._dispatcher, *self._visits.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def drained(self) -> None:
        """Wait until every visit has ended (after `stop`)."""
        while self._visits:
            await asyncio.wait(list(self._visits.values()))

    async def _dispatch(self) -> None:
        try:
            while not self._stopping:
                self._wake.clear()
                await self._open_visits()
                pause = await self._pause()
                if pause is None:
                    break
                await _wait(self._wake, pause)
            await self.drained()
        except Exception:
            logger.exception("the agenda failed; the crawl ends")
        finally:
            await self._queue.put(None)

    async def _open_visits(self) -> None:
        free = self._terms.hosts - len(self._visits)
        if free <= 0:
            return
        limit = self._terms.hosts + len(self._visits)
        owner = self._session.owner
        hosts = await self._session.read(lambda c: due_hosts(c, self.scope, owner, datetime.now(UTC), limit))
        for host in [host for host in hosts if host not in self._visits][:free]:
            self._visits[host] = asyncio.create_task(self._visit(host))

    async def _pause(self) -> float | None:
        """Return how long to wait for something to change; None when the agenda is done."""
        now = datetime.now(UTC)
        at = await self._session.read(lambda c: next_work_at(c, self.scope, now))
        if self._visits:
            return LONGEST_SLEEP
        if self._terms.patience is None:
            seconds = LONGEST_SLEEP if at is None else (at - now).total_seconds()
            return min(max(seconds, 0.05), LONGEST_SLEEP)
        if at is None or at > now + timedelta(seconds=self._terms.patience):
            return None
        return max((at - now).total_seconds(), 0.05)

    async def _visit(self, host: str) -> None:
        try:
            lease = await self._leases.take(host, visit=True)
            if isinstance(lease, HostBusy):
                return
            self._resting.discard(host)
            await self._logged_visit(host)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("the visit to %s failed", host)
            await asyncio.sleep(1)
        finally:
            del self._visits[host]
            if not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                await self._leases.release(host)
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
            counts = " ".join(f"{name}={number}" for name, number in sorted(record.outcomes.items()))
            seconds = (record.finished_at - record.started_at).total_seconds() if record.finished_at else 0
            logger.info(
                "visited %s: requests=%d new=%d %s bytes=%d seconds=%.1f",
                host, record.requests, record.links_new, counts, record.bytes, seconds,
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
        held = self._leases.holds(host) and host not in self._resting
        return held and not self._stopping and monotonic() - began < VISIT_SECONDS

    def _in_flight(self, host: str) -> int:
        return PACED_IN_FLIGHT if self._delay_of(host) > 0 else IN_FLIGHT

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
