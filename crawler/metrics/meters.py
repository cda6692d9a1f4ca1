"""The daemon's instruments: what it counts and measures, by names that docs/deployment.md explains."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    Summary,
    disable_created_metrics,
)

from storage.measures import Measures, Tally
from storage.types import Outcome

DELAYS = (60, 300, 900, 1800, 3600, 7200, 21600, 86400, 259200, 604800)
LAGS = (0.005, 0.02, 0.1, 0.5, 2, 10)
STATES = ("healthy", "slow", "silent", "failing", "blocked", "drifting")
ARTICLES = frozenset({Outcome.STORED, Outcome.REVISED, Outcome.UNCHANGED, Outcome.ALIAS})


class Meters:
    """All instruments, in a registry of their own. Counters count from the daemon's start.

    Nothing is labelled by source or host: ten thousand of them would make as many series of each.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # twice the series, to tell when the process began
        self.registry = own = CollectorRegistry()
        ProcessCollector(registry=own)
        self._requests = Counter("newsdesk_requests", "Requests, by what came of them", ["outcome"], registry=own)
        self._polls = Counter("newsdesk_polls", "Polls of channels", ["outcome"], registry=own)
        self._bytes = Counter("newsdesk_received_bytes", "Bytes received, decoded", registry=own)
        self._new = Counter("newsdesk_links_new", "Links discovered", registry=own)
        self._articles = Counter("newsdesk_articles", "Pages that are articles", ["outcome"], registry=own)
        self._dropped = Counter("newsdesk_dropped", "Pages without an article", ["reason"], registry=own)
        self._failures = Counter("newsdesk_failures", "Requests without a page or document", ["reason"], registry=own)
        self._delay = Histogram(
            "newsdesk_publication_delay_seconds", "From publication to storage", buckets=DELAYS, registry=own
        )
        self._pending = Gauge("newsdesk_links_pending", "Links waiting to be fetched", registry=own)
        self._resting = Gauge("newsdesk_hosts_resting", "Hosts in back-off", registry=own)
        self._due = Gauge("newsdesk_channels_due", "Channels whose time to be polled has come", registry=own)
        self._sources = Gauge("newsdesk_sources", "Sources by state of health", ["state"], registry=own)
        self._measured = Gauge("newsdesk_measured_timestamp_seconds", "When the database was looked at", registry=own)
        self._ticks = Summary("newsdesk_tick_seconds", "Duration of the clock's ticks", ["tick"], registry=own)
        self._broken = Counter("newsdesk_tick_failures", "Ticks that raised an error", ["tick"], registry=own)
        self._lag = Histogram(
            "newsdesk_loop_lag_seconds", "How late the event loop runs what is due", buckets=LAGS, registry=own
        )

    def tick(self, name: str, seconds: float, *, failed: bool) -> None:
        """Note that one of the clock's ticks has ended."""
        self._ticks.labels(name).observe(seconds)
        if failed:
            self._broken.labels(name).inc()

    def lag(self, seconds: float) -> None:
        """Note how late the event loop has woken somebody."""
        self._lag.observe(max(seconds, 0.0))

    def record(self, found: Measures) -> None:
        """Take in what the database tells."""
        for tally in found.tallies:
            self._count(tally)
        for seconds in found.delays:
            self._delay.observe(seconds)
        self._pending.set(found.pending)
        self._resting.set(found.resting)
        self._due.set(found.due)
        for state in {*STATES, *found.sources}:
            self._sources.labels(state).set(found.sources.get(state, 0))
        self._measured.set_to_current_time()

    def _count(self, tally: Tally) -> None:
        self._requests.labels(tally.outcome).inc(tally.number)
        self._bytes.inc(tally.bytes)
        self._new.inc(tally.new)
        if tally.is_poll:
            self._polls.labels(tally.outcome).inc(tally.number)
        if tally.outcome in ARTICLES:
            self._articles.labels(tally.outcome).inc(tally.number)
        elif tally.outcome == Outcome.DROPPED:
            self._dropped.labels(tally.reason or "none").inc(tally.number)
        elif tally.reason is not None:
            self._failures.labels(tally.reason).inc(tally.number)
