"""Saved searches on both databases: from now on, as digests, in bounded messages; paused, broken and removed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from crawler.alerts.times import next_digest
from storage.alerts import Found, hold_search, keep_found
from storage.errors import UsageError
from storage.saved import (
    Saved,
    add_saved,
    find_saved,
    include_past,
    list_saved,
    pause_saved,
    read_told,
    remove_saved,
    resume_saved,
    saved_query,
    saved_targets,
)
from storage.schema import sources
from storage.schema_saved import saved_matches
from storage.schema_watch import deliveries
from storage.search import Query
from storage.store import Store
from tests.integration.saved_told import HOOK, MAIL, SOON, headlines, look, save, sent, store_some
from tests.integration.storage.fixtures import NOW, put


def test_a_new_search_starts_from_now_and_tells_each_article_once(store: Store) -> None:
    store_some(store, "before")
    save(store)
    assert look(store).told == {}
    store_some(store, "one", "two")
    with store.begin() as connection:
        put(connection, "other", "About trains.", headline="Trains")
    assert look(store).told == {"ferries": 2}
    assert look(store, NOW + SOON).told == {}
    store_some(store, "three")
    look(store, NOW + SOON)
    assert headlines(store) == [["Ferry two", "Ferry one"], ["Ferry three"]]
    (first, _) = sent(store)
    assert (first["type"], first["data"]["total"], first["data"]["rest"]) == ("watch.matched", 2, 0)
    assert first["data"]["watch"] == {"name": "ferries", "query": {"text": "ferry"}, "every": "now", "per": "story"}
    record = first["data"]["articles"][1]
    assert (record["url"], record["source"], record["story"]) == ("https://a.example/one", "a", None)
    assert record["snippet"] == "The ferry one is late." and "body" not in record


def test_the_past_is_told_when_it_is_asked_for(store: Store) -> None:
    with store.begin() as connection:
        for days in (1, 3, 9):
            put(connection, f"d{days}", "A ferry.", headline=f"{days} days ago", now=NOW - timedelta(days=days))
    saved = save(store)
    with store.begin() as connection:
        query = replace(saved.query, since=NOW - timedelta(days=7))
        assert include_past(connection, saved, query, NOW) == 2
        assert include_past(connection, saved, query, NOW) == 0
    assert look(store).told == {"ferries": 2}
    assert headlines(store) == [["3 days ago", "1 days ago"]]


def test_a_message_is_bounded_and_programs_get_the_rest_in_parts(store: Store) -> None:
    save(store, targets=(HOOK, MAIL))
    store_some(store, *(f"f{number}" for number in range(7)))
    assert look(store, most=3).told == {"ferries": 7}
    assert [len(one) for one in headlines(store)] == [3, 3, 1]
    assert [(one["data"]["part"], one["data"]["parts"], one["data"]["total"]) for one in sent(store)] == [
        (1, 3, 7), (2, 3, 7), (3, 3, 7),
    ]  # fmt: skip
    (mail,) = sent(store, MAIL)
    assert mail["text"].count("https://a.example/") == 3 and "and 4 more" in mail["text"]
    assert mail["subject"] == "ferries: 7 stories – Ferry f6"


def test_digests_come_at_the_hour_of_their_zone_through_a_change_of_the_clock(store: Store) -> None:
    """In Vienna the clock goes back on 25 October 2026: 07:00 is 05:00 UTC until then, and 06:00 UTC after."""
    start = datetime(2026, 10, 23, 12, tzinfo=UTC)
    saved = Saved("ferries", Query("ferry"), "day", "07:00", "Europe/Vienna", targets=(HOOK,))
    with store.begin() as connection:
        add_saved(connection, replace(saved, next_at=next_digest(saved, start)), start)
    stored = 0
    for half_hours in range(4 * 48):
        at = start + timedelta(minutes=30 * half_hours)
        if at < datetime(2026, 10, 27, 6, tzinfo=UTC) and not at.minute:
            store_some(store, f"{at:%d-%H}", now=at)
            stored += 1
        look(store, at)
    with store.read() as connection:
        created = connection.execute(sa.select(deliveries.c.created_at).order_by(deliveries.c.id)).scalars().all()
    assert [f"{one:%d %H:%M}" for one in created] == ["24 05:00", "25 06:00", "26 06:00", "27 06:00"]
    told = [headline for message in headlines(store) for headline in message]
    assert len(told) == len(set(told)) == stored


def test_digests_that_were_missed_are_one(store: Store) -> None:
    save(store, every="hour")
    store_some(store, "one")
    look(store, NOW + timedelta(minutes=30))
    assert sent(store) == []
    store_some(store, "two")
    late = NOW + timedelta(hours=5, minutes=10)
    assert look(store, late).told == {"ferries": 2}
    with store.read() as connection:
        assert find_saved(connection, "ferries").next_at == NOW + timedelta(hours=6)  # type: ignore[union-attr]
    assert look(store, NOW + timedelta(hours=7)).told == {}
    assert len(sent(store)) == 1, "a digest of nothing is not sent"


def test_a_paused_search_rests_and_goes_on_from_then(store: Store) -> None:
    saved = save(store)
    with store.begin() as connection:
        pause_saved(connection, "ferries", NOW)
    store_some(store, "one")
    assert look(store).told == {}
    with store.begin() as connection:
        resume_saved(connection, "ferries", next_digest(saved, NOW))
    store_some(store, "two")
    look(store)
    assert headlines(store) == [["Ferry two"]]


def test_a_query_that_cannot_be_asked_any_more_is_broken_and_catches_up_when_mended(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "a", "A ferry.")
    save(store, asked="ferry source:a")
    save(store, "well")
    rename(store, "a", "b")
    store_some(store, "one", source="b")
    first = look(store)
    assert first.told == {"well": 1}
    ((name, reason),) = first.broken
    assert name == "ferries" and reason.startswith("no source 'a' is stored")
    store_some(store, "two", source="b")
    assert look(store, NOW + SOON).broken == [], "it is said once"
    with store.read() as connection:
        broken = find_saved(connection, "ferries")
        assert broken is not None and broken.broken == reason and broken.broken_at == NOW
    rename(store, "b", "a")
    with store.begin() as connection:
        connection.execute(sa.update(sources).values(declared=True))
    mended = look(store, NOW + SOON)
    assert mended.mended == ["ferries"] and mended.told == {"ferries": 2}


def test_a_source_that_is_not_declared_any_more_is_said(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "a", "A ferry.")
        connection.execute(sa.update(sources).values(declared=True))
    save(store, asked="ferry source:a")
    store_some(store, "one", source="a")
    assert look(store).broken == []
    with store.begin() as connection:
        connection.execute(sa.update(sources).values(declared=False))
    store_some(store, "two", source="a")
    report = look(store, NOW + SOON)
    assert report.broken == [("ferries", "sources.toml does not declare a (any more)")]
    assert report.told == {"ferries": 1}


def rename(store: Store, name: str, to: str) -> None:
    with store.begin() as connection:
        connection.execute(sa.update(sources).where(sources.c.name == name).values(name=to))


def test_what_is_removed_goes_with_what_is_on_its_way(store: Store) -> None:
    save(store)
    save(store, "ferries-2")
    store_some(store, "one")
    look(store)
    with store.begin() as connection:
        assert remove_saved(connection, "ferries") and not remove_saved(connection, "ferries")
    assert [message["data"]["watch"]["name"] for message in sent(store)] == ["ferries-2"]
    again = save(store)
    assert look(store).told == {}, "what comes back begins anew"
    with store.read() as connection:
        assert read_told(connection, again).found == 0
        assert [one.name for one in list_saved(connection)] == ["ferries", "ferries-2"]
        assert saved_targets(connection) == (HOOK,)
        assert saved_query(connection, "ferries") == Query("ferry", sort="date", limit=None)
        assert saved_query(connection, "none") is None


def test_names_are_taken_once_and_a_wrong_query_is_refused(store: Store) -> None:
    save(store)
    with store.begin() as connection:
        assert add_saved(connection, Saved("ferries", Query("pier")), NOW) is None
    with pytest.raises(UsageError, match="no source"), store.begin() as connection:
        add_saved(connection, Saved("wrong", Query(sources=("nowhere",))), NOW)
    with store.read() as connection:
        assert [one.name for one in list_saved(connection)] == ["ferries"]


def test_messages_can_be_kept_as_json(store: Store) -> None:
    save(store, targets=(HOOK, MAIL))
    with store.begin() as connection:
        put(connection, "odd", "A ferry \x0b \u2028 <script>.", headline='Ferry\r\nBcc: evil@example.org "<b>')
    look(store)
    assert json.dumps(sent(store) + sent(store, MAIL))
    (mail,) = sent(store, MAIL)
    assert mail["subject"] == 'ferries: Ferry  Bcc: evil@example.org "<b>'
    assert "<b>Bcc" not in mail["html"] and "&lt;script&gt;" in mail["html"]
    with store.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(saved_matches)).scalar_one() == 1


def test_one_that_is_checked_just_now_is_removed_afterwards(store: Store) -> None:
    saved = save(store)
    with ThreadPoolExecutor(1) as pool:
        with store.begin() as connection:
            assert hold_search(connection, saved)
            article = put(connection, "one", "A ferry.").article_id
            keep_found(connection, Found(saved, article, 0, {article: 1}, {}), NOW)
            removal = pool.submit(_remove, store, saved.name)
            with pytest.raises(TimeoutError):
                removal.result(0.3)
        assert removal.result(20) is True
    with store.read() as connection:
        assert list_saved(connection) == [] and connection.execute(sa.select(saved_matches)).first() is None


def _remove(store: Store, name: str) -> bool:
    with store.begin() as connection:
        return remove_saved(connection, name)
