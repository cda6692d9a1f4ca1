"""Processes of newsdesk that are forked from one in which it is loaded: starting Python anew takes seconds of CPU each.

`start` takes what `subprocess.Popen` takes for `[sys.executable, "-m", module, …]` and returns a Popen: a real process
with its own PID, directory, environment and output, to be signalled, killed and waited for. Where that cannot be
(not Linux, or NEWSDESK_TESTS=anew in its environment) it is started as any other.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parent.parent
SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): a process that its own parent has left becomes this one's child."""
LOADED = (
    "crawler.cli",
    "crawler.daemon",
    "crawler.errand",
    "crawler.extensions.accounting",
    "crawler.extensions.crawl_log",
    "crawler.spiders.news",
    "crawler.probing.explorer",
    "pipelines.warm",
    "pipelines.item_pipelines",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "storage.migrate",
    "storage.web.app",
    "uvicorn",
)
ANEW = ("crawler.settings", "twisted.internet.reactor")
"""Read or installed by each process for itself."""


def start(command: Sequence[str | os.PathLike[str]], **options: Any) -> subprocess.Popen[Any]:
    """Start `[sys.executable, "-m", module, …]` with the options of Popen (cwd, env, stdout, stderr, text, …)."""
    words = [os.fspath(word) for word in command]
    is_ours = words[:2] == [sys.executable, "-m"] and words[2] in ("crawler", "scrapy")
    environment = options.get("env") or os.environ
    if (
        sys.platform == "linux"
        and is_ours
        and environment.get("NEWSDESK_TESTS") != "anew"
        and _is_same_python(environment)
    ):
        return _Forked(words, **options)
    return subprocess.Popen(words, **options)


def run(
    command: Sequence[str | os.PathLike[str]],
    *,
    capture_output: bool = False,
    timeout: float | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[Any]:
    """Do what `subprocess.run` does, without input."""
    if capture_output:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(command, **options) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def is_alive(pid: int) -> bool:
    """Tell whether a process has not ended. An orphan that has may stay a zombie, since tests do not wait for orphans."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _is_same_python(environment: Mapping[str, str]) -> bool:
    """Tell whether what Python reads as it starts, and no more after that, is as it was here."""
    early = ("PYTHON", "LC_", "LANG")
    asked, own = (
        {k: v for k, v in of.items() if k.startswith(early) and v != str(ROOT)} for of in (environment, os.environ)
    )
    return asked == own


class _Forked(subprocess.Popen[Any]):
    """A Popen whose process comes out of the zygote."""

    def _execute_child(self, args: list[str], *settings: Any) -> None:
        cwd, env = settings[4:6]
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = settings[9:15]
        asked = {"argv": args[2:], "cwd": os.fspath(cwd or "."), "env": dict(env if env is not None else os.environ)}
        own = [p2cread if p2cread != -1 else 0, c2pwrite if c2pwrite != -1 else 1, errwrite if errwrite != -1 else 2]
        self.pid = _ask(asked, own)
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)  # type: ignore[attr-defined]


def _ask(asked: Mapping[str, Any], descriptors: list[int]) -> int:
    zygote = _zygote()
    message = json.dumps(asked).encode()
    socket.send_fds(zygote, [len(message).to_bytes(4, "big")], descriptors)
    zygote.sendall(message)
    return int.from_bytes(_read(zygote, 4), "big")


@cache
def _zygote() -> socket.socket:
    """Start this module as the process that others are forked from, once per test process."""
    ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0)
    ours, theirs = socket.socketpair()
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # a fork takes one thread along
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.zygote", str(theirs.fileno())],
        cwd=ROOT, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
    )  # fmt: skip
    theirs.close()
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def _read(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise EOFError("the other side has left")
        received += part
    return received


def _serve(connection: socket.socket) -> None:
    """Fork what is asked for, until nobody asks any more."""
    _load()
    while True:
        head, descriptors, _, _ = socket.recv_fds(connection, 4, 3)
        if not head:
            return
        asked = json.loads(_read(connection, int.from_bytes(head, "big")))
        pid = _fork(connection, asked, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        connection.sendall(pid.to_bytes(4, "big"))


def _load() -> None:
    from importlib import import_module
    from multiprocessing import forkserver, resource_tracker

    from pipelines.workers import PRELOADED

    for name in LOADED:
        import_module(name)
    for name in ANEW:
        sys.modules.pop(name, None)
    forkserver.set_forkserver_preload(PRELOADED)
    forkserver.ensure_running()
    # What is forked is not the server's parent, and cannot ask how it is; it uses it as long as we hold it open.
    vars(forkserver._forkserver)["ensure_running"] = resource_tracker.ensure_running


def _fork(connection: socket.socket, asked: Mapping[str, Any], descriptors: list[int]) -> int:
    """Fork a process that we are not the parent of: the one in between ends at once."""
    told, tell = os.pipe()
    between = os.fork()
    if not between:
        pid = os.fork()
        if not pid:
            os.close(told)
            os.close(tell)
            connection.close()
            _become(asked, descriptors)
        os.write(tell, pid.to_bytes(4, "big"))
        os._exit(0)
    os.waitpid(between, 0)
    pid = int.from_bytes(os.read(told, 4), "big")
    os.close(told)
    os.close(tell)
    return pid


def _become(asked: Mapping[str, Any], descriptors: list[int]) -> NoReturn:
    """Run as `python -m argv…` would in that directory and environment, and end."""
    code = 70
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        time.tzset()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.path[0] = str(Path.cwd())
        sys.argv = list(asked["argv"])
        code = _run(sys.argv[0])
    finally:
        os._exit(code)


def _run(module: str) -> int:
    """Run a module as `__main__` and return the code that its process would end with."""
    code = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    import threading

    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
