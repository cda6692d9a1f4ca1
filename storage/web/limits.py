"""How often one client may ask: so many requests a minute, with a burst of half of that."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

MOST_CLIENTS = 10_000


class Allowance:
    """A bucket of requests for each client (GCRA): it fills again evenly, and holds half a minute's worth."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._every = 60.0 / a_minute
        self._burst = max(a_minute // 2, 1) * self._every
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def take(self, client: str) -> float:
        """Count one request; return 0, or the seconds after which the client may ask again."""
        now = self._clock()
        with self._lock:
            full_at = max(self._full_at.pop(client, now), now) + self._every
            wait = full_at - now - self._burst
            if wait > 1e-9:
                self._full_at[client] = full_at - self._every
                return wait
            self._full_at[client] = full_at
            while len(self._full_at) > MOST_CLIENTS:
                self._full_at.popitem(last=False)
        return 0.0

    def is_spent(self, client: str) -> float:
        """Return the seconds after which the client may ask again, without counting."""
        with self._lock:
            left = self._full_at.get(client, 0.0) + self._every - self._clock() - self._burst
        return max(left, 0.0) if left > 1e-9 else 0.0
