"""`python -m benchmarks.newsday.stretched TIMES KB run`: newsdesk, whose own short periods last TIMES as long.

Where a clock runs hundreds of times as fast, a lease of 30 seconds is over before one transaction, and a look every 5
seconds takes all of the processor. These are periods of the machine, not of the news, so they may be stretched.
KB bounds the page cache of each of SQLite's connections (0: as always): what grows then is newsdesk's own.
"""

from __future__ import annotations

import sys

from crawler import agenda, leases, schedule, turns
from crawler.cli import main
from pipelines import workers
from storage import engine

PERIODS = {
    agenda: ("VISIT_SECONDS", "LONGEST_SLEEP", "SHORTEST_SLEEP", "BUSY_SLEEP"),
    leases: ("LEASE_SECONDS", "HEARTBEAT_SECONDS", "PASSING_SECONDS"),
    schedule: (
        "DISPATCH_SECONDS",
        "RELOAD_SECONDS",
        "RECHECK_SECONDS",
        "CLEAN_SECONDS",
        "DELIVER_SECONDS",
        "ALERT_SECONDS",
    ),
    turns: ("STALL_SECONDS", "CHECK_SECONDS"),
    workers: ("START_SECONDS", "GRACE_SECONDS"),
}


def stretch(times: float) -> None:
    """Make each of the periods `times` as long. Raises AttributeError when one is gone."""
    for module, names in PERIODS.items():
        for name in names:
            setattr(module, name, getattr(module, name) * times)


def bound_caches(kilobytes: int) -> None:
    """Bound the page cache of each connection to SQLite."""
    kept = (pragma for pragma in engine.PRAGMAS if "cache_size" not in pragma)
    engine.PRAGMAS = (*kept, f"PRAGMA cache_size = -{kilobytes}")


if __name__ == "__main__":
    stretch(float(sys.argv.pop(1)))
    if cache := int(sys.argv.pop(1)):
        bound_caches(cache)
    main()
