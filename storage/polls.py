"""Record a poll in one transaction: new links, the channel's validators, its next due time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from storage.frontier import CHUNK, NewLink, Recorded, record_links
from storage.schema import attempts, channels, link_sightings, links
from storage.types import Channel, ChannelKind, Outcome


def record_poll(
    connection: sa.Connection,
    channel: Channel,
    found: Sequence[NewLink],
    now: datetime,
    *,
    next_due: datetime | None,
    budget: int,
    etag: str | None = None,
    last_modified: str | None = None,
    content_hash: str | None = None,
    problem: str | None = None,
) -> Recorded:
    """Record what a poll of the channel found. Never validators without links.

    When links were left over (`budget`), the validators are not kept: the next poll must read
    the document again.
    """
    recorded = record_links(
        connection,
        channel.id,
        channel.source_id,
        found,
        now,
        budget=budget,
        reopen=channel.kind is not ChannelKind.SECTION,
    )
    whole = recorded.over == 0
    values: dict[str, Any] = {
        "etag": etag if whole else None,
        "last_modified": last_modified if whole else None,
        "content_hash": content_hash if whole else None,
        "next_due": next_due if whole else now,
        "last_polled": now,
        "last_whole": now,
        "failures": 0,
        "last_error": problem,
    }
    if recorded.new:
        values["last_new"] = now
    connection.execute(sa.update(channels).where(channels.c.id == channel.id).values(**values))
    return recorded


def lists_known(connection: sa.Connection, channel_id: int, keys: Iterable[str]) -> bool:
    """Tell whether the channel has listed any of the links with these keys before; looks no further than it must."""
    iterator = iter(keys)
    while chunk := list(islice(iterator, CHUNK)):
        if count_known(connection, channel_id, chunk):
            return True
    return False


def count_known(connection: sa.Connection, channel_id: int, keys: Collection[str]) -> int:
    """Return how many of the links with these keys the channel has listed before."""
    known, wanted = 0, list(dict.fromkeys(keys))
    for start in range(0, len(wanted), CHUNK):
        query = sa.select(sa.func.count()).select_from(
            link_sightings.join(links, links.c.id == link_sightings.c.link_id)
        )
        own = (link_sightings.c.channel_id == channel_id, links.c.url_key.in_(wanted[start : start + CHUNK]))
        known += int(connection.execute(query.where(*own)).scalar_one())
    return known


def latest_polls(connection: sa.Connection, source_id: int, since: datetime, limit: int) -> list[datetime]:
    """Return when a source's channels were asked since then, the latest `limit` times, the last first.

    Polls that were not sent (deferred) are left out.
    """
    own = attempts.c.channel_id.in_(sa.select(channels.c.id).where(channels.c.source_id == source_id))
    sent = attempts.c.outcome != Outcome.DEFERRED.value
    query = sa.select(attempts.c.at).where(own, sent, attempts.c.at > since).order_by(attempts.c.at.desc())
    return list(connection.execute(query.limit(limit)).scalars())


def put_off(connection: sa.Connection, source_id: int, until: datetime) -> None:
    """Poll none of a source's channels before then."""
    early = sa.and_(channels.c.source_id == source_id, channels.c.next_due < until)
    connection.execute(sa.update(channels).where(early).values(next_due=until))
