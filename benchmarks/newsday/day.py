"""One run: a web, a daemon, and what both wrote down."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.newsday.clock import FastClock

PORT = 8099
DELAY = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the web saw it: seconds since 1970, host, path, status (None: reset)."""

    at: float
    host: str
    path: str
    status: int | None


@dataclass(slots=True)
class Day:
    """What a run came to. Memory is (hours since the begin, MB of the daemon, MB with its workers)."""

    published: dict[str, float]
    stored: set[str] = field(default_factory=set)
    log: list[Asked] = field(default_factory=list)
    memory: list[tuple[float, float, float]] = field(default_factory=list)
    cpu_seconds: float = 0.0
    ended: float = 0.0
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The daemon's own short periods are `stretch` times as long; `cache` bounds SQLite's caches (KB, 0: not)."""

    stretch: float = 1.0
    cache: int = 0


def run_day(directory: Path, clock: FastClock, plan: dict[str, Any], until: float, at_most: float, terms: Terms) -> Day:
    """Let the daemon run until everything that was published before `until` is stored, `at_most` hours after it."""
    outlets = plan["outlets"]
    urls = {
        f"http://{one['address']}:{PORT}/news/{number}": at
        for one in outlets
        for number, at in enumerate(one["times"])
        if plan["begin"] <= at < until
    }
    day = Day(urls)
    database = directory / "newsdesk.db"
    with _web(directory, clock, plan) as log, _daemon(directory, clock, outlets, terms) as daemon:

        def is_over() -> bool:
            day.memory.append(((clock.now() - plan["begin"]) / 3600, *_memory(daemon.pid)))
            if daemon.poll() is not None:
                return True
            if clock.now() < until:
                return False
            day.stored = _stored(database)
            return urls.keys() <= day.stored or clock.now() > until + at_most * 3600

        _wait_for(is_over)
        day.cpu_seconds = _cpu(daemon.pid)
        day.ended = clock.now()
        daemon.send_signal(signal.SIGTERM)
        try:
            day.code = daemon.wait(60)
        except subprocess.TimeoutExpired:
            daemon.kill()
    day.log = list(_read_log(log))
    day.stored = _stored(database)
    return day


@contextmanager
def _web(directory: Path, clock: FastClock, plan: dict[str, Any]) -> Iterator[Path]:
    described, log = directory / "plan.json", directory / "web.jsonl"
    described.write_text(json.dumps(plan), "utf-8")
    command = [sys.executable, "-m", "benchmarks.newsday.web", str(described), str(log)]
    web = subprocess.Popen(command, env=clock.environment())
    try:
        _wait_for(lambda: log.exists() and log.stat().st_size > 0)
        yield log
    finally:
        web.kill()
        web.wait()


@contextmanager
def _daemon(
    directory: Path, clock: FastClock, outlets: list[dict[str, Any]], terms: Terms
) -> Iterator[subprocess.Popen[bytes]]:
    tables = [f'[outlet{n}]\nfeeds = ["http://{one["address"]}:{PORT}/feed.xml"]\n' for n, one in enumerate(outlets)]
    (directory / "sources.toml").write_text("\n".join(tables), "utf-8")
    # What bounds a computation in real time must not run faster; what bounds politeness must.
    settings = {"ALLOW_NETWORKS": "127.0.0.0/8", "DELAY": str(DELAY), "WORKER_TIMEOUT": "600", "TIMEOUT": "600"}
    environment = clock.environment() | {f"NEWSDESK_{name}": value for name, value in settings.items()}
    environment["PYTHONPATH"] = str(Path.cwd())
    with (directory / "daemon.log").open("wb") as log:
        command = [sys.executable, "-m", "benchmarks.newsday.stretched", str(terms.stretch), str(terms.cache), "run"]
        daemon = subprocess.Popen(command, env=environment, cwd=directory, stdout=log, stderr=log)
        try:
            yield daemon
        finally:
            daemon.kill()
            daemon.wait()


def _wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.5)


def _stored(database: Path) -> set[str]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60) as connection:
        return {row[0] for row in connection.execute("SELECT url FROM articles")}


def _read_log(path: Path) -> Iterator[Asked]:
    for line in path.read_text("utf-8").splitlines()[1:]:
        if line.endswith("}"):
            yield Asked(**json.loads(line))


def _memory(pid: int) -> tuple[float, float]:
    own = _resident(pid)
    return own, own + sum(_resident(child) for child in _children(pid))


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _told(task / "children")]
    except OSError:
        return []


def _told(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
