"""Download over HTTP as Scrapy does, but without second tries, and without heads that have no end.

Twisted sends a request again at once when a kept connection is lost, and collects an answer's headers without a bound.
"""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol, Request
from twisted.web.iweb import IResponse

LONGEST_HEAD = 256 * 1024
"""Bytes of status lines and headers in which an answer has to begin."""


class HeadTooLong(Exception):
    """An answer's head is longer than any that is meant to be read."""


class PacedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler; the pace middleware makes the second try, when it is the host's turn."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
        self._pool._factory = _BoundedFactory


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Gives up an answer whose head does not end."""

    _head = 0

    def request(self, request: Request) -> Deferred[IResponse]:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None or self._parser.state not in (STATUS, HEADER):
            return
        self._head += len(data)
        if self._head > LONGEST_HEAD:
            self._giveUp(Failure(HeadTooLong(f"headers of more than {LONGEST_HEAD} bytes")))  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
