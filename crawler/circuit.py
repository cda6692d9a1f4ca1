"""The circuit breaker: a host in trouble is left alone, step by step for longer, then asked by one request."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from crawler.rests import host_rest
from crawler.turns import Turns
from pipelines.session import Session
from storage.hosts import back_off_host, host_answered, host_failures, rests_until

STRAINS = 3
"""Failures in a row that may be a page's own, before they are taken for the host's."""


class Circuit:
    """Writes down who is in trouble, for this crawl's turns and in the table."""

    def __init__(self, session: Session, turns: Turns) -> None:
        self._session = session
        self._turns = turns

    async def trip(self, host: str, reason: str, retry_after: float | None = None) -> None:
        """Leave a host alone, for `retry_after` seconds when it said so. Returns once that is committed."""
        key = self._turns.key_of(host)
        self._turns.rest(key, host_rest(1, retry_after).total_seconds())  # at once: what waits must not go meanwhile

        def intent(connection: sa.Connection) -> datetime:
            now = datetime.now(UTC)
            standing = rests_until(connection, key, now)
            failures = host_failures(connection, key) + (standing is None)
            until = now + host_rest(failures, retry_after)
            if standing is not None and (retry_after is None or until < standing):
                until = standing
            for name in sorted({key, host}):
                back_off_host(connection, name, until, reason, now)
            return until

        until = await self._session.write(intent)
        self._turns.rest(key, (until - datetime.now(UTC)).total_seconds())

    async def strain(self, host: str, reason: str) -> bool:
        """Note a failure that may be a page's own; leave the host alone after a few in a row. Tell whether it is."""
        pace = self._turns.pace(self._turns.key_of(host))
        pace.strains += 1
        if pace.strains < STRAINS:
            return False
        pace.strains = 0
        await self.trip(host, reason)
        return True

    async def answered(self, host: str) -> None:
        """Note that a host has answered: its trouble is over, unless a back-off stands that began meanwhile."""
        key = self._turns.key_of(host)
        if not self._turns.known(key).is_troubled:
            return

        def intent(connection: sa.Connection) -> bool:
            now = datetime.now(UTC)
            over = host_answered(connection, key, now)
            if over and key != host:
                host_answered(connection, host, now)
            return over

        if await self._session.write(intent):
            self._turns.recover(key)

    def relieve(self, host: str) -> None:
        """Note that a document came whole."""
        self._turns.pace(self._turns.key_of(host)).strains = 0
