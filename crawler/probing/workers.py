"""A worker process for the documents of one probe, where no document can do harm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from crawler.config import Config
from crawler.probing.explorer import Run
from pipelines.workers import WorkerPool

T = TypeVar("T")


@contextmanager
def workers(config: Config) -> Iterator[Run]:
    """Give a way to run tasks in a worker process."""
    pool = WorkerPool(1, config.worker_timeout, config.worker_memory_mb)
    loop = asyncio.new_event_loop()

    def run(task: Callable[..., T], /, *arguments: Any) -> T:
        return loop.run_until_complete(pool.run(task, *arguments))

    try:
        yield run
    finally:
        loop.close()
        pool.close()
