"""Crawls page by page, and the attempts of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.crawls import CrawlRecord, as_crawl
from storage.schema import attempts, crawls


@dataclass(frozen=True, slots=True)
class LoggedAttempt:
    """One attempt of a crawl at a URL."""

    id: int
    at: datetime
    url: str
    outcome: str
    reason: str | None
    detail: str | None
    status: int | None
    final_url: str | None
    bytes: int
    millis: int
    found: int
    new: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many attempts of a crawl came to an outcome for a reason."""

    outcome: str
    reason: str | None
    count: int


def crawl_page(connection: sa.Connection, limit: int, below: int | None) -> tuple[list[CrawlRecord], int | None]:
    """Return crawls with ids below that one, newest first, and the last one's id when more follow."""
    asked = sa.select(crawls).order_by(crawls.c.id.desc()).limit(limit + 1)
    rows = connection.execute(asked.where(crawls.c.id < below) if below is not None else asked).all()
    shown = [as_crawl(row) for row in rows[:limit]]
    return shown, shown[-1].id if len(rows) > limit else None


def read_crawl(connection: sa.Connection, crawl_id: int) -> CrawlRecord | None:
    """Return one crawl, None when there is none with this id."""
    row = connection.execute(sa.select(crawls).where(crawls.c.id == crawl_id)).first()
    return as_crawl(row) if row is not None else None


def attempt_page(
    connection: sa.Connection, crawl_id: int, limit: int, below: int | None, outcome: str | None = None
) -> tuple[list[LoggedAttempt], int | None]:
    """Return attempts of a crawl (with one outcome), newest first, and the last one's id when more follow."""
    columns = [attempts.c[name] for name in LoggedAttempt.__slots__]
    asked = sa.select(*columns).where(attempts.c.crawl_id == crawl_id).order_by(attempts.c.id.desc()).limit(limit + 1)
    asked = asked.where(attempts.c.id < below) if below is not None else asked
    asked = asked.where(attempts.c.outcome == outcome) if outcome is not None else asked
    rows = connection.execute(asked).all()
    shown = [LoggedAttempt(*row) for row in rows[:limit]]
    return shown, shown[-1].id if len(rows) > limit else None


def crawl_reasons(connection: sa.Connection, crawl_id: int) -> list[ReasonCount]:
    """Return how often each outcome of a crawl had which reason, the most frequent first."""
    total = sa.func.count()
    asked = sa.select(attempts.c.outcome, attempts.c.reason, total).where(attempts.c.crawl_id == crawl_id)
    asked = asked.group_by(attempts.c.outcome, attempts.c.reason)
    return [ReasonCount(*row) for row in connection.execute(asked.order_by(total.desc(), attempts.c.outcome))]
