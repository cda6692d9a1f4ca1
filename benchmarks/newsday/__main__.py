"""`python -m benchmarks.newsday [--hosts N] [--hours N] [--speed N] [--stretch N] [--cache KB]
[--json FILE] [--quick]`.

The real daemon, on a clock that runs faster, against outlets that publish for a while: is every article in the database
at the end, how long did it take from publication to the first request for it, and what was asked of each host.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.newsday.clock import start_clock
from benchmarks.newsday.day import PORT, Asked, Day, Terms, run_day
from benchmarks.polling.outlets import DAY, HOUR, START, make_outlets

BEGIN = START + 10 * DAY + 9 * HOUR
"""A Thursday morning."""
PAST = 4 * DAY
LEAST_RATE = 2.0
"""Articles a day: a source with fewer would keep the run waiting for most of a day."""
FAULTS = {3: "503", 7: "429", 11: "reset", 15: "slow"}
AT_MOST = 12.0
Figures = dict[str, Any]


def main() -> None:
    """Run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.newsday", description=__doc__)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--hours", type=float, default=1.0, help="simulated hours in which they publish")
    parser.add_argument("--warm-up", type=float, default=1.0, help="simulated hours before those")
    parser.add_argument("--speed", type=float, default=60.0, help="simulated seconds in a second")
    parser.add_argument("--stretch", type=float, default=1.0, help="the daemon's own periods are so many times as long")
    parser.add_argument("--cache", type=int, default=0, help="KB of SQLite's cache for each connection")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--directory", type=Path, help="keep database and logs there")
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--quick", action="store_true", help="12 hosts, twice as fast")
    options = parser.parse_args()
    if options.quick:
        options.hosts, options.speed = 12, 120.0
    with tempfile.TemporaryDirectory() as temporary:
        directory = options.directory or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        since = BEGIN + options.warm_up * HOUR
        until = since + options.hours * HOUR
        terms = Terms(options.stretch, options.cache)
        plan = make_plan(options.hosts, options.seed, since, until)
        day = run_day(directory, start_clock(directory, options.speed, BEGIN), plan, until, AT_MOST, terms)
    figures = report(day, since, until, options)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def make_plan(hosts: int, seed: int, since: float, until: float) -> Figures:
    """Return what each outlet publishes and when, and the troubles of some of them in the time that counts."""
    days = int((until - START) / DAY) + 2
    busy = [outlet for outlet in make_outlets(hosts * 4, days, seed) if outlet.rate >= LEAST_RATE][:hosts]
    outlets: list[Figures] = []
    for place, outlet in enumerate(busy):
        times = [at for at in outlet.times if BEGIN - PAST <= at < until]
        one: Figures = {"address": f"127.1.0.{place + 1}", "times": times, "window": outlet.window}
        if place in FAULTS:
            whole = FAULTS[place] == "slow"
            one["fault"] = {"kind": FAULTS[place], "since": since + 600, "until": until if whole else since + 1200}
        outlets.append(one)
    return {"port": PORT, "begin": BEGIN, "outlets": outlets}


def report(day: Day, since: float, until: float, options: argparse.Namespace) -> Figures:
    """Print what a run came to, and return its figures."""
    first = _first_asked(day.log)
    counted = {url: at for url, at in day.published.items() if at >= since}
    delays = [(first[url] - at) / 60 for url, at in counted.items() if url in first]
    polls = [asked for asked in day.log if asked.path == "/feed.xml"]
    hours = (day.ended - BEGIN) / HOUR
    a_day = len(polls) / options.hosts / hours * 24
    fixed = 24 * 60 / a_day / 2 if polls else None
    missing = sorted(day.published.keys() - day.stored)
    figures: Figures = {
        "hosts": options.hosts,
        "speed": options.speed,
        "simulated_hours": hours,
        "published": len(day.published),
        "published_in_time": len(counted),
        "stored": len(day.published.keys() & day.stored),
        "missing": len(missing),
        "never_in_a_polled_window": len([url for url in missing if url not in first]),
        "delay_mean_min": mean(delays) if delays else None,
        "delay_median_min": median(delays) if delays else None,
        "delay_p95_min": sorted(delays)[int(len(delays) * 0.95)] if delays else None,
        "delay_to_fixed": mean(delays) / fixed if delays and fixed else None,
        "requests": len(day.log),
        "polls_a_day": a_day,
        "requests_for_an_article_twice": _twice(day.log),
        "cpu_s_a_thousand_requests": day.cpu_seconds / len(day.log) * 1000 if day.log else None,
        "memory_growth": _growth(day.memory),
        "memory_mb_by_day": _by_day(day.memory),
        "memory_peak_mb": max((whole for _, _, whole in day.memory), default=None),
        "exit_code": day.code,
    }
    for name, value in figures.items():
        print(f"{name:<32}{value:.3g}" if isinstance(value, float) else f"{name:<32}{value}")
    for url in missing[:10]:
        print(f"missing: {url}")
    return figures


def _first_asked(log: Sequence[Asked]) -> dict[str, float]:
    first: dict[str, float] = {}
    for asked in log:
        if asked.path.startswith("/news/"):
            first.setdefault(f"http://{asked.host}{asked.path}", asked.at)
    return first


def _twice(log: Sequence[Asked]) -> int:
    """Return how many requests for a page came after one that was answered, within the first hour after it."""
    answered: dict[str, float] = {}
    again = 0
    for asked in log:
        url = asked.host + asked.path
        if asked.path.startswith("/news/") and asked.status == 200:
            again += url in answered and asked.at - answered[url] < HOUR * 0.9
            answered.setdefault(url, asked.at)
    return again


def _growth(memory: Sequence[tuple[float, float, float]]) -> float | None:
    """Return the daemon's memory in the last fifth of the time beside the second fifth."""
    own = [mb for _, mb, _ in memory if mb]
    fifth = len(own) // 5
    return mean(own[-fifth:]) / mean(own[fifth : 2 * fifth]) if fifth else None


def _by_day(memory: Sequence[tuple[float, float, float]]) -> list[int]:
    """Return the daemon's memory in each day since the begin, in MB on average."""
    days: dict[int, list[float]] = {}
    for hours, own, _ in memory:
        if own:
            days.setdefault(int(hours // 24), []).append(own)
    return [round(mean(days[day])) for day in sorted(days)]


if __name__ == "__main__":
    main()
