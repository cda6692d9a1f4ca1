"""Begin and end with the daemon: the port is taken before it crawls, the subscriber lives as long as its spider."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
from datetime import UTC, datetime

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.desk import desk_of
from crawler.push.callback import CallbackServer, take_port
from crawler.push.subscriber import Subscriber
from storage.pushes import settle_callback

TICK_SECONDS = 5.0
FIRST_LOOK_SECONDS = 0.2
logger = logging.getLogger(__name__)


def attach_pushes(crawler: Crawler) -> None:
    """Let a daemon's crawl subscribe to hubs, when it has a public callback address. Raises FailureError for a port
    that is taken.
    """
    settings = crawler.settings
    callback = settings["NEWSDESK_PUSH_CALLBACK"]
    taken = take_port(settings["NEWSDESK_PUSH_ADDRESS"], settings.getint("NEWSDESK_PUSH_PORT")) if callback else None
    life = _Life(crawler, callback, taken)
    crawler.signals.connect(life.opened, signals.spider_opened, weak=False)
    crawler.signals.connect(life.closed, signals.spider_closed, weak=False)


class _Life:
    """From the spider's opening to its end. Without a callback address what was subscribed before lapses."""

    def __init__(self, crawler: Crawler, callback: str, taken: socket.socket | None) -> None:
        self._crawler = crawler
        self._callback = callback
        self._taken = taken
        self._server: CallbackServer | None = None
        self._ticking: asyncio.Task[None] | None = None

    async def opened(self) -> None:
        desk = desk_of(self._crawler)
        fingerprint = _fingerprint(self._callback)
        lapsed = await desk.session.write(lambda c: settle_callback(c, fingerprint, datetime.now(UTC)))
        if lapsed:
            said = f"hubs are to call {self._callback} now" if self._callback else "push_callback is empty"
            logger.warning("%d subscriptions to hubs lapse: %s", lapsed, said)
        if self._taken is None:
            return
        subscriber = Subscriber(self._crawler, desk, self._callback)
        where = self._taken.getsockname()
        self._server = CallbackServer(self._taken, subscriber)
        self._ticking = asyncio.create_task(_tick(subscriber))
        logger.info("hubs call %s, which is to lead to %s, port %d", self._callback, where[0], where[1])

    async def closed(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        if self._server is not None:
            self._server.close()


async def _tick(subscriber: Subscriber) -> None:
    while not subscriber.is_ready:
        await asyncio.sleep(FIRST_LOOK_SECONDS)
    while True:
        try:
            await subscriber.tick()
        except Exception:
            logger.exception("the subscriptions could not be looked after; trying again")
        await asyncio.sleep(TICK_SECONDS)


def _fingerprint(callback: str) -> int:
    """Return a number that is another one for another address, as a BIGINT."""
    return int.from_bytes(hashlib.sha256(callback.encode()).digest()[:7], "big") if callback else 0
