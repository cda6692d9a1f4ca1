"""The leases that this crawl holds on hosts, kept alive by a heartbeat.

A lease is of what shares a rate: the host, or its registrable domain.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from time import monotonic

from crawler.turns import Turns
from pipelines.session import Session
from storage.hosts import HostBusy, HostLease, lease_host, release_host, renew_leases

LEASE_SECONDS = 30.0
HEARTBEAT_SECONDS = 8.0
PASSING_SECONDS = 60.0
"""How long a host is held that only a redirect led to."""

logger = logging.getLogger(__name__)


class Leases:
    """Hosts that this process may send requests to, with what the rows say of their pace in `turns`."""

    def __init__(self, session: Session, turns: Turns) -> None:
        self._session = session
        self._turns = turns
        self._ends: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._promised: dict[str, float] = {}
        self._visited: set[str] = set()
        self._beat: asyncio.Task[None] | None = None
        self._locks: dict[str, asyncio.Lock] = {}

    def holds(self, host: str) -> bool:
        """Tell whether this process has the host. One that was stopped for longer than a lease has nothing any more."""
        return self._ends.get(self._turns.key_of(host), 0.0) > monotonic()

    async def take(self, host: str, *, visit: bool = False) -> HostLease | HostBusy:
        """Lease a host, for a visit or (a redirect led there) in passing."""
        key = self._turns.key_of(host)
        async with self._locks.setdefault(key, asyncio.Lock()):
            pace, end, owner = self._turns.known(key).interval, monotonic() + LEASE_SECONDS, self._session.owner
            got = await self._session.write(
                lambda c: lease_host(c, host, owner, LEASE_SECONDS, datetime.now(UTC), pace=pace, key=key)
            )
            if isinstance(got, HostBusy):
                self._drop(key)
                return got
            self._turns.begin(key, got)
            self._ends[key], self._used[key], self._promised[key] = end, monotonic(), pace
            if visit:
                self._visited.add(key)
            if self._beat is None:
                self._beat = asyncio.create_task(self._heartbeat())
            return got

    def touch(self, host: str) -> None:
        """Note that a host is in use."""
        self._used[self._turns.key_of(host)] = monotonic()

    async def promise(self, host: str) -> None:
        """Before a request goes at a slower pace than the row tells: write it there, for a crawl that comes after."""
        key = self._turns.key_of(host)
        if self._turns.known(key).interval > self._promised.get(key, 0.0):
            await self._renew([key])

    async def release(self, host: str) -> None:
        """Give a host back."""
        key = self._turns.key_of(host)
        self._locks.pop(key, None)
        if not self._drop(key):
            return
        pace = self._turns.known(key)
        at, latency = datetime.now(UTC) + timedelta(seconds=pace.left(monotonic())), pace.latency
        await self._session.write(lambda c: release_host(c, key, self._session.owner, at, latency))
        if key not in self._ends:
            self._turns.forget(key)

    async def close(self) -> None:
        """Give every host back and stop the heartbeat."""
        if self._beat is not None:
            self._beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beat
        for key in list(self._ends):
            await self.release(key)

    def _drop(self, key: str) -> bool:
        self._visited.discard(key)
        self._used.pop(key, None)
        self._promised.pop(key, None)
        return self._ends.pop(key, None) is not None

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await self._tend()
            except Exception:
                logger.exception("the leases could not be renewed; trying again")

    async def _tend(self) -> None:
        """Give back what only a redirect led to, a while ago, and renew the others."""
        unused = monotonic() - PASSING_SECONDS
        for key in [key for key, used in self._used.items() if key not in self._visited and used < unused]:
            await self.release(key)
        if self._ends:
            await self._renew(list(self._ends))

    async def _renew(self, keys: Collection[str]) -> None:
        now, owner = monotonic(), self._session.owner
        paces = {key: self._turns.known(key).interval for key in keys}
        waits = {key: max(pace, self._turns.known(key).left(now)) for key, pace in paces.items()}
        kept = await self._session.write(
            lambda c: renew_leases(c, owner, keys, LEASE_SECONDS, datetime.now(UTC), waits)
        )
        for key in kept:
            if key in self._ends:
                self._ends[key], self._promised[key] = now + LEASE_SECONDS, paces[key]
        for key in set(keys) - kept:
            if self._drop(key):
                logger.warning("lost the lease of %s: another crawl has it", key)
