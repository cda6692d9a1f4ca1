"""`python -m benchmarks.growth [--sources N] [--database URL] [--json FILE] [--quick]`.

The CPU of the clock's recurring work with many sources beside the same with a hundred: what is due, when the next work
begins, how the budget of polls is shared, and the watch over sources.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crawler.budgeting import share_budget
from crawler.rates import Seen, observe, to_json
from crawler.roster import Roster
from storage.due import Scope, due_hosts, next_work_at
from storage.schema import channels, hosts, links, sources
from storage.store import Store, open_store

FEW = 100
LINKS_A_SOURCE, PENDING = 30, 0.1
"""Links of each source, and the share of them that wait for a later attempt."""
HOSTS = 16
ROUNDS = 20
BAR_MS = 20.0
Figures = dict[str, Any]
Task = Callable[[sa.Connection], object]


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--database", help="an empty PostgreSQL database, instead of a SQLite file")
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--quick", action="store_true", help="1,000 sources")
    options = parser.parse_args()
    many = 1_000 if options.quick else options.sources
    with tempfile.TemporaryDirectory() as directory:
        few = _measure(f"sqlite:///{directory}/few.db", FEW)
        grown = _measure(options.database or f"sqlite:///{directory}/many.db", many)
    figures = _report(few, grown, many)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _measure(url: str, number: int) -> dict[str, float]:
    """Return the CPU milliseconds of each task with so many sources."""
    store = open_store(url)
    now = datetime.now(UTC)
    with store.begin() as connection:
        _fill(connection, number, now)
    costs = {name: _cost(store, task) for name, task in _tasks(number, now).items()}
    store.close()
    return costs


def _fill(connection: sa.Connection, number: int, now: datetime) -> None:
    """Declare the sources, each with a feed that is due within the hour, and with links of which some wait."""
    draw = random.Random(5)
    rhythm = to_json(observe(None, Seen(now, 30, 30, tuple(now - timedelta(hours=n) for n in range(30)), now)))
    named = [
        {"name": f"s{n}", "title": "S", "declared": True, "enabled": True, "first_seen": now} for n in range(number)
    ]
    connection.execute(sa.insert(sources), named)
    ids = list(connection.execute(sa.select(sources.c.id).order_by(sources.c.id)).scalars())
    listed = [
        {
            "source_id": one, "url": f"https://h{one}.example/feed", "host": f"h{one}.example", "kind": "feed",
            "enabled": True, "first_seen": now, "next_due": now + timedelta(seconds=draw.uniform(0, 3600)),
            "rhythm": rhythm,
        }
        for one in ids
    ]  # fmt: skip
    connection.execute(sa.insert(channels), listed)
    connection.execute(sa.insert(hosts), [{"host": f"h{one}.example", "failures": 0, "last_visit": now} for one in ids])
    for place in range(LINKS_A_SOURCE):
        waits = place < LINKS_A_SOURCE * PENDING
        later = now + timedelta(hours=draw.uniform(3, 48))
        connection.execute(sa.insert(links), [_link(one, place, waits, now, later) for one in ids])


def _link(source: int, place: int, waits: bool, now: datetime, later: datetime) -> dict[str, Any]:
    url = f"h{source}.example/{place}"
    state = {"state": "pending", "next_attempt_at": later} if waits else {"state": "done", "next_attempt_at": None}
    return {
        "url": f"https://{url}",
        "url_key": url,
        "host": f"h{source}.example",
        "source_id": source,
        "first_seen": now,
    } | state


def _tasks(number: int, now: datetime) -> dict[str, Task]:
    scope, soon = Scope(due_only=True), now + timedelta(seconds=5)
    late = now + timedelta(hours=2)
    return {
        "dispatch": lambda c: (due_hosts(c, scope, "me", soon, HOSTS), next_work_at(c, scope, soon)),
        "dispatch, everything due": lambda c: (due_hosts(c, scope, "me", late, HOSTS), next_work_at(c, scope, late)),
        "budget (every 6 h)": partial(share_budget, roster=Roster(), polls_a_day=24.0),
    }


def _cost(store: Store, task: Task) -> float:
    with store.read() as connection:
        task(connection)
        began = time.process_time()
        for _ in range(ROUNDS):
            task(connection)
        return (time.process_time() - began) / ROUNDS * 1000


def _report(few: dict[str, float], many: dict[str, float], number: int) -> Figures:
    print(f"{'CPU ms':<28}{f'{FEW} sources':>14}{f'{number} sources':>16}{'ratio':>8}")
    figures: Figures = {"sources": number}
    for name, cost in many.items():
        print(f"{name:<28}{few[name]:>14.2f}{cost:>16.2f}{cost / few[name]:>8.1f}")
        slug = name.partition(" (")[0].replace(", ", "_").replace(" ", "_")
        figures |= {f"{slug}_ms": cost, f"{slug}_ratio": cost / few[name]}
    print(f"bar: dispatch ≤ {BAR_MS:g} ms: {'passed' if many['dispatch'] <= BAR_MS else 'missed'}")
    return figures


if __name__ == "__main__":
    main()
