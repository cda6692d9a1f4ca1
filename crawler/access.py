"""How background work reaches the database: through a crawl's session, or directly from a command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import sqlalchemy as sa

from storage.store import Store

T = TypeVar("T")


class Access(Protocol):
    """What `pipelines.session.Session` offers: a question or an intent, each in a transaction of its own."""

    def read(self, question: Callable[[sa.Connection], T]) -> Awaitable[T]:
        """Answer a question in a read transaction."""

    def write(self, intent: Callable[[sa.Connection], T]) -> Awaitable[T]:
        """Run an intent, and return once it is committed. It may run again, so it must do nothing else."""


@dataclass(frozen=True, slots=True)
class Direct:
    """Access of a command, which has nothing else to do meanwhile."""

    store: Store

    async def read(self, question: Callable[[sa.Connection], T]) -> T:
        """Answer a question in a read transaction."""
        with self.store.read() as connection:
            return question(connection)

    async def write(self, intent: Callable[[sa.Connection], T]) -> T:
        """Run an intent in a transaction."""
        with self.store.begin() as connection:
            return intent(connection)
