"""Bring the instruments up to what the database holds, every few seconds: a scrape itself asks it nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from crawler.metrics.meters import Meters
from pipelines.session import Session
from storage.measures import Measures, Place, measure, newest


class Survey:
    """Reads what is new since it measured last; the first time, since then."""

    def __init__(self, session: Session, meters: Meters) -> None:
        self._session = session
        self._meters = meters
        self._place: Place | None = None

    async def measure(self) -> None:
        """Look, and record it."""

        def ask(connection: sa.Connection) -> Measures:
            return measure(connection, self._place or newest(connection), datetime.now(UTC))

        found = await self._session.read(ask)
        self._place = found.place
        self._meters.record(found)
