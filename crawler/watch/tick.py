"""The daemon's look at its sources, and its courier: off the event loop, through the crawl's session."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from functools import partial

from crawler.access import Access
from crawler.delivery.courier import note, take, try_all
from crawler.delivery.terms import Terms
from crawler.watch.look import Kept, count_some, keep, look_at_some
from crawler.watch.messages import is_worse, line_of
from pipelines.session import Session

logger = logging.getLogger(__name__)

TURNS = 50
"""Portions of attempts that one look counts at most: the history of an older database takes several looks."""


async def watch(session: Session, terms: Terms) -> None:
    """Count what has come in, judge the sources whose turn it is, and log and keep what has changed."""
    for _ in range(TURNS):
        if not (await session.write(count_some)).is_behind:
            break
    else:
        logger.info("counting what the sources have brought so far; they are judged when that is done")
        return
    now = datetime.now(UTC)
    looks = await session.read(partial(look_at_some, now=now))
    report(await session.write(partial(keep, looks=looks, targets=terms.targets, now=now)))


def report(kept: Kept) -> None:
    """Log the changes: warnings of what is worse, and that nothing can be reached."""
    if kept.unreachable:
        said = "%d sources stopped answering at once: is newsdesk's own network down? They are left as they were"
        logger.error(said, kept.unreachable)
    for change in kept.changes:
        logger.log(logging.WARNING if is_worse(change) else logging.INFO, "%s", line_of(change))


async def deliver(session: Access, terms: Terms) -> int:
    """Try some messages that are due; return how many."""
    taken = await session.write(partial(take, terms=terms, now=datetime.now(UTC))) if terms.targets else []
    if not taken:
        return 0
    results = await asyncio.to_thread(try_all, taken, terms)
    tried = list(zip(taken, results, strict=True))
    for line in await session.write(lambda connection: note(connection, tried, datetime.now(UTC))):
        logger.warning("%s", line)
    return len(taken)
