"""Each story is told once: reprints, stories that unite, articles that are deleted, joined or revised."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from storage.alerts_told import latest_matches
from storage.joining import join_articles
from storage.retention import Term, expire_batch
from storage.saved import (
    find_saved,
)
from storage.schema import articles, attempts, links, sources, stories
from storage.schema_saved import saved_matches
from storage.store import Store
from tests.integration.saved_told import MAIL, SOON, look, reprint, save, sent, store_some
from tests.integration.storage.fixtures import NOW, put


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
