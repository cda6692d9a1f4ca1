"""Worker processes with limits: a task that hangs, crashes or bloats costs itself alone.

Each of the pool's threads talks to one process over one pipe, so that the end of a process can only be the end of
the task it was given, and a process that dies idle is replaced without anybody noticing.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import pickle
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
TASKS_PER_WORKER = 2_000
"""A worker is replaced after so many tasks, which bounds what libraries leak."""
PRELOADED = ["pipelines.warm", "crawler.discovery.document"]
"""Names, not imports: the server that workers are forked from loads them; one that is missing is skipped."""
START_SECONDS = 60.0
GRACE_SECONDS = 5.0
ATTEMPTS = 3
_starting = threading.Lock()


class WorkerFailure(Exception):
    """A task that its worker could not finish. The text is one line."""


class WorkerTimeout(WorkerFailure):
    """It took longer than it may; the worker was killed."""


class WorkerCrash(WorkerFailure):
    """The worker process died."""


class WorkerMemory(WorkerFailure):
    """It needed more memory than it may."""


class _NotBegun(WorkerCrash):
    """The process died before it took the task, which is therefore given to another."""


@dataclass(slots=True)
class Did:
    """What a pool has done: tasks, timeouts among them, workers that were replaced; and how many are busy now."""

    tasks: int = 0
    timeouts: int = 0
    replaced: int = 0
    busy: int = 0


class WorkerPool:
    """`workers` processes; a task may take `timeout` seconds and `memory_mb` MB above an idle worker."""

    def __init__(self, workers: int, timeout: float, memory_mb: int) -> None:
        self._timeout = timeout
        self._memory_mb = memory_mb
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="newsdesk-worker")
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False
        self.did = Did()

    async def run(self, task: Callable[..., T], *arguments: Any) -> T:
        """Run a task (a module's function) in a worker; what it raises is passed on.

        Raises WorkerTimeout, WorkerMemory or WorkerCrash, and CancelledError when the pool is closed meanwhile.
        """
        payload = bytes(ForkingPickler.dumps((task, arguments)))
        future = self._threads.submit(self._exchange, payload)
        try:
            kind, value = await asyncio.wrap_future(future)
        except WorkerFailure:
            if self._closed:
                raise asyncio.CancelledError("the worker pool was closed") from None
            raise
        if kind == "raised":
            raise value
        result: T = value
        return result

    def _exchange(self, payload: bytes) -> tuple[str, Any]:
        self._note(tasks=1, busy=1)
        try:
            return self._try(payload)
        except WorkerTimeout:
            self._note(timeouts=1)
            raise
        finally:
            self._note(busy=-1)

    def _note(self, **numbers: int) -> None:
        with self._lock:
            for name, number in numbers.items():
                setattr(self.did, name, getattr(self.did, name) + number)

    def _try(self, payload: bytes) -> tuple[str, Any]:
        for _ in range(ATTEMPTS - 1):
            with suppress(_NotBegun):
                return self._ask(self._hire(), payload)
        return self._ask(self._hire(), payload)

    def _ask(self, worker: _Worker, payload: bytes) -> tuple[str, Any]:
        try:
            kind, value = worker.ask(payload, self._timeout)
            if kind == "memory":
                raise WorkerMemory(f"needed more than {self._memory_mb} MB")
        except BaseException:
            self._dismiss(worker)
            raise
        if worker.tasks >= TASKS_PER_WORKER:
            self._dismiss(worker)
        else:
            self._idle.append(worker)
        return kind, value

    def _hire(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive():
                return worker
            self._dismiss(worker)
        worker = _Worker(self._memory_mb, self._timeout)
        with self._lock:
            self._all.add(worker)
            closed = self._closed
        if closed:
            self._dismiss(worker)
            raise WorkerCrash("the worker pool is closed")
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        with self._lock:
            self._all.discard(worker)
            self.did.replaced += not self._closed
        worker.dispose()

    def kill(self) -> None:
        """End the processes and wait for nothing: the process that they work for is about to end."""
        for worker in list(self._all):
            worker.stop()

    def close(self) -> None:
        """Stop the workers at once; what they do is abandoned."""
        with self._lock:
            self._closed = True
            workers = list(self._all)
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.stop()
        self._threads.shutdown(wait=True)
        for worker in workers:
            self._dismiss(worker)


class _Worker:
    """One process and the pipe to it. Used by one thread at a time; only `stop` may come from another."""

    def __init__(self, memory_mb: float, timeout: float) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, memory_mb, timeout), daemon=True)
        self.tasks = 0
        try:
            with _starting, _nameless_main():
                self._process.start()
            theirs.close()
            if not self._pipe.poll(START_SECONDS):
                raise EOFError
            self._pipe.recv()
        except (OSError, EOFError) as error:
            self.dispose()
            raise WorkerCrash(f"a worker process does not start: {error or 'no sign of life'}") from None

    def is_alive(self) -> bool:
        """Tell whether the process can be given a task."""
        return self._process.is_alive() and not self._pipe.closed and not self._pipe.poll()

    def ask(self, payload: bytes, timeout: float) -> tuple[str, Any]:
        """Return what became of a task. Raises WorkerTimeout or WorkerCrash."""
        self.tasks += 1
        try:
            self._pipe.send_bytes(payload)
            if not self._pipe.poll(START_SECONDS):
                raise EOFError
            self._pipe.recv_bytes()
        except (OSError, EOFError):
            raise _NotBegun("the worker process died before it began") from None
        try:
            if not self._pipe.poll(timeout):
                raise WorkerTimeout(f"took longer than {timeout:g} s")
            reply: tuple[str, Any] = self._pipe.recv()
        except (OSError, EOFError):
            raise WorkerCrash(f"the worker process died ({self._how()})") from None
        return reply

    def _how(self) -> str:
        self._process.join(1)
        code = self._process.exitcode
        if code is None or code >= 0:
            return f"exit code {code}"
        with suppress(ValueError):
            return signal.Signals(-code).name
        return f"signal {-code}"

    def stop(self) -> None:
        """End the process, whatever it does."""
        with suppress(OSError, ValueError):
            if self._process.pid is not None and self._process.is_alive():
                self._process.kill()

    def dispose(self) -> None:
        """End the process and let go of what it held here."""
        self.stop()
        if self._process.pid is not None:
            self._process.join(GRACE_SECONDS)
        self._pipe.close()


@contextmanager
def _nameless_main() -> Iterator[None]:
    """Keep a starting process from importing our main module: a script that crawls would crawl again in each worker."""
    main = sys.modules["__main__"]
    spec, file = getattr(main, "__spec__", None), main.__dict__.pop("__file__", None)
    main.__spec__ = None
    try:
        yield
    finally:
        main.__spec__ = spec
        if file is not None:
            main.__file__ = file


def _serve(pipe: Connection, memory_mb: int, timeout: float) -> None:
    """Work until the pipe ends. A parent that dies ends it too, or the alarm does when a task hangs by then."""
    for name in (signal.SIGINT, signal.SIGTERM):  # the parent's to deal with: it lets running tasks end
        signal.signal(name, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)  # what is wrong with a page is told by the result
    import pipelines.warm  # noqa: F401  (loaded already, unless the server was started by somebody else)

    _limit(memory_mb)
    pipe.send("ready")
    with suppress(EOFError, OSError):
        while True:
            payload = pipe.recv_bytes()
            pipe.send_bytes(b"begun")
            signal.setitimer(signal.ITIMER_REAL, timeout + GRACE_SECONDS)
            pipe.send_bytes(_reply(payload))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _reply(payload: bytes) -> bytes:
    try:
        task, arguments = pickle.loads(payload)
        return bytes(ForkingPickler.dumps(("done", task(*arguments))))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except BaseException as error:
        return _told(error)


def _told(error: BaseException) -> bytes:
    """Return an exception in a form that surely arrives."""
    try:
        if not isinstance(error, Exception):
            raise TypeError("what ends a worker must not end us")
        told = pickle.dumps(("raised", error))
        pickle.loads(told)
        return told
    except Exception:
        return pickle.dumps(("raised", RuntimeError(f"{type(error).__name__}: {str(error)[:500]}")))


def _limit(memory_mb: int) -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        limit = pages * resource.getpagesize() + memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
