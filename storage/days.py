"""What each day brought from each source: counted from the log of attempts, each attempt once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.marks import hold_mark, move_mark
from storage.schema import articles, attempts, channels, links, sources
from storage.schema_watch import source_days
from storage.upsert import upsert

MARK = "source-days"
SHORT_WORDS = 60
"""A new article with fewer words counts as short."""
DELAY_BOUNDS = (5, 15, 30, 60, 120, 240, 480, 960, 1440, 2880, 10080)
"""Minutes from publication to storage: upper bounds of what is counted together. What took longer is under LONGER."""
LONGER = "longer"
REFUSED_STATUS = ("http-401", "http-402", "http-403", "http-429", "http-451")
REFUSALS = frozenset((*REFUSED_STATUS, "robots", "bot-wall", "consent", "led-to-a-wall"))
"""Reasons that say that newsdesk is kept out."""
NOT_SENT = frozenset(("robots", "private-address", "unsupported", "refused", "host-busy"))
"""Reasons for which no page was asked for."""
CLOCKS_APART = timedelta(minutes=2)
"""How much the clocks of the crawl processes and of the database server may differ."""
POLL = "poll:"
"""Stands before the reason of a failed poll."""
_COUNTS = tuple(column.name for column in source_days.c if column.name not in ("source_id", "day", "delays", "reasons"))


@dataclass(frozen=True, slots=True)
class Rolled:
    """How many attempts were counted, and whether more wait to be."""

    counted: int
    is_behind: bool


@dataclass(slots=True)
class _Tally:
    """What attempts add to one day of one source."""

    counts: Counter[str] = field(default_factory=Counter)
    delays: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


def roll_up(connection: sa.Connection, now: datetime, limit: int) -> Rolled:
    """Count up to `limit` attempts into the days of their sources, in the caller's write transaction.

    How far that has come is kept in the same transaction, so that each attempt is counted once however it ends.
    """
    done, done_at = hold_mark(connection, MARK)
    last = _last_attempt(connection)
    if last < done:  # SQLite gives the ids out anew once the whole log has been forgotten
        done = 0
    rows = _settled(connection, _read(connection, done, last, limit), now)
    if not rows:
        return Rolled(0, is_behind=False)
    _add(connection, tally(row for row in rows if row.source_id is not None and (done or row.at > done_at)))
    move_mark(connection, MARK, rows[-1].id, rows[-1].at)
    return Rolled(len(rows), is_behind=len(rows) == limit)


def forget_days(connection: sa.Connection, source_ids: Collection[int], before: date) -> int:
    """Delete what is known of these sources' days before that one; return how many rows."""
    old = sa.and_(source_days.c.source_id.in_(list(source_ids)), source_days.c.day < before)
    return int(connection.execute(sa.delete(source_days).where(old)).rowcount)


def _last_attempt(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(attempts.c.id), 0))).scalar_one())


def _read(connection: sa.Connection, done: int, last: int, limit: int) -> Sequence[Any]:
    """Return the next attempts, oldest first, with what the day's counts need of their links and articles."""
    polled, lister = channels.alias("polled"), channels.alias("lister")
    query = (
        sa.select(
            *(attempts.c[name] for name in ("id", "at", "outcome", "reason", "bytes", "millis", "new", "link_id")),
            sa.func.coalesce(links.c.source_id, polled.c.source_id).label("source_id"),
            links.c.article_id,
            articles.c.word_count,
            articles.c.date_published,
            articles.c.date_precision,
            articles.c.first_seen.label("stored_at"),
            sources.c.first_seen.label("source_since"),
            lister.c.first_seen.label("channel_since"),
        )
        .select_from(attempts)
        .join(links, links.c.id == attempts.c.link_id, isouter=True)
        .join(polled, polled.c.id == attempts.c.channel_id, isouter=True)
        .join(lister, lister.c.id == links.c.channel_id, isouter=True)
        .join(sources, sources.c.id == links.c.source_id, isouter=True)
        .join(articles, sa.and_(attempts.c.outcome == "stored", articles.c.id == links.c.article_id), isouter=True)
        .where(attempts.c.id > done, attempts.c.id <= last)
    )
    return connection.execute(query.order_by(attempts.c.id).limit(limit)).all()


def _settled(connection: sa.Connection, rows: Sequence[Any], now: datetime) -> Sequence[Any]:
    """Return the rows before which no other can appear any more.

    PostgreSQL gives ids out in an order that is not that of the commits: a transaction that is still open may hold
    a lower id. It began after `oldest`; so attempts of before then have no such neighbour.
    """
    if connection.dialect.name != "postgresql" or not rows:
        return rows
    oldest = connection.execute(_OLDEST_WRITER).scalar()
    if oldest is None:
        return rows
    safe = min(oldest.astimezone(UTC), now) - CLOCKS_APART
    end = next((place for place, row in enumerate(rows) if row.at >= safe), len(rows))
    return rows[:end]


