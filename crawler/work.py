"""Work: one channel to poll or one link to fetch, and the promise that it will be settled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic

from storage.types import Channel, Link, Outcome


@dataclass(slots=True, eq=False)
class Work:
    """One request's worth of work on a host. `settled` resolves once the database holds what came of it.

    `asked` is the host that was asked last (a redirect leads elsewhere), `is_probe` tells that it was in trouble then.
    `address` is where a channel is asked that has moved; `is_retry` tells that it is the declared address, once more.
    """

    host: str
    crawl_id: int | None
    channel: Channel | None = None
    link: Link | None = None
    settled: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    started: float = field(default_factory=monotonic)
    asked: str = ""
    is_probe: bool = False
    address: str = ""
    is_retry: bool = False

    @property
    def url(self) -> str:
        """The URL to request."""
        if self.channel is not None:
            return self.address or self.channel.location or self.channel.url
        assert self.link is not None
        return self.link.url

    @property
    def source_id(self) -> int | None:
        """The source that it belongs to."""
        return self.channel.source_id if self.channel is not None else self.link.source_id if self.link else None

    @property
    def millis(self) -> int:
        """Milliseconds since it was given out."""
        return round((monotonic() - self.started) * 1000)

    def settle(self, outcome: Outcome) -> None:
        """Report that the outcome is recorded; later reports count for nothing."""
        if not self.settled.done():
            self.settled.set_result(outcome)
