"""An extractor in a process of its own, and the pipe to it. A process that dies costs one page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEERS = Path(__file__).with_name("peers.py")
OURS = "newsdesk"
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an extractor made of one page, and the CPU time that it took."""

    text: str = ""
    title: str = ""
    day: str = ""
    authors: tuple[str, ...] = ()
    ms: float = 0.0
    problem: str = ""


class Missing(Exception):
    """The extractor cannot be loaded; the text says why."""


class Child:
    """One extractor's process. Raises Missing when the extractor cannot be loaded there."""

    def __init__(self, name: str, python: str = sys.executable) -> None:
        self.name = name
        self._command = (
            [sys.executable, "-m", "benchmarks.extraction.ours"] if name == OURS else [python, "-I", str(PEERS), name]
        )
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD},
        )
        hello = self._receive()
        if hello is None or "missing" in hello:
            self.close()
            raise Missing(hello["missing"] if hello else "its process does not start")
        self.version: str = hello["version"]
        self.fields: tuple[str, ...] = tuple(hello["fields"])

    def _receive(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def ask(self, html: bytes, url: str) -> Answer:
        """Return what the extractor makes of a page."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"url": url, "size": len(html)}).encode("ascii") + b"\n" + html)
            self._process.stdin.flush()
            got = self._receive()
        except BrokenPipeError:
            got = None
        if got is None:
            self.close()
            self._start()
            return Answer(problem="its process died")
        return Answer(
            got.get("text") or "",
            got.get("title") or "",
            got.get("day") or "",
            tuple(name for name in got.get("authors") or () if name.strip()),
            got["ms"],
            got.get("problem") or "",
        )

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
