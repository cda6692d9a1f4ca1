"""Clean earlier articles again when more boilerplate was learned, a few in a transaction, within a time."""

from __future__ import annotations

import asyncio
from time import monotonic

from pipelines.blocks import READING
from pipelines.session import Session
from storage.cleaning import clean_waiting

PAUSE = 0.05
"""Seconds between two batches, in which others write."""


async def clean_earlier(session: Session, seconds: float) -> int:
    """Clean articles that wait for it until none does or the time is up; return how many have changed."""
    changed = 0
    end = monotonic() + seconds
    while monotonic() < end:
        number = await session.write(lambda connection: clean_waiting(connection, READING))
        if number is None:
            break
        changed += number
        await asyncio.sleep(PAUSE)
    return changed
