"""How long a host in trouble is left alone: pure."""

from __future__ import annotations

from datetime import timedelta

HOST_RETRIES = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600)
"""Seconds that a host in trouble is left alone, by failures in a row."""
LONGEST_RETRY_AFTER = 24 * 3600


def host_rest(failures: int, retry_after: float | None = None) -> timedelta:
    """Return how long a host is left alone after this many failures in a row.

    Its own Retry-After (seconds) counts, up to a day; but when it fails again and again, what it says is no shorter
    than the step before its own: a server that always says "1" is not asked every second.
    """
    step = HOST_RETRIES[min(max(failures, 1), len(HOST_RETRIES)) - 1]
    if retry_after is None:
        return timedelta(seconds=step)
    least = HOST_RETRIES[min(failures, len(HOST_RETRIES)) - 2] if failures > 1 else 1
    return timedelta(seconds=min(max(retry_after, least), LONGEST_RETRY_AFTER))
