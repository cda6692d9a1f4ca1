"""Saved searches on both databases: what is found once, told once, per story, as digests; what breaks, and who is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.access import Direct
from crawler.alerts.check import Report, check
from crawler.alerts.times import next_digest
from crawler.delivery.terms import target
from storage.alerts import check_searches, checked_searches
from storage.alerts_horizon import settled_ids
from storage.alerts_told import latest_matches
from storage.errors import UsageError
from storage.joining import join_articles
from storage.retention import Term, expire_batch
from storage.saved import (
    Saved,
    add_saved,
    find_saved,
    include_past,
    latest_ids,
    list_saved,
    pause_saved,
    read_told,
    remove_saved,
    resume_saved,
    saved_query,
    saved_targets,
)
from storage.schema import articles, attempts, links, metadata, sources, stories
from storage.schema_saved import saved_matches
from storage.schema_watch import deliveries
from storage.search import Query
from storage.store import Store
from storage.stories import unite_waiting
from tests.integration.storage.fixtures import NOW, put
from tests.integration.storage.telling import READING, tell, text

HOOK = target("webhook", "http://hooks.example/a")
MAIL = target("email", "desk@example.org")
SOON = timedelta(seconds=5)


def save(store: Store, name: str = "ferries", asked: str | None = "ferry", **fields: Any) -> Saved:
    """Save a search that tells a webhook, from NOW."""
    query = Query(asked, tuple(fields.pop("sources", ())), sort="date", limit=None)
    saved = Saved(name, query, **{"targets": (HOOK,)} | fields)
    with store.begin() as connection:
        assert add_saved(connection, replace(saved, next_at=next_digest(saved, NOW)), NOW)
        found = find_saved(connection, name)
    assert found is not None
    return found


def look(store: Store, at: datetime = NOW, most: int = 50) -> Report:
    return asyncio.run(check(Direct(store), most, lambda: at))


def sent(store: Store, to: str = HOOK) -> list[dict[str, Any]]:
    """Return the messages to a target, in order."""
    own = sa.select(deliveries.c.message).where(deliveries.c.target == to).order_by(deliveries.c.id)
    with store.read() as connection:
        return list(connection.execute(own).scalars())


def headlines(store: Store, to: str = HOOK) -> list[list[str]]:
    return [[one["headline"] for one in message["data"]["articles"]] for message in sent(store, to)]


def store_some(store: Store, *names: str, **fields: Any) -> list[int]:
    with store.begin() as connection:
        return [
            put(connection, name, f"The ferry {name} is late.", headline=f"Ferry {name}", **fields).article_id
            for name in names
        ]


def reprint(store: Store, outlet: str, seed: int, **fields: Any) -> int:
    """Store an outlet's copy of a text about ferries."""
    with store.begin() as connection:
        stored = tell(connection, outlet, f"x{seed}", f"The ferry is late again.\n\n{text(seed)}", **fields)
    with store.begin() as connection:
        unite_waiting(connection, READING.comparing)
    return stored.article_id


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


def test_a_reprint_of_what_was_told_is_not_told_and_one_message_counts_the_outlets(store: Store) -> None:
    save(store)
    save(store, "each", per="article", targets=(MAIL,))
    reprint(store, "a", 1)
    reprint(store, "b", 1)
    reprint(store, "c", 2)
    assert look(store).told == {"ferries": 2, "each": 3}
    (message,) = sent(store)
    assert [(one["source"], one["story"] and one["story"]["outlets"]) for one in message["data"]["articles"]] == [
        ("a", 2), ("c", None),
    ]  # fmt: skip
    reprint(store, "d", 1)
    reprint(store, "e", 2)
    assert look(store, NOW + SOON).told == {"each": 2}
    (_, mail) = sent(store, MAIL)
    assert "+2 outlets" in mail["text"] and "+1 outlet\n" in mail["text"], mail["text"]
    with store.read() as connection:
        saved = find_saved(connection, "ferries")
        assert saved is not None
        states = [row["state"] for row in latest_matches(connection, saved, 10)]
    assert states == ["known", "known", "told", "known", "told"]


