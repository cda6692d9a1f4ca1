"""The item pipelines, in order: Extract 100, Clean 200, Identify 300, Store 400. Thin shells over pure modules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import sqlalchemy as sa
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.blocks import READING
from pipelines.clean import clean_text
from pipelines.identify import identify
from pipelines.items import PageItem, Part
from pipelines.recheck import next_recheck
from pipelines.session import session_of
from pipelines.tasks import extract_page
from pipelines.urls import host_of, registrable_domain, url_key
from pipelines.whole import complete
from pipelines.workers import WorkerCrash, WorkerFailure, WorkerMemory, WorkerTimeout
from storage.articles import find_article, get_article, mark_gone, store_article, times_of
from storage.blocks import Reading
from storage.channels import ensure_source
from storage.crawls import record_attempt
from storage.frontier import NewLink, ensure_link, settle_link
from storage.likeness import WINDOW
from storage.recognition import moved_away
from storage.types import Article, Attempt, Drop, LinkState, Outcome, Page, Stored

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


def store_item(
    connection: sa.Connection, item: PageItem, crawl_id: int | None, reading: Reading = READING
) -> tuple[Stored | None, dict[str, Any] | None]:
    """Store an item's article, settle its link and log the attempt, in the caller's transaction."""
    now = datetime.now(UTC)
    link_id, source_id = _link_of(connection, item, now)
    if not isinstance(item.result, Article) or item.identity is None:
        assert isinstance(item.result, Drop), "an item reaches Store with a result"
        _log(connection, item, crawl_id, link_id, Outcome.DROPPED, now, item.result)
        settle_link(connection, link_id, LinkState.DROPPED, item.result.reason, now, detail=item.result.detail or None)
        return None, None
    gone = _moved_away(connection, item, item.result, reading)
    if gone is not None:
        return _settle_moved(connection, item, crawl_id, link_id, source_id, gone, now), None
    known = get_article(connection, item.part_of) if item.part_of is not None else None
    if known is not None:
        stored = Stored(Outcome.ALIAS, known.id, known.revision, known.story_id)
    else:
        stored = store_article(connection, item.result, item.identity, source_id, now, reading)
    article = get_article(connection, stored.article_id)
    assert article is not None
    _settle(connection, item, link_id, stored, now)
    _log(connection, item, crawl_id, link_id, stored.outcome, now)
    _log_parts(connection, item, crawl_id, link_id, now)
    return stored, article.as_record()


def _moved_away(connection: sa.Connection, item: PageItem, article: Article, reading: Reading) -> int | None:
    """Return the stored article whose address now leads to the page of another one."""
    if not item.requested_url or item.part_of is not None:
        return None
    return moved_away(connection, url_key(item.requested_url), article, url_key(item.url), reading)


def _settle_moved(
    connection: sa.Connection,
    item: PageItem,
    crawl_id: int | None,
    link_id: int,
    source_id: int,
    gone: int,
    now: datetime,
) -> Stored:
    """Settle the link of an article whose address leads elsewhere; that other page is fetched at its own address."""
    stored = Stored(Outcome.GONE, gone, 0)
    detail = f"leads to {item.url} now, another article"
    mark_gone(connection, gone, now)
    settle_link(connection, link_id, LinkState.GONE, "redirected-elsewhere", now, detail=detail)
    ensure_link(connection, NewLink(item.url, url_key(item.url), host_of(item.url)), source_id, now)
    _log(connection, item, crawl_id, link_id, Outcome.GONE, now, Drop("redirected-elsewhere", detail))
    return stored


def _settle(connection: sa.Connection, item: PageItem, link_id: int, stored: Stored, now: datetime) -> None:
    """Settle the link of a stored article. One that is not whole is tried again while that has a chance."""
    missing = item.missing
    again = missing.retry_in if missing else None
    rests = again is None and stored.outcome is not Outcome.ALIAS
    settle_link(
        connection,
        link_id,
        LinkState.DONE if again is None else LinkState.PENDING,
        stored.outcome.value if again is None else "pages-missing",
        now,
        detail=_lack(missing),
        next_attempt=None if again is None else now + timedelta(seconds=again),
        article_id=stored.article_id,
        etag=None if missing else item.fetch.etag,
        last_modified=None if missing else item.fetch.last_modified,
        recheck_at=next_recheck(*_times(connection, stored, now)) if rests else None,
    )


def _times(connection: sa.Connection, stored: Stored, now: datetime) -> tuple[datetime, datetime, datetime | None]:
    """Return what the next look at an article is reckoned from."""
    first_seen, changed_at = times_of(connection, stored.article_id)
    return first_seen, now, changed_at


def _lack(missing: Part | None) -> str | None:
    return f"without {missing.url}: {missing.reason}" if missing else None


def _link_of(connection: sa.Connection, item: PageItem, now: datetime) -> tuple[int, int]:
    """Return the ids of the item's link and source; a spider of the user's own has neither yet."""
    if item.link_id is not None and item.source_id is not None:
        return item.link_id, item.source_id
    url = item.requested_url or item.url
    source_id = item.source_id or ensure_source(connection, item.source or registrable_domain(item.url), now)
    link = ensure_link(connection, NewLink(url, url_key(url), host_of(url)), source_id, now)
    return link.id, source_id


def _log(
    connection: sa.Connection,
    item: PageItem,
    crawl_id: int | None,
    link_id: int,
    outcome: Outcome,
    now: datetime,
    drop: Drop | None = None,
) -> None:
    attempt = Attempt(
        url=item.requested_url or item.url,
        outcome=outcome,
        reason=drop.reason if drop else "pages-missing" if item.missing else None,
        detail=drop.detail if drop else _lack(item.missing),
        status=item.fetch.status,
        final_url=item.url,
        bytes=len(item.body),
        millis=round((monotonic() - item.fetch.started) * 1000),
    )
    record_attempt(connection, crawl_id, attempt, now, link_id=link_id)


def _log_parts(connection: sa.Connection, item: PageItem, crawl_id: int | None, link_id: int, now: datetime) -> None:
    """Log each further page that was asked for, with the link that led to it."""
    for part in item.parts:
        attempt = Attempt(
            url=part.url,
            outcome=part.outcome,
            reason=part.reason,
            detail=part.detail,
            status=part.status,
            final_url=part.final_url,
            bytes=part.size,
            millis=part.millis,
        )
        record_attempt(connection, crawl_id, attempt, now, link_id=link_id)
