"""Download over HTTP without second tries: Twisted sends a request again at once when a kept connection is lost."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler


class PacedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler; the pace middleware makes the second try, when it is the host's turn."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