def test_stories_that_unite_later_are_told_once(store: Store) -> None:
    """The first text waits for a digest as one story, the second was told: when they unite, the first is not told."""
    save(store, every="day", at="07:00")
    one = reprint(store, "a", 1)
    look(store, NOW + timedelta(days=1))
    two = reprint(store, "b", 2)
    look(store, NOW + timedelta(days=1, minutes=1))
    with store.begin() as connection:
        story = connection.execute(
            sa.insert(stories).values(first_seen=NOW, last_seen=NOW, articles=2, outlets=2).returning(stories.c.id)
        ).scalar_one()
        connection.execute(sa.update(articles).where(articles.c.id.in_([one, two])).values(story_id=story))
    assert look(store, NOW + timedelta(days=2)).told == {}
    assert len(sent(store)) == 1


def test_an_article_that_was_told_and_is_deleted_leaves_its_story_told(store: Store) -> None:
    for seed, outlet in enumerate("ae", 7):
        reprint(store, outlet, seed)
    save(store)
    save(store, "some", sources=("a", "e"), targets=(MAIL,))
    for outlet in "abc":
        reprint(store, outlet, 1)
    assert look(store).told == {"ferries": 1, "some": 1}
    with store.begin() as connection:
        source = connection.execute(sa.select(sources.c.id).where(sources.c.name == "a")).scalar_one()
        term = Term(source, "a", timedelta(days=1), NOW + timedelta(days=1))
        assert expire_batch(connection, term, lambda url: "a.example", NOW) == 2
    reprint(store, "d", 1)
    reprint(store, "e", 1)
    assert look(store, NOW + SOON).told == {}


def test_an_article_that_was_joined_into_another_is_known(store: Store) -> None:
    save(store)
    with store.begin() as connection:
        put(connection, "trains", "Trains.", headline="Trains")
    look(store)
    first, second = store_some(store, "one", "two")
    look(store)
    with store.begin() as connection:
        kept, other = connection.execute(
            sa.select(articles).where(articles.c.id.in_([first, second])).order_by(articles.c.id)
        ).all()
        join_articles(connection, kept, other, kept.url_key, "redirect", NOW)
    one = reprint(store, "b", 3)
    with store.begin() as connection:
        story = connection.execute(
            sa.insert(stories).values(first_seen=NOW, last_seen=NOW, articles=2, outlets=2).returning(stories.c.id)
        ).scalar_one()
        connection.execute(sa.update(articles).where(articles.c.id.in_([one, first])).values(story_id=story))
        own = sa.and_(saved_matches.c.article_id == first)
        connection.execute(sa.delete(saved_matches).where(own))
    assert look(store, NOW + SOON).told == {}


def test_revisions_are_told_where_they_are_asked_for_and_the_article_was(store: Store) -> None:
    save(store)
    save(store, "changes", changes=True, targets=(MAIL,))
    (one,) = store_some(store, "one")
    look(store)
    revise(store, one, "The ferry sank.")
    assert look(store, NOW + SOON).told == {"changes": 1}
    assert look(store, NOW + SOON).told == {}
    assert [message["subject"] for message in sent(store, MAIL)] == [
        "changes: Ferry one",
        "changes: changed: Ferry one",
    ]
    revise(store, one, "Nothing to see any more.", headline="Trains")
    assert look(store, NOW + SOON).told == {}, "it does not match any more"


def revise(store: Store, article_id: int, body: str, headline: str = "Ferry one") -> None:
    """Let a page show another text, and log the attempt as the crawl does."""
    with store.begin() as connection:
        put(connection, "one", body, headline=headline)
        link = connection.execute(sa.select(links.c.id).where(links.c.article_id == article_id)).scalar()
        if link is None:
            source = connection.execute(sa.select(sources.c.id)).scalars().first()
            own = {"url": "u", "url_key": "u", "host": "h", "state": "done", "source_id": source, "first_seen": NOW}
            new = sa.insert(links).values(**own, article_id=article_id).returning(links.c.id)
            link = connection.execute(new).scalar_one()
        connection.execute(sa.insert(attempts).values(link_id=link, url="u", at=NOW, outcome="revised"))


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


def test_two_that_check_at_once_tell_each_article_once(store: Store) -> None:
    """Both have read before either writes: the one that comes second finds the search moved on."""
    save(store)
    store_some(store, "one", "two")
    access = Racing(store, lambda: look(store))
    report = asyncio.run(check(access, 50, lambda: NOW + SOON))
    assert access.raced and report.told == {}
    assert headlines(store) == [["Ferry two", "Ferry one"]]


