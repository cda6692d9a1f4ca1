"""Name a crawl process so that another one can tell whether it still lives."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def crawler_name() -> str:
    """Return this process's name: machine, PID namespace, PID, start time and a random part."""
    return f"{_place()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(3)}"


def is_dead(name: str) -> bool:
    """Tell whether the named process is surely gone. Of a process elsewhere that cannot be told: False."""
    place, _, rest = name.partition("/")
    pid, _, rest = rest.partition("/")
    started, _, _ = rest.partition("/")
    if place != _place() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return started not in ("", "0") and started != _started(int(pid))


def _place() -> str:
    try:
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115
    except OSError:
        namespace = ""
    digits = "".join(character for character in namespace if character.isdigit())
    return f"{socket.gethostname()}:{digits}"


def _started(pid: int) -> str:
    """Return the kernel's start time of a process (clock ticks since boot), "0" where it is not told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "0"
