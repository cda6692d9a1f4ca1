"""Record a poll in one transaction: new links, the channel's validators, its next due time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.frontier import NewLink, Recorded, record_links
from storage.schema import channels
from storage.types import Channel, ChannelKind


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
