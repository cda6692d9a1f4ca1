"""The pace of one host: when may its next request go. A pure clockwork; times are monotonic seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

WEIGHT = 0.25
"""What one answer weighs in the moving mean of a host's latency."""


@dataclass(frozen=True, slots=True)
class PaceRules:
    """What holds for every host. `delay` seconds lie between two requests, unless a source declares another delay
    for its own; `is_fixed` says that no source may. `longest` bounds what a slow host makes of the delay, and `width`
    is how many requests are out at the same time where there is no delay.
    """

    delay: float
    longest: float
    width: int
    is_fixed: bool = False


@dataclass(slots=True)
class Pace:
    """What is known of one host, or of all hosts that share a rate.

    `declared` are delays by source, `asked` Crawl-delays by host. `begins` is when another crawl's pace is over.
    `is_troubled`: it has failed and not answered since; then one request probes it. `strains` counts failures that
    may be a page's own.
    """

    rules: PaceRules
    declared: dict[int | None, float] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    latency: float | None = None
    begins: float = 0.0
    rests_until: float = 0.0
    is_troubled: bool = False
    strains: int = 0
    out: list[float] = field(default_factory=list)
    sent: float = -inf
    heard: float = -inf

    @property
    def delay(self) -> float:
        """Seconds between two requests: the longest of what is configured, declared and asked for."""
        own = self.declared.values() if not self.rules.is_fixed else ()
        return max(max(own, default=self.rules.delay), max(self.asked.values(), default=0.0))

    @property
    def interval(self) -> float:
        """The delay, or the latency of a host that takes longer than that. Without a delay there is no pace at all."""
        delay = self.delay
        return max(delay, min(self.latency or 0.0, self.rules.longest)) if delay > 0 else 0.0

    @property
    def width(self) -> int:
        """How many requests may be out at the same time."""
        return 1 if self.is_troubled or self.delay > 0 else self.rules.width

    def left(self, now: float) -> float:
        """Return the seconds until the next request may go, whatever is out.

        The delay also lies between the first sign of an answer and the next request: on the server's side no two
        requests are closer, however long a connection took to be made.
        """
        return max(self.begins, self.sent + self.interval, self.heard + self.delay, now) - now

    def wait(self, now: float) -> float:
        """Return the seconds until the next request may go; infinite until one that is out has ended."""
        return inf if len(self.out) >= self.width else self.left(now)

    def send(self, now: float) -> None:
        """Note that a request goes."""
        self.out.append(now)
        self.sent = now

    def hear(self, now: float) -> None:
        """Note the first sign of an answer."""
        self.heard = now

    def end(self, began: float, now: float, *, is_good: bool, answered: float | None = None) -> None:
        """Note that the request sent at `began` has ended. Its answer began at `answered`; `is_good`: 2xx or 304."""
        if began in self.out:
            self.out.remove(began)
        self.heard = max(self.heard, now if answered is None else answered)
        self._learn((now if answered is None else answered) - began, is_good=is_good)

    def _learn(self, seconds: float, *, is_good: bool) -> None:
        """Move the mean: failures come quickly and make no host fast, so they can only raise it."""
        if self.latency is None:
            self.latency = seconds
        elif is_good or seconds > self.latency:
            self.latency += WEIGHT * (seconds - self.latency)

    def is_stalled(self, now: float, seconds: float) -> bool:
        """Tell whether a request has been out for so long without an end."""
        return bool(self.out) and now - self.out[0] > seconds
