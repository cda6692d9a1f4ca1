"""One row per article, whatever its addresses; a revision for each change; nothing readable is overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.articles import find_article, get_article, mark_gone, read_revisions, store_article, touch_article
from storage.channels import ensure_source
from storage.columns import UtcDateTime
from storage.schema import articles
from storage.store import Store
from storage.types import Access, Article, Identity, Outcome
from tests.integration.storage.fixtures import NOW, put, stamp

LATER = NOW + timedelta(hours=1)


def test_every_version_of_a_changed_article_is_kept(store: Store) -> None:
    with store.begin() as connection:
        first = put(connection, "x", "One.", authors=("Ann",))
        assert read_revisions(connection, first.article_id) == []
        put(connection, "x", "Two.", now=LATER)
        third = put(connection, "x", "Three.", authors=("Bo",), now=LATER + timedelta(hours=1))
        versions = read_revisions(connection, first.article_id)
        kept = get_article(connection, first.article_id)
    assert third.outcome is Outcome.REVISED and third.revision == 3
    assert [(v.revision, v.body, v.authors) for v in versions] == [
        (1, "One.", ("Ann",)),
        (2, "Two.", ("Ann",)),  # a byline that is missing is not taken for a change
        (3, "Three.", ("Bo",)),
    ]
    assert [v.seen_at for v in versions] == [NOW, LATER, LATER + timedelta(hours=1)]
    assert kept is not None and (kept.body, kept.first_seen, kept.revision) == ("Three.", NOW, 3)


def test_a_known_date_is_not_lost_when_the_page_no_longer_tells_it(store: Store) -> None:
    with store.begin() as connection:
        first = put(connection, "x", published=stamp(NOW - timedelta(days=3)))
        put(connection, "x", "Changed.")
        kept = get_article(connection, first.article_id)
    assert kept is not None and kept.date_published == NOW - timedelta(days=3) and kept.date_source == "meta"


@pytest.mark.parametrize("wall", [Access.PAYWALLED, Access.CONSENT, Access.BOT_WALL])
def test_a_wall_gives_way_to_a_text_but_not_the_other_way_round(store: Store, wall: Access) -> None:
    with store.begin() as connection:
        first = put(connection, "x", "Subscribe.", access=wall, word_count=1)
        opened = put(connection, "x", "The whole text.", word_count=200)
        shut = put(connection, "x", "Subscribe.", access=wall, word_count=1, now=LATER)
        kept = get_article(connection, first.article_id)
    assert [opened.outcome, shut.outcome] == [Outcome.REVISED, Outcome.UNCHANGED]
    assert kept is not None and kept.body == "The whole text." and kept.last_fetched == LATER


def test_an_article_that_comes_back_is_no_longer_gone(store: Store) -> None:
    gone = sa.select(articles.c.gone_at)
    with store.begin() as connection:
        stored = put(connection, "x")
        mark_gone(connection, stored.article_id, NOW)
        mark_gone(connection, stored.article_id, LATER)
        assert connection.execute(gone).scalar() == NOW
        put(connection, "x")
        assert connection.execute(gone).scalar() is None
        assert touch_article(connection, stored.article_id, LATER) == (NOW, None)


def test_an_address_stays_with_the_article_that_had_it_first(store: Store) -> None:
    with store.begin() as connection:
        source = ensure_source(connection, "a", NOW)
        article = Article("https://a.example/1", "One", "One.")
        alias = (("https://a.example/s", "a.example/s"),)
        one = Identity("a.example/1", "a.example", "h1", aliases=alias)
        first = store_article(connection, article, one, source, NOW)
        two = Identity("a.example/2", "a.example", "h2")
        second = store_article(connection, replace(article, url="https://a.example/2"), two, source, NOW)
        again = store_article(connection, article, replace(two, aliases=alias), source, NOW)
        found = find_article(connection, "a.example/s")
    assert again.article_id == second.article_id != first.article_id
    assert found is not None and found.id == first.article_id


def test_times_are_aware_utc_in_and_out(store: Store) -> None:
    with store.begin() as connection:
        stored = put(connection, "x", published=stamp(NOW.replace(microsecond=7)))
        kept = get_article(connection, stored.article_id)
    assert kept is not None and kept.date_published == NOW.replace(microsecond=7)
    assert kept.date_published.utcoffset() == timedelta(0)
    naive = sa.select(sa.literal(NOW.replace(tzinfo=None), UtcDateTime()))
    with store.read() as connection, pytest.raises(sa.exc.StatementError, match="naive"):
        connection.execute(naive)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["nul", "surrogate"])
def test_text_that_a_database_refuses_costs_that_article_alone(store: Store, text: str) -> None:
    """Rooms above clean every text; should one slip through, it must not take others with it."""
    with store.begin() as connection:
        put(connection, "before")
        try:
            with connection.begin_nested():
                put(connection, "bad", text)
        except (sa.exc.DBAPIError, UnicodeEncodeError):
            pass
        put(connection, "after", "Other.")
    with store.read() as connection:
        assert find_article(connection, "a.example/before") and find_article(connection, "a.example/after")
