"""One crawl process's hold on the world: the store with its writer thread, and the worker processes.

There is one session per Scrapy crawler. It opens on first use, so that `scrapy shell` leaves no database behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from scrapy import signals
from scrapy.crawler import Crawler

from pipelines.whole import FetchPage
from pipelines.workers import WorkerPool
from storage.owner import crawler_name
from storage.store import Store, open_store
from storage.stories import unite_waiting
from storage.writer import BatchWriter

T = TypeVar("T")
READERS = 2


class Session:
    """Asynchronous access to the store and the workers. `crawl_id` is the crawl that attempts are logged under.

    `fetch_page` fetches a further page of an item's article; who crawls sets it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._settings = crawler.settings
        self._store: Store | None = None
        self._writer: BatchWriter | None = None
        self._pool: WorkerPool | None = None
        self._readers: ThreadPoolExecutor | None = None
        self.owner = crawler_name()
        self.crawl_id: int | None = None
        self.fetch_page: FetchPage | None = None
        crawler.signals.connect(self.close, signals.engine_stopped)

    @property
    def is_open(self) -> bool:
        """Whether the database has been used."""
        return self._store is not None

    @property
    def store(self) -> Store:
        """The open database."""
        if self._store is None:
            self._store = open_store(self._settings["NEWSDESK_DATABASE_URL"])
            self._writer = BatchWriter(self._store, afterwards=self._unite_stories())
            self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="newsdesk-reader")
        return self._store

    @property
    def writer(self) -> BatchWriter | None:
        """The writer, once the database has been used."""
        return self._writer

    @property
    def workers(self) -> WorkerPool | None:
        """The worker processes, once they have been used."""
        return self._pool

    def _unite_stories(self) -> Callable[[sa.Connection], int] | None:
        """Return what follows each transaction where others may have stored the other half of a story meanwhile."""
        if self._store is None or self._store.dialect != "postgresql":
            return None
        from pipelines.blocks import READING

        return lambda connection: unite_waiting(connection, READING.comparing)

    @property
    def pool(self) -> WorkerPool:
        """The worker processes."""
        if self._pool is None:
            self._pool = WorkerPool(
                self._settings.getint("NEWSDESK_WORKERS"),
                self._settings.getfloat("NEWSDESK_WORKER_TIMEOUT"),
                self._settings.getint("NEWSDESK_WORKER_MEMORY_MB"),
            )
        return self._pool

    async def read(self, question: Callable[[sa.Connection], T]) -> T:
        """Answer a question in a read transaction, off the event loop."""
        store = self.store

        def ask() -> T:
            with store.read() as connection:
                return question(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, ask)

    async def write(self, intent: Callable[[sa.Connection], T]) -> T:
        """Run an intent in the writer's next transaction; return once it is committed."""
        _ = self.store
        assert self._writer is not None
        return await asyncio.wrap_future(self._writer.submit(intent))

    async def close(self) -> None:
        """Commit what is queued and let everything go."""
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _close(self) -> None:
        if self._pool is not None:
            self._pool.close()
        if self._writer is not None:
            self._writer.close()
        if self._readers is not None:
            self._readers.shutdown(wait=True)
        if self._store is not None:
            self._store.close()


_sessions: WeakKeyDictionary[Crawler, Session] = WeakKeyDictionary()


def session_of(crawler: Crawler) -> Session:
    """Return the crawler's session."""
    session = _sessions.get(crawler)
    if session is None:
        session = _sessions[crawler] = Session(crawler)
    return session