_OLDEST_WRITER = sa.text(
    "SELECT min(coalesce(xact_start, now())) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR query = '<insufficient privilege>' "
    "OR state = 'active' AND query ILIKE 'INSERT INTO attempts%')"
)


def tally(rows: Iterable[Any]) -> dict[tuple[int, date], _Tally]:
    """Return what attempts add to the days of their sources."""
    tallies: dict[tuple[int, date], _Tally] = {}
    for row in rows:
        own = tallies.setdefault((row.source_id, row.at.astimezone(UTC).date()), _Tally())
        own.counts["bytes"] += row.bytes
        own.counts["millis"] += row.millis
        if row.link_id is None:
            _count_poll(own, row)
        else:
            _count_page(own, row)
    return tallies


def _count_poll(own: _Tally, row: Any) -> None:
    if row.reason == "host-busy":
        return
    own.counts["polls"] += 1
    own.counts["links_new"] += row.new
    if row.outcome in ("poll-failed", "deferred"):
        own.counts["polls_failed"] += 1
        own.counts["blocked"] += row.reason in REFUSALS
        own.reasons[f"{POLL}{row.reason}"] += 1


def _count_page(own: _Tally, row: Any) -> None:
    """Count one try at a link. A page that gave an article before is counted by its reason alone when it gives none."""
    counts, is_new = own.counts, row.article_id is None
    match row.outcome:
        case "stored":
            _count_article(own, row)
        case "revised":
            counts["revised"] += 1
        case "unchanged" | "not-modified":
            counts["unchanged"] += 1
        case "alias":
            counts["duplicates"] += 1
        case "dropped":
            counts["dropped"] += is_new and row.reason not in NOT_SENT
        case "failed" | "gone" | "deferred" if row.reason != "host-busy":
            counts["failed"] += 1
        case _:
            return
    counts["pages"] += row.outcome not in ("failed", "gone", "deferred") and row.reason not in NOT_SENT
    if row.outcome in ("dropped", "failed", "gone", "deferred"):
        counts["blocked"] += row.reason in REFUSALS
        own.reasons[row.reason or "unknown"] += 1


def _count_article(own: _Tally, row: Any) -> None:
    own.counts["stored"] += 1
    if row.word_count is None:  # it was joined into another one or forgotten since
        return
    own.counts["words"] += row.word_count
    own.counts["short"] += row.word_count < SHORT_WORDS
    own.counts["undated"] += row.date_published is None
    since = max(filter(None, (row.source_since, row.channel_since)), default=None)
    if row.date_precision not in ("minute", "second") or since is None or row.date_published < since:
        return
    minutes = (row.stored_at - row.date_published).total_seconds() / 60
    if minutes > -60:  # a date far in the future tells nothing of the delay
        own.delays[next((str(bound) for bound in DELAY_BOUNDS if minutes <= bound), LONGER)] += 1


def _add(connection: sa.Connection, tallies: dict[tuple[int, date], _Tally]) -> None:
    """Add to the days' rows. Counts of words are sums, counts by reason are merged."""
    known = _known(connection, tallies)
    rows: list[dict[str, Any]] = []
    for (source_id, day), own in tallies.items():
        row = known.get((source_id, day))
        counts = {name: own.counts[name] + (getattr(row, name) if row else 0) for name in _COUNTS}
        delays = own.delays + Counter(row.delays if row else {})
        reasons = own.reasons + Counter(row.reasons if row else {})
        rows.append({"source_id": source_id, "day": day, "delays": dict(delays), "reasons": dict(reasons), **counts})
    if rows:
        statement = upsert(connection, source_days)
        changed = {name: statement.excluded[name] for name in (*_COUNTS, "delays", "reasons")}
        connection.execute(statement.on_conflict_do_update(index_elements=["source_id", "day"], set_=changed), rows)


def _known(connection: sa.Connection, keys: Iterable[tuple[int, date]]) -> dict[tuple[int, date], Any]:
    """Return the rows of these days that exist."""
    by_day: dict[date, list[int]] = {}
    for source_id, day in keys:
        by_day.setdefault(day, []).append(source_id)
    found: dict[tuple[int, date], Any] = {}
    for day, ids in by_day.items():
        query = sa.select(source_days).where(source_days.c.day == day, source_days.c.source_id.in_(ids))
        found |= {(row.source_id, row.day): row for row in connection.execute(query)}
    return found
