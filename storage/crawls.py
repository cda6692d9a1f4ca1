"""The crawl log: one row per crawl, one row per attempt at a URL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.columns import among
from storage.owner import is_dead
from storage.schema import attempts, crawls
from storage.types import Attempt


@dataclass(frozen=True, slots=True)
class CrawlRecord:
    """A crawl as it is logged. `outcomes` counts attempts by outcome; `state` is running | finished | interrupted."""

    id: int
    kind: str
    subject: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    requests: int
    bytes: int
    links_found: int
    links_new: int
    outcomes: dict[str, int]
    note: str | None


def start_crawl(connection: sa.Connection, kind: str, subject: str, crawler: str, now: datetime) -> int:
    """Open a crawl's record and return its id. `kind` is one-off | visit; `crawler` names the process."""
    values = {"kind": kind, "subject": subject, "crawler": crawler, "state": "running", "started_at": now}
    statement = sa.insert(crawls).values(**values, outcomes={}).returning(crawls.c.id)
    return int(connection.execute(statement).scalar_one())


def record_attempt(
    connection: sa.Connection,
    crawl_id: int | None,
    attempt: Attempt,
    now: datetime,
    *,
    link_id: int | None = None,
    channel_id: int | None = None,
) -> None:
    """Log one attempt at a link or a channel."""
    connection.execute(
        sa.insert(attempts).values(
            crawl_id=crawl_id,
            link_id=link_id,
            channel_id=channel_id,
            url=attempt.url,
            at=now,
            outcome=attempt.outcome.value,
            reason=attempt.reason,
            detail=attempt.detail,
            status=attempt.status,
            final_url=attempt.final_url,
            bytes=attempt.bytes,
            millis=attempt.millis,
            found=attempt.found,
            new=attempt.new,
        )
    )


def finish_crawl(
    connection: sa.Connection,
    crawl_id: int,
    now: datetime,
    *,
    state: str = "finished",
    note: str | None = None,
) -> CrawlRecord:
    """Close a crawl's record with the counts of its attempts, and return it."""
    own = attempts.c.crawl_id == crawl_id
    counted = connection.execute(sa.select(attempts.c.outcome, sa.func.count()).where(own).group_by(attempts.c.outcome))
    outcomes = {row[0]: row[1] for row in counted}
    names = ("bytes", "found", "new")
    sums = [sa.func.coalesce(sa.func.sum(attempts.c[name]), 0) for name in names]
    total = connection.execute(sa.select(sa.func.count(), *sums).where(own)).one()
    values = {"state": state, "finished_at": now, "outcomes": outcomes, "note": note, "requests": total[0]}
    values |= {"bytes": total[1], "links_found": total[2], "links_new": total[3]}
    connection.execute(sa.update(crawls).where(crawls.c.id == crawl_id).values(**values))
    return as_crawl(connection.execute(sa.select(crawls).where(crawls.c.id == crawl_id)).one())


def mark_interrupted(connection: sa.Connection, now: datetime) -> int:
    """Close the records that dead crawl processes of this machine left open; return how many."""
    running = connection.execute(sa.select(crawls.c.id, crawls.c.crawler).where(crawls.c.state == "running")).all()
    left = [row.id for row in running if is_dead(row.crawler)]
    for crawl_id in left:
        finish_crawl(connection, crawl_id, now, state="interrupted", note="the process ended without closing it")
    return len(left)


def read_crawls(connection: sa.Connection, limit: int) -> list[CrawlRecord]:
    """Return the latest crawls, newest first."""
    rows = connection.execute(sa.select(crawls).order_by(crawls.c.id.desc()).limit(limit))
    return [as_crawl(row) for row in rows]


def forget_attempts(connection: sa.Connection, before: datetime, limit: int) -> int:
    """Delete the oldest attempts of before that time, `limit` at most, and finished visits up to theirs with none left.

    Return how many attempts.
    """
    oldest = sa.select(attempts.c.id, attempts.c.crawl_id).where(attempts.c.at < before)
    rows = connection.execute(oldest.order_by(attempts.c.at).limit(limit)).all()
    connection.execute(sa.delete(attempts).where(among(attempts.c.id, [row.id for row in rows])))
    last = max((row.crawl_id for row in rows if row.crawl_id is not None), default=0)
    old = sa.and_(crawls.c.kind == "visit", crawls.c.finished_at < before, crawls.c.id <= last)
    connection.execute(sa.delete(crawls).where(old, ~sa.exists().where(attempts.c.crawl_id == crawls.c.id)))
    return len(rows)


def as_crawl(row: Any) -> CrawlRecord:
    """Return a row of `crawls` as a record."""
    names = CrawlRecord.__slots__
    return CrawlRecord(**{name: getattr(row, name) for name in names})
