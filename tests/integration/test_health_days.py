"""Attempts are counted into the days of their sources: each once, however the work ends, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage.channels import Declaration, declare
from storage.days import forget_days, roll_up
from storage.schema import articles, attempts, channels, links, sources
from storage.schema_watch import marks, source_days
from storage.store import Store
from storage.types import ChannelKind

NOW = datetime(2026, 7, 1, 20, tzinfo=UTC)
FEED = "https://a.example/feed"


@pytest.fixture
def ids(store: Store) -> dict[str, int]:
    """A source with its feed, known since ten days, and its database ids."""
    feed = (FEED, "a.example", ChannelKind.FEED)
    with store.begin() as connection:
        made = declare(connection, [Declaration("a", "A", None, None, True, (feed,))], NOW - timedelta(days=10))
        (channel,) = connection.execute(sa.select(channels.c.id)).scalars()
    return {"source": made["a"], "channel": channel}


def attempt(store: Store, outcome: str, *, at: datetime = NOW, **fields: Any) -> None:
    with store.begin() as connection:
        connection.execute(sa.insert(attempts).values(url="u", at=at, outcome=outcome, **fields))


def link(store: Store, ids: dict[str, int], name: str, article: dict[str, Any] | None = None) -> int:
    """Make a link of the source, with the article that it led to."""
    own = {"source_id": ids["source"]}
    with store.begin() as connection:
        article_id = None
        if article is not None:
            values = {"url": name, "url_key": name, "outlet": "a.example", "headline": "h", "authors": [], "tags": []}
            values |= {"body": "b", "access": "free", "kind": "article", "content_hash": name, "extractor": "t", **own}
            values |= {"first_seen": NOW, "last_fetched": NOW, "word_count": 400, **article}
            article_id = connection.execute(sa.insert(articles).values(**values).returning(articles.c.id)).scalar_one()
        values = {"url": name, "url_key": name, "host": "a.example", "state": "done", "first_seen": NOW, **own}
        values |= {"article_id": article_id, "channel_id": ids["channel"]}
        return connection.execute(sa.insert(links).values(**values).returning(links.c.id)).scalar_one()


def rolled(store: Store, limit: int = 1000) -> int:
    with store.begin() as connection:
        return roll_up(connection, NOW, limit).counted


def days(store: Store) -> list[dict[str, Any]]:
    with store.read() as connection:
        rows = connection.execute(sa.select(source_days).order_by(source_days.c.day)).mappings()
        return [{name: value for name, value in row.items() if value not in (0, {})} for row in rows]


def test_polls_and_pages_are_counted_by_what_came_of_them(store: Store, ids: dict[str, int]) -> None:
    poll = {"channel_id": ids["channel"], "bytes": 100, "millis": 10}
    attempt(store, "polled", new=7, **poll)
    attempt(store, "not-modified", **poll)
    attempt(store, "poll-failed", reason="http-403", **poll)
    attempt(store, "deferred", reason="host-busy", **poll)
    stored = link(store, ids, "one", {})
    attempt(store, "stored", link_id=stored)
    attempt(store, "not-modified", link_id=stored)
    attempt(store, "dropped", reason="empty", link_id=stored)  # a later look at it
    new = link(store, ids, "two")
    for outcome, reason in [("dropped", "empty"), ("dropped", "bot-wall"), ("dropped", "robots"), ("gone", "http-404"),
                            ("failed", "http-500"), ("deferred", "http-429"), ("deferred", "host-busy")]:  # fmt: skip
        attempt(store, outcome, reason=reason, link_id=new)
    attempt(store, "alias", link_id=stored)
    attempt(store, "joined", link_id=stored)
    attempt(store, "polled")  # of nobody
    assert rolled(store) == 17
    (day,) = days(store)
    reasons = day.pop("reasons")
    assert day == {
        "source_id": ids["source"], "day": NOW.date(), "polls": 3, "polls_failed": 1, "links_new": 7, "pages": 6, "stored": 1,
        "unchanged": 1, "duplicates": 1, "dropped": 2, "failed": 3, "blocked": 4, "words": 400, "undated": 1, "bytes": 400,
        "millis": 40,
    }  # fmt: skip
    assert reasons == {
        "poll:http-403": 1,
        "empty": 2,
        "bot-wall": 1,
        "robots": 1,
        "http-404": 1,
        "http-500": 1,
        "http-429": 1,
    }


def test_delays_are_those_of_articles_that_appeared_since_the_source_is_known(
    store: Store, ids: dict[str, int]
) -> None:
    for minutes, precision in [
        (3, "second"),
        (40, "minute"),
        (40, "day"),
        (60 * 24 * 30, "second"),
        (60 * 24 * 9, "second"),
        (-500, "second"),
    ]:
        published = NOW - timedelta(minutes=minutes)
        known = link(store, ids, f"{minutes}{precision}", {"date_published": published, "date_precision": precision})
        attempt(store, "stored", link_id=known)
    link_of_short = link(store, ids, "short", {"word_count": 20})
    attempt(store, "stored", link_id=link_of_short)
    rolled(store)
    (day,) = days(store)
    assert day["delays"] == {"5": 1, "60": 1, "longer": 1}
    assert (day["short"], day["undated"], day["stored"]) == (1, 1, 7)


def test_each_attempt_is_counted_once_in_portions_by_day(store: Store, ids: dict[str, int]) -> None:
    for number in range(10):
        attempt(store, "polled", at=NOW + timedelta(hours=number), channel_id=ids["channel"], new=1)
    assert [rolled(store, 4) for _ in range(4)] == [4, 4, 2, 0]
    assert [(day["day"].day, day["polls"]) for day in days(store)] == [(1, 4), (2, 6)]


def test_a_kill_between_counting_and_commit_counts_nothing_twice(store: Store, ids: dict[str, int]) -> None:
    attempt(store, "polled", channel_id=ids["channel"], new=1)
    with pytest.raises(KeyboardInterrupt), store.begin() as connection:
        assert roll_up(connection, NOW, 10).counted == 1
        raise KeyboardInterrupt
    assert days(store) == []
    assert [rolled(store), rolled(store)] == [1, 0]
    assert days(store)[0]["links_new"] == 1


def test_a_log_that_was_forgotten_whole_is_counted_on(store: Store, ids: dict[str, int]) -> None:
    """SQLite gives ids out from 1 again."""
    for _ in range(3):
        attempt(store, "polled", channel_id=ids["channel"])
    rolled(store)
    with store.begin() as connection:
        connection.execute(sa.delete(attempts))
    attempt(store, "polled", at=NOW + timedelta(seconds=1), channel_id=ids["channel"])
    assert rolled(store) == 1
    assert days(store)[0]["polls"] == 4


def test_ids_that_commit_late_are_not_passed_over(store: Store, ids: dict[str, int]) -> None:
    """On PostgreSQL a lower id may appear after a higher one: what an open transaction may precede is left for later."""
    if store.dialect != "postgresql":
        pytest.skip("SQLite has one writer")
    own = {"channel_id": ids["channel"], "url": "u", "outcome": "polled"}
    now = datetime.now(UTC)
    attempt(store, "polled", at=now - timedelta(minutes=10), channel_id=ids["channel"])
    with store.begin() as late:
        late.execute(sa.insert(attempts).values(at=now, **own))
        attempt(store, "polled", at=now, channel_id=ids["channel"])
        with store.begin() as connection:
            assert roll_up(connection, now, 10).counted == 1
    with store.begin() as connection:
        assert roll_up(connection, now, 10).counted == 2
        assert connection.execute(sa.select(marks.c.value)).scalar_one() > 0
    assert sum(day["polls"] for day in days(store)) == 3


def test_days_are_forgotten_by_source(store: Store, ids: dict[str, int]) -> None:
    for back in (0, 800):
        attempt(store, "polled", at=NOW - timedelta(days=back), channel_id=ids["channel"])
    rolled(store)
    with store.begin() as connection:
        assert forget_days(connection, [ids["source"] + 1], NOW.date()) == 0
        assert forget_days(connection, [ids["source"]], NOW.date()) == 1
        assert connection.execute(sa.select(sa.func.count()).select_from(sources)).scalar_one() == 1
    assert [day["day"] for day in days(store)] == [NOW.date()]
