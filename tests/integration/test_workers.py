"""Worker processes: what a bad task costs, and what it does not."""

from __future__ import annotations

import asyncio
import ctypes
import operator
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.workers import WorkerCrash, WorkerMemory, WorkerPool, WorkerTimeout
from tests import zygote

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(2, timeout=1.5, memory_mb=300)
    yield pool
    pool.close()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 60))


async def _each(pool: WorkerPool, *tasks: tuple[Any, ...]) -> list[Any]:
    return await asyncio.gather(*(pool.run(*task) for task in tasks), return_exceptions=True)


def test_bad_tasks_cost_themselves_alone(pool: WorkerPool) -> None:
    good = [(operator.add, number, 1) for number in range(20)]
    bad = [(ctypes.string_at, 0), (time.sleep, 60), (operator.mul, b"x", 2_000_000_000), (os._exit, 3)]
    results = run(_each(pool, *good[:10], *bad, *good[10:]))
    assert [type(result) for result in results[10:14]] == [WorkerCrash, WorkerTimeout, WorkerMemory, WorkerCrash]
    assert results[:10] + results[14:] == list(range(1, 21))
    assert "SIGSEGV" in str(results[10]) and "1.5 s" in str(results[11]) and "exit code 3" in str(results[13])


def test_a_worker_that_dies_idle_is_replaced(pool: WorkerPool) -> None:
    async def work() -> list[Any]:
        for worker in set(await _each(pool, *[(os.getpid,)] * 8)):
            os.kill(worker, signal.SIGKILL)
        return await _each(pool, *[(abs, -number) for number in range(8)])

    assert run(work()) == list(range(8))


def test_what_a_task_raises_is_passed_on(pool: WorkerPool) -> None:
    results = run(_each(pool, (int, "x"), (sys.exit, 1), (open, "/nowhere"), (iter, [1]), (threading_lock,)))
    assert [type(result) for result in results[:3]] == [ValueError, RuntimeError, FileNotFoundError]
    assert isinstance(results[4], Exception)
    assert run(pool.run(abs, -1)) == 1


def threading_lock() -> Any:
    """Return what cannot be pickled."""
    import threading

    return threading.Lock()


def test_arguments_that_cannot_be_sent_raise_at_once(pool: WorkerPool) -> None:
    with pytest.raises(Exception, match="pickle"):
        run(pool.run(abs, threading_lock()))


def test_large_arguments_and_results_arrive(pool: WorkerPool) -> None:
    assert len(run(pool.run(operator.mul, b"x" * 5_000_000, 3))) == 15_000_000


def test_a_cancelled_task_harms_no_other(pool: WorkerPool) -> None:
    async def work() -> list[Any]:
        hanging = [asyncio.ensure_future(pool.run(time.sleep, 60)) for _ in range(5)]
        await asyncio.sleep(0.2)
        for task in hanging:
            task.cancel()
        return await _each(pool, *[(abs, -number) for number in range(8)])

    assert run(work()) == list(range(8))


def test_closing_is_quick_and_cancels(pool: WorkerPool) -> None:
    async def work() -> tuple[float, list[Any]]:
        tasks = [asyncio.ensure_future(pool.run(time.sleep, 60)) for _ in range(5)]
        await asyncio.sleep(0.8)
        started = time.monotonic()
        pool.close()
        took = time.monotonic() - started
        return took, await asyncio.gather(*tasks, return_exceptions=True)

    took, results = run(work())
    assert took < 1
    assert all(isinstance(result, asyncio.CancelledError) for result in results)


def test_workers_leave_signals_to_the_parent(pool: WorkerPool) -> None:
    async def work() -> Any:
        worker = await pool.run(os.getpid)
        running = asyncio.ensure_future(pool.run(time.sleep, 0.5))
        await asyncio.sleep(0.1)
        for name in (signal.SIGINT, signal.SIGTERM):
            os.kill(worker, name)
        return await running

    assert run(work()) is None


def test_a_script_without_a_guard_is_not_run_again_in_the_workers(tmp_path: Path) -> None:
    script = tmp_path / "crawl.py"
    script.write_text(
        textwrap.dedent("""
        import asyncio, os
        from pipelines.workers import WorkerPool
        print("script runs")
        pool = WorkerPool(2, 10, 300)
        print(asyncio.run(pool.run(abs, -7)), __file__)
        pool.close()
        """)
    )
    done = subprocess.run(
        [sys.executable, script], env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True
    )
    assert done.stdout == f"script runs\n7 {script}\n" and not done.stderr


def test_no_worker_outlives_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent("""
        import asyncio, os, time
        from pipelines.workers import WorkerPool
        async def main():
            pool = WorkerPool(2, 1, 300)
            print(await pool.run(os.getpid), flush=True)
            await pool.run(time.sleep, 0.9)
            os.kill(os.getpid(), 9)
        asyncio.run(main())
        """)
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True)
    worker = int(done.stdout)
    deadline = time.monotonic() + 10
    while zygote.is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert done.returncode == -signal.SIGKILL and not zygote.is_alive(worker)
