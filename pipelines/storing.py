"""Store an item's article, settle its link and log the attempt: what the Store pipeline does in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import sqlalchemy as sa

from pipelines.blocks import READING
from pipelines.hosts import host_of, registrable_domain
from pipelines.items import PageItem, Part
from pipelines.recheck import next_recheck
from pipelines.urls import url_key
from storage.articles import get_article, mark_gone, store_article, times_of
from storage.blocks import Reading
from storage.channels import ensure_source
from storage.crawls import record_attempt
from storage.frontier import NewLink, ensure_link, settle_link
from storage.recognition import moved_away
from storage.reopening import article_of
from storage.revising import WALLS
from storage.types import Article, Attempt, Drop, LinkState, Outcome, Stored


def store_item(
    connection: sa.Connection, item: PageItem, crawl_id: int | None, reading: Reading = READING
) -> tuple[Stored | None, dict[str, Any] | None]:
    """Store an item's article, settle its link and log the attempt, in the caller's transaction."""
    now = datetime.now(UTC)
    link_id, source_id = _link_of(connection, item, now)
    if not isinstance(item.result, Article) or item.identity is None:
        assert isinstance(item.result, Drop), "an item reaches Store with a result"
        _log(connection, item, crawl_id, link_id, Outcome.DROPPED, now, item.result)
        _settle_dropped(connection, link_id, item.result, now)
        return None, None
    gone = _moved_away(connection, item, item.result, reading)
    if gone is not None and item.result.access in WALLS:
        item.result = Drop("led-to-a-wall", f"leads to {item.url} now, which is {item.result.access.value}")
        _log(connection, item, crawl_id, link_id, Outcome.DROPPED, now, item.result)
        _settle_dropped(connection, link_id, item.result, now)
        return None, None
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


def _settle_dropped(connection: sa.Connection, link_id: int, drop: Drop, now: datetime) -> None:
    """Settle the link of a page without an article. One that had an article keeps it, and is looked at again."""
    known = article_of(connection, link_id)
    state = LinkState.DROPPED if known is None else LinkState.DONE
    recheck = None
    if known is not None:
        first_seen, changed_at = times_of(connection, known)
        recheck = next_recheck(first_seen, now, changed_at)
    settle_link(connection, link_id, state, drop.reason, now, detail=drop.detail or None, recheck_at=recheck)


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
