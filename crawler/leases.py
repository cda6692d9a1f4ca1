"""The leases that this crawl holds on hosts, kept alive by a heartbeat."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from pipelines.session import Session
from storage.hosts import HostBusy, HostLease, lease_host, release_host, renew_leases

LEASE_SECONDS = 30.0
HEARTBEAT_SECONDS = 8.0
PASSING_SECONDS = 60.0
"""How long a host is held that only a redirect led to."""

logger = logging.getLogger(__name__)


class Leases:
    """Hosts that this process may send requests to. `next_request_in` tells, for a host, how many seconds its
    pace still asks to wait; it goes into the row when the host is given back.
    """

    def __init__(self, session: Session, next_request_in: Callable[[str], float]) -> None:
        self._session = session
        self._next_request_in = next_request_in
        self._held: dict[str, float] = {}
        self._visited: set[str] = set()
        self._beat: asyncio.Task[None] | None = None
        self._locks: dict[str, asyncio.Lock] = {}

    def holds(self, host: str) -> bool:
        """Tell whether this process has the host."""
        return host in self._held

    async def take(self, host: str, *, visit: bool = False) -> HostLease | HostBusy:
        """Lease a host, for a visit or (a redirect led there) in passing. Waits for the pace that is due there."""
        async with self._locks.setdefault(host, asyncio.Lock()):
            fresh = host not in self._held
            got = await self._session.write(
                lambda c: lease_host(c, host, self._session.owner, LEASE_SECONDS, datetime.now(UTC))
            )
            if isinstance(got, HostBusy):
                self._held.pop(host, None)
                return got
            self._held[host] = monotonic()
            if visit:
                self._visited.add(host)
            if self._beat is None:
                self._beat = asyncio.create_task(self._heartbeat())
            if fresh and got.next_request_at is not None:
                await asyncio.sleep(max(0.0, (got.next_request_at - datetime.now(UTC)).total_seconds()))
            return got

    def touch(self, host: str) -> None:
        """Note that a host that is held in passing is in use."""
        if host in self._held:
            self._held[host] = monotonic()

    async def release(self, host: str) -> None:
        """Give a host back."""
        self._visited.discard(host)
        self._locks.pop(host, None)
        if self._held.pop(host, None) is None:
            return
        at = datetime.now(UTC) + timedelta(seconds=self._next_request_in(host))
        await self._session.write(lambda c: release_host(c, host, self._session.owner, at))

    async def close(self) -> None:
        """Give every host back and stop the heartbeat."""
        if self._beat is not None:
            self._beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beat
        for host in list(self._held):
            await self.release(host)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await self._renew()
            except Exception:
                logger.exception("the leases could not be renewed; trying again")

    async def _renew(self) -> None:
        idle = [h for h, at in self._held.items() if h not in self._visited and monotonic() - at > PASSING_SECONDS]
        for host in idle:
            await self.release(host)
        held = list(self._held)
        if not held:
            return
        kept = await self._session.write(
            lambda c: renew_leases(c, self._session.owner, held, LEASE_SECONDS, datetime.now(UTC))
        )
        for host in set(held) - kept:
            logger.warning("lost the lease of %s: another crawl has it", host)
            self._held.pop(host, None)