class Racing(Direct):
    """Access before whose first write something else happens."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        super().__init__(store)
        object.__setattr__(self, "_meanwhile", meanwhile)
        object.__setattr__(self, "raced", False)

    raced: bool

    async def write(self, intent: Callable[[sa.Connection], Any]) -> Any:
        if not self.raced:
            object.__setattr__(self, "raced", True)
            thread = Thread(target=self._meanwhile)  # type: ignore[attr-defined]
            thread.start()
            thread.join()
        return await super().write(intent)


@pytest.mark.parametrize("step", [0, 1])
def test_what_fails_while_it_is_told_is_told_by_the_next_check(store: Store, step: int) -> None:
    """As a kill does: the transaction that was to write the messages is gone, with the matches and the cursor."""
    save(store)
    save(store, "others", "nothing-at-all")
    store_some(store, "one")
    access = Failing(store, step)
    with pytest.raises(RuntimeError):
        asyncio.run(check(access, 50, lambda: NOW))
    assert look(store).told == ({"ferries": 1} if step == 0 else {})
    assert headlines(store) == [["Ferry one"]]


class Failing(Direct):
    """Access whose transaction of this number is lost at its end."""

    def __init__(self, store: Store, step: int) -> None:
        super().__init__(store)
        object.__setattr__(self, "_left", step)

    async def write(self, intent: Callable[[sa.Connection], Any]) -> Any:
        left: int = self._left  # type: ignore[attr-defined]
        object.__setattr__(self, "_left", left - 1)

        def lost(connection: sa.Connection) -> Any:
            intent(connection)
            raise RuntimeError("killed")

        return await super().write(lost if left == 0 else intent)


def test_far_behind_is_caught_up_in_portions_and_told_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    save(store)
    store_some(store, *(f"f{number}" for number in range(9)))
    monkeypatch.setattr(check_searches, "__defaults__", (2,))
    assert look(store).told == {"ferries": 9}
    assert [len(one) for one in headlines(store)] == [9]


def test_an_article_that_is_committed_after_a_later_one_is_told(
    shared_postgresql: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL gives ids out in an order that is not that of the commits."""
    store = shared_postgresql
    monkeypatch.setattr(settled_ids, "__defaults__", (0.05, sleep))
    save(store, "late")
    begun, go_on = Event(), Event()

    def slow() -> None:
        with store.begin() as connection:
            tell(connection, "slow", "x", f"The ferry is late.\n\n{text(1)}", headline="The lower id")
            begun.set()
            go_on.wait(20)

    thread = Thread(target=slow)
    thread.start()
    try:
        assert begun.wait(10)
        with store.begin() as connection:
            tell(connection, "quick", "x", f"The ferry is early.\n\n{text(2)}", headline="The higher id")
        early = look(store, NOW + timedelta(hours=1))
        assert early.is_early and early.told == {}
        go_on.set()
        thread.join()
        assert look(store, NOW + timedelta(hours=1)).told == {"late": 2}
        assert headlines(store) == [["The higher id", "The lower id"]]
    finally:
        go_on.set()
        thread.join()
        clear(store)


def test_a_text_whose_story_is_still_looked_for_waits_for_it(shared_postgresql: Store) -> None:
    """On PostgreSQL two transactions may store the halves of a reprint; the other half must not be told, too."""
    store = shared_postgresql
    save(store, "late")
    try:
        with store.begin() as connection:
            tell(connection, "a", "x", f"The ferry is late.\n\n{text(1)}")
        assert look(store).told == {}
        with store.begin() as connection:
            assert unite_waiting(connection, READING.comparing)
        assert look(store).told == {"late": 1}
        with store.begin() as connection:
            tell(connection, "b", "x", f"The ferry is late.\n\n{text(2)}")
        assert look(store, NOW + timedelta(minutes=3)).told == {"late": 1}, "but not for ever"
    finally:
        clear(store)


def clear(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(sa.text("DELETE FROM articles_fts"))
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def test_nothing_is_asked_of_the_articles_when_nothing_is_new(store: Store) -> None:
    save(store)
    store_some(store, "one")
    look(store)
    with store.read() as connection:
        (saved,) = checked_searches(connection)
        assert (saved.seen_article, 0) == (latest_ids(connection)[0], 0)
    asked: list[str] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    look(store, NOW + SOON)
    assert len(asked) <= 5 and not any("articles_fts" in one for one in asked), asked


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
