"""Run a command with a message on its standard input."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from crawler.delivery.letter import DeliveryError, Letter

SECONDS = 60.0


def run(letter: Letter, command: Sequence[str], seconds: float = SECONDS) -> None:
    """Run the command without a shell, in a process group of its own, and wait for it.

    Raises DeliveryError when it cannot be run, takes longer than `seconds`, or ends with another code than 0.
    """
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    try:
        process = subprocess.Popen(list(command), start_new_session=True, **streams)  # type: ignore[call-overload]
    except OSError as error:
        raise DeliveryError(f"{command[0]} cannot be run: {error.strerror or error}") from None
    try:
        _, said = process.communicate(letter.content, timeout=seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stderr.close()  # what left the group may hold the other end for ever
        process.wait()
        raise DeliveryError(f"{command[0]} took longer than {seconds:g} s") from None
    if process.returncode != 0:
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise DeliveryError(": ".join([f"{command[0]} ended with code {process.returncode}", *last])[:300])
