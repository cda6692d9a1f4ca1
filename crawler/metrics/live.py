"""What is read off the running parts at each scrape: visits, the writer's queue, the extraction processes."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from crawler.desk import Desk


class Live(Collector):
    """Reads a desk. It is called in the server's thread, so it looks at numbers only and waits for nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        agenda, writer, pool = self._desk.agenda, self._desk.session.writer, self._desk.session.workers
        yield GaugeMetricFamily(
            "newsdesk_hosts_visiting", "Hosts that are visited now", len(agenda.visiting) if agenda else 0
        )
        queued, wrote = (writer.queued, writer.wrote) if writer else (0, None)
        yield GaugeMetricFamily("newsdesk_writer_queue", "Writes that wait for the writer", queued)
        for name, text, value in (
            ("newsdesk_writer_transactions", "Transactions", wrote.transactions if wrote else 0),
            ("newsdesk_writer_writes", "Writes in them", wrote.intents if wrote else 0),
            ("newsdesk_writer_seconds", "Seconds that they took", wrote.seconds if wrote else 0.0),
            (
                "newsdesk_worker_tasks",
                "Pages and documents given to extraction processes",
                pool.did.tasks if pool else 0,
            ),
            ("newsdesk_worker_timeouts", "Of them, those that took too long", pool.did.timeouts if pool else 0),
            ("newsdesk_worker_replaced", "Extraction processes that were replaced", pool.did.replaced if pool else 0),
        ):
            yield CounterMetricFamily(name, text, value)
        yield GaugeMetricFamily("newsdesk_worker_busy", "Extraction processes at work", pool.did.busy if pool else 0)
