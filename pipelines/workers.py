"""Worker processes with limits: a task that hangs, crashes or bloats costs itself alone."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import resource
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

T = TypeVar("T")
TASKS_PER_WORKER = 2_000
"""A worker is replaced after so many tasks, which bounds what libraries leak."""


class WorkerFailure(Exception):
    """A task that its worker could not finish. The text is one line."""


class WorkerTimeout(WorkerFailure):
    """It took longer than it may; the worker was killed."""


class WorkerCrash(WorkerFailure):
    """The worker process died."""


class WorkerMemory(WorkerFailure):
    """It needed more memory than it may."""


class WorkerPool:
    """`workers` processes; a task may take `timeout` seconds and `memory_mb` MB above an idle worker."""

    def __init__(self, workers: int, timeout: float, memory_mb: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipelines.extract", "crawler.discovery.document"])
        self._timeout = timeout
        self._memory_mb = memory_mb
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=TASKS_PER_WORKER,
            initializer=_limit,
            initargs=(memory_mb,),
            context=context,
        )

    async def run(self, task: Callable[..., T], *arguments: Any) -> T:
        """Run a task in a worker. Raises WorkerTimeout, WorkerMemory or WorkerCrash; what the task raises is passed on."""
        future = self._pool.schedule(task, args=arguments, timeout=self._timeout)
        try:
            return await asyncio.wrap_future(future)
        except FutureTimeout:
            raise WorkerTimeout(f"took longer than {self._timeout:g} s") from None
        except MemoryError:
            raise WorkerMemory(f"needed more than {self._memory_mb} MB") from None
        except ProcessExpired as error:
            raise WorkerCrash(f"the worker process died (exit code {error.exitcode})") from None

    def close(self, timeout: float = 5) -> None:
        """Stop the workers; what they do is abandoned."""
        self._pool.stop()
        with contextlib.suppress(FutureTimeout):
            self._pool.join(timeout)


def _limit(memory_mb: int) -> None:
    """Limit this worker. Ctrl-C in the terminal is the parent's to deal with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return
    limit = pages * resource.getpagesize() + memory_mb * 1024 * 1024
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
