"""The whole article at a URL for a command, outside a crawl: its further pages are fetched at the configured pace."""

from __future__ import annotations

import asyncio
import time

from crawler.config import Config
from crawler.fetch_once import fetch
from pipelines.extract import extract
from pipelines.items import PageItem, Part
from pipelines.whole import complete
from storage.errors import FailureError
from storage.types import Article, Drop, Outcome, Page


def extract_url(url: str, config: Config) -> tuple[Article | Drop, list[Part], Page]:
    """Return the article at a URL, or why there is none, what became of each further page of it, and its first page."""
    fetched = fetch(url, config)
    if fetched.status >= 400:
        raise FailureError(f"{url}: HTTP {fetched.status}")
    item = PageItem(fetched.url, fetched.body, fetched.charset)
    result = extract(item.page())
    if not isinstance(result, Article) or (result.next_page is None and result.first_page is None):
        return result, [], item.page()
    item.result = result
    asyncio.run(complete(item, _Fetcher(config).fetch, _extract))
    return item.result, item.parts, item.page()


class _Fetcher:
    """Fetches further pages, one after the other."""

    def __init__(self, config: Config) -> None:
        self._config = config

    async def fetch(self, item: PageItem, url: str) -> Part:
        """Return a page as a part, or a part that says why it could not be had."""
        time.sleep(self._config.delay)
        try:
            found = fetch(url, self._config)
        except FailureError as error:
            return Part(url, outcome=Outcome.FAILED, reason="failed", detail=str(error), is_missing=True)
        if found.status >= 400:
            reason = f"http-{found.status}"
            return Part(url, found.url, found.status, outcome=Outcome.FAILED, reason=reason, is_missing=True)
        return Part(url, found.url, found.status, found.body, found.charset, len(found.body))


async def _extract(page: Page) -> Article | Drop:
    return extract(page)
