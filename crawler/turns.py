"""Turns: requests to one host wait in a line, and go when its pace lets them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isinf
from time import monotonic

from crawler.pace import Pace, PaceRules
from pipelines.hosts import registrable_domain
from storage.hosts import HostLease

STALL_SECONDS = 2.0
"""A request that is out for longer keeps its visit from counting among those that others wait for."""
CHECK_SECONDS = 60.0


@dataclass(slots=True, eq=False)
class _Line:
    pace: Pace
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_idle(self) -> bool:
        return not self.lock.locked() and not self.pace.out


class Turns:
    """The paces of the hosts that are asked, by the name of what shares a rate (`key_of`).

    `by_domain` tells whether that is the registrable domain.
    """

    def __init__(self, rules: PaceRules, *, by_domain: bool = False) -> None:
        self._rules = rules
        self.by_domain = by_domain
        self._lines: dict[str, _Line] = {}

    def key_of(self, host: str) -> str:
        """Return what a host shares its rate with: its registrable domain, or itself alone."""
        return (registrable_domain(host) or host) if self.by_domain else host

    def pace(self, key: str) -> Pace:
        """Return a pace, a new one where nothing is known."""
        return self._line(key).pace

    def known(self, key: str) -> Pace:
        """Return a pace to read from, without keeping a new one."""
        line = self._lines.get(key)
        return line.pace if line is not None else Pace(self._rules)

    def resting(self, key: str) -> float:
        """Return the seconds that a host is to be left alone, 0 when it is not."""
        return max(0.0, self.known(key).rests_until - monotonic())

    def is_stalled(self, key: str) -> bool:
        """Tell whether a request to the host has been waiting for its answer for long."""
        return self.known(key).is_stalled(monotonic(), STALL_SECONDS)

    def begin(self, key: str, lease: HostLease) -> None:
        """Take over what the row knows of a host that this crawl has leased."""
        line = self._line(key)
        if lease.next_request_at is not None:
            line.pace.begins = monotonic() + (lease.next_request_at - datetime.now(UTC)).total_seconds()
        line.pace.latency = lease.latency if lease.latency is not None else line.pace.latency
        line.pace.is_troubled = lease.failures > 0
        line.pace.rests_until = 0.0
        line.changed.set()

    def rest(self, key: str, seconds: float) -> None:
        """Let nothing more go to a host for so long; from now on it is in trouble."""
        line = self._line(key)
        line.pace.rests_until = monotonic() + seconds
        line.pace.is_troubled = True
        line.changed.set()

    def ask(self, key: str, host: str, seconds: float) -> None:
        """Note what a host's robots.txt asks for as its delay, 0 for nothing."""
        if seconds > 0:
            self._line(key).pace.asked[host] = seconds
        elif key in self._lines:
            self._lines[key].pace.asked.pop(host, None)

    def forget(self, key: str) -> None:
        """Let go of a host that was given back, unless somebody waits there."""
        line = self._lines.get(key)
        if line is not None and line.is_idle:
            del self._lines[key]

    async def take(self, key: str, ready: Callable[[], Awaitable[None]]) -> float:
        """Wait until a request may go, note it, and return its time. `ready` is asked before: it may raise."""
        line = self._line(key)
        async with line.lock:
            while True:
                await ready()
                wait = line.pace.wait(monotonic())
                if wait <= 0:
                    break
                await _until(line.changed, CHECK_SECONDS if isinf(wait) else wait)
            now = monotonic()
            line.pace.send(now)
            return now

    def hear(self, key: str) -> None:
        """Note the first sign of an answer."""
        self._line(key).pace.hear(monotonic())

    def end(self, key: str, began: float, *, is_good: bool, answered: float | None = None) -> None:
        """Note the end of a request that `take` let go."""
        line = self._line(key)
        line.pace.end(began, monotonic(), is_good=is_good, answered=answered)
        line.changed.set()

    def recover(self, key: str) -> None:
        """Note that a host that was in trouble has answered."""
        line = self._line(key)
        line.pace.is_troubled = False
        line.changed.set()

    def _line(self, key: str) -> _Line:
        return self._lines.setdefault(key, _Line(Pace(self._rules)))


async def _until(changed: asyncio.Event, seconds: float) -> None:
    changed.clear()
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
