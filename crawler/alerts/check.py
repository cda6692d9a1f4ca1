"""Check all saved searches against what was stored since: read in portions, keep and tell in small transactions.

Cursor, matches and messages of a search are one transaction, which begins by seeing that nobody else has moved it on:
whatever is killed, and whoever checks at the same time, each article is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from crawler.access import Access
from crawler.alerts.compose import tell_waiting
from crawler.alerts.times import is_due
from storage.alerts import (
    Found,
    advance,
    check_searches,
    checked_searches,
    hold_search,
    is_behind,
    keep_found,
    waiting_searches,
)
from storage.alerts_horizon import settled_ids
from storage.saved import Saved, latest_ids

CHUNK = 20
"""Searches that are matched in one read."""
Now = Callable[[], datetime]


@dataclass(slots=True)
class Report:
    """What a check has done: articles that it told by the search's name, and what there is to say.

    `is_early` when transactions that are still open kept it from checking.
    """

    told: dict[str, int] = field(default_factory=dict)
    broken: list[tuple[str, str]] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """Searches to check, up to these ids of an article and an attempt; `waiting` are ids of those with matches."""

    searches: tuple[Saved, ...]
    top: tuple[int, int] | None
    waiting: frozenset[int]


async def check(access: Access, most: int, now: Now = lambda: datetime.now(UTC)) -> Report:
    """Check and tell until nothing is left; a message shows at most `most` articles."""
    report = Report()
    left: tuple[Saved, ...] | None = None
    while (work := await access.read(partial(_find_work, now=now(), only=left))).searches:
        if work.top is None:
            report.is_early = True
            break
        behind: list[int] = []
        for start in range(0, len(work.searches), CHUNK):
            portion = work.searches[start : start + CHUNK]
            found = await access.read(partial(check_searches, searches=portion, top=work.top, now=now()))
            behind += await _keep(access, work, found, most, now(), report)
        left = tuple(search for search in work.searches if search.id in set(behind))
        if not left:
            break
    return report


def _find_work(connection: sa.Connection, now: datetime, only: Sequence[Saved] | None) -> _Work:
    """Return the searches for which there is something to do; of `only` these when they are given."""
    names = None if only is None else {search.name for search in only}
    searches = [one for one in checked_searches(connection) if names is None or one.name in names]
    waiting = waiting_searches(connection) if searches else set()
    top = latest_ids(connection) if searches else (0, 0)
    chosen = tuple(one for one in searches if is_behind(one, top) or _has_to_tell(one, waiting, now))
    if not chosen:
        return _Work((), None, frozenset())
    return _Work(chosen, settled_ids(connection, now), frozenset(waiting))


def _has_to_tell(search: Saved, waiting: set[int], now: datetime) -> bool:
    return is_due(search, now) and (search.id in waiting or search.every != "now")


async def _keep(
    access: Access, work: _Work, found: Sequence[Found], most: int, now: datetime, report: Report
) -> list[int]:
    """Keep what was found, and tell it where it is time; return the ids of searches that are still behind."""
    assert work.top is not None
    idle, behind = [], []
    for one in found:
        is_stuck = (one.to_article, one.to_attempt) == (one.search.seen_article, one.search.seen_attempt)
        moved = replace(one.search, seen_article=one.to_article, seen_attempt=one.to_attempt)
        is_last = is_stuck or not is_behind(moved, work.top)
        if not is_last:
            behind.append(one.search.id)
        tells = is_last and is_due(one.search, now)
        if one.is_empty and not (tells and (one.search.id in work.waiting or one.search.every != "now")):
            idle += [] if is_stuck else [one]
            continue
        told = await access.write(partial(_keep_one, found=one, tells=tells, now=now, most=most))
        if told is not None:
            _note(report, one, told)
    if idle:
        await access.write(partial(advance, found=idle))
    return behind


def _keep_one(connection: sa.Connection, found: Found, tells: bool, now: datetime, most: int) -> int | None:
    """Keep what was found for a search, and tell what waits if it is time; None: somebody else has moved it on."""
    if not hold_search(connection, found.search):
        return None
    keep_found(connection, found, now)
    return tell_waiting(connection, found.search, now, most) if tells else 0


def _note(report: Report, found: Found, told: int) -> None:
    name = found.search.name
    if told:
        report.told[name] = report.told.get(name, 0) + told
    if found.broken is not None and found.broken != found.search.broken:
        report.broken.append((name, found.broken))
    elif found.broken is None and found.search.broken is not None:
        report.mended.append(name)
