"""Tell systemd how the daemon is (sd_notify): a datagram to the socket that it names, nothing where it names none."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress

READY = "READY=1"
STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"
PATIENCE = 0.5
"""Seconds that a full queue is waited for: a READY that is lost would end the daemon."""


def notify(*lines: str) -> None:
    """Send the lines in one message. Who does not listen is no trouble."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # the abstract namespace
        address = f"\0{address[1:]}"
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.settimeout(PATIENCE)
        channel.sendto("\n".join(lines).encode(), address)


def notify_reloading() -> None:
    """Say that the sources are being read again; READY follows."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def watchdog_seconds() -> float | None:
    """Return within which time this process is to send ALIVE again and again; None when nobody waits for it."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    usec = os.environ.get("WATCHDOG_USEC", "")
    return int(usec) / 1e6 if usec.isdigit() and int(usec) > 0 else None
