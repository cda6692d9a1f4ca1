"""Run one pure function over many inputs on all cores, in order; an input that breaks its worker costs itself alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from crawler.config import Config
from pipelines.workers import WorkerFailure, WorkerPool

T = TypeVar("T")
AHEAD = 64


def in_order(
    task: Callable[..., T], inputs: Sequence[tuple[Any, ...]], config: Config, seconds: float | None = None
) -> Iterator[T | WorkerFailure]:
    """Yield a result, or the failure of its worker, for each input."""
    pool = WorkerPool(config.workers, seconds or config.worker_timeout, config.worker_memory_mb)
    loop = asyncio.new_event_loop()
    try:
        waiting: list[asyncio.Task[T | WorkerFailure]] = []
        for arguments in inputs:
            waiting.append(loop.create_task(_safe(pool, task, arguments)))
            if len(waiting) >= AHEAD:
                yield loop.run_until_complete(waiting.pop(0))
        for one in waiting:
            yield loop.run_until_complete(one)
    finally:
        loop.close()
        pool.close()


async def _safe(pool: WorkerPool, task: Callable[..., T], arguments: tuple[Any, ...]) -> T | WorkerFailure:
    try:
        return await pool.run(task, *arguments)
    except WorkerFailure as failure:
        return failure
