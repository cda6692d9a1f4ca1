"""The item pipelines, in order: Extract 100, Clean 200, Identify 300, Store 400. Thin shells over pure modules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.blocks import READING
from pipelines.clean import clean_text
from pipelines.identify import identify
from pipelines.items import PageItem
from pipelines.session import session_of
from pipelines.storing import store_item
from pipelines.tasks import extract_page
from pipelines.urls import url_key
from pipelines.whole import complete
from pipelines.workers import WorkerCrash, WorkerFailure, WorkerMemory, WorkerTimeout
from storage.articles import find_article
from storage.likeness import WINDOW
from storage.types import Article, Drop, Outcome, Page

JUST_NOW = timedelta(hours=1)
"""An article's later page that is listed as well is not read from the first page on again so soon."""
FAILURES: dict[type[WorkerFailure], str] = {
    WorkerTimeout: "timeout",
    WorkerMemory: "memory",
    WorkerCrash: "crash",
}


class _Pipeline:
    """What the pipelines share: the crawl's session and Scrapy's stats."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._session = session_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _Pipeline:
        """Build the pipeline for a crawler."""
        return cls(crawler)

    def _count(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name)


class Extract(_Pipeline):
    """Turn the page into an article, in a worker process, with the further pages of one that has several.

    A page that breaks its worker costs itself alone.
    """

    async def process_item(self, item: Any) -> Any:
        """Set the item's `result` and `parts`."""
        if not isinstance(item, PageItem) or item.result is not None:
            return item
        item.result = await self._extract(item.page())
        if not isinstance(item.result, Article) or self._session.fetch_page is None:
            return item
        if item.result.first_page is not None:
            item.part_of = await self._session.read(lambda connection: joined_already(connection, item))
        if item.part_of is None and (item.result.next_page or item.result.first_page):
            await complete(item, self._session.fetch_page, self._extract)
            for part in item.parts:
                self._count(f"pages/missing/{part.reason}" if part.is_missing else "pages/joined")
        return item

    async def _extract(self, page: Page) -> Article | Drop:
        try:
            return await self._session.pool.run(extract_page, page)
        except WorkerFailure as failure:
            reason = next(slug for kind, slug in FAILURES.items() if isinstance(failure, kind))
            return Drop(f"extract-{reason}", str(failure))


def joined_already(connection: sa.Connection, item: PageItem) -> int | None:
    """Return the article that a page is a later page of, when it was stored with that page a moment ago."""
    known = find_article(connection, url_key(item.url))
    if known is None or url_key(item.url) == known.url_key or datetime.now(UTC) - known.last_fetched > JUST_NOW:
        return None
    return known.id


class Clean(_Pipeline):
    """Apply what the spider knows better, as clean as what extraction gives."""

    def process_item(self, item: Any) -> Any:
        """Replace fields of the item's article by its `overrides`."""
        if isinstance(item, PageItem) and isinstance(item.result, Article) and item.overrides:
            item.result = replace(item.result, **{name: _cleaned(value) for name, value in item.overrides.items()})
        return item


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return "\n\n".join(clean_text(line) for line in value.split("\n") if line.strip())
    if isinstance(value, list | tuple):
        return tuple(_cleaned(part) for part in value)
    return value


class Identify(_Pipeline):
    """Work out who the article is: its URL key, its trusted canonical address, its content hash."""

    def process_item(self, item: Any) -> Any:
        """Set the item's `identity`."""
        if isinstance(item, PageItem) and isinstance(item.result, Article):
            item.identity = identify(item, item.result)
        return item


class Store(_Pipeline):
    """Store the article and settle its link in one transaction; hand on the stored record, e.g. to `-O out.jsonl`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        days = crawler.settings.getint("NEWSDESK_STORY_WINDOW_DAYS", WINDOW.days)
        self._reading = replace(READING, comparing=replace(READING.comparing, window=timedelta(days=days)))

    async def process_item(self, item: Any) -> Any:
        """Return the stored article as a JSON-ready dict. Raises DropItem for a page that gave none."""
        if not isinstance(item, PageItem):
            return item
        stored, record = await self._session.write(
            lambda connection: store_item(connection, item, self._crawl_id(item), self._reading)
        )
        outcome = stored.outcome if stored else Outcome.DROPPED
        self._tally(item, outcome)
        if item.on_settled is not None:
            item.on_settled(outcome)
        if stored is not None and outcome is Outcome.GONE:
            raise DropItem(f"redirected-elsewhere: {item.requested_url} leads to {item.url}, another article")
        if record is None:
            assert isinstance(item.result, Drop)
            raise DropItem(f"{item.result.reason}: {item.url}")
        return record

    def _crawl_id(self, item: PageItem) -> int | None:
        return item.crawl_id if item.crawl_id is not None else self._session.crawl_id

    def _tally(self, item: PageItem, outcome: Outcome) -> None:
        names = {
            Outcome.STORED: "storage/inserted",
            Outcome.REVISED: "storage/revised",
            Outcome.UNCHANGED: "storage/unchanged",
            Outcome.ALIAS: "dedup/exact",
        }
        if outcome in names:
            self._count(names[outcome])
        elif isinstance(item.result, Drop):
            self._count("extract/empty" if item.result.reason == "empty" else f"drop/{item.result.reason}")
