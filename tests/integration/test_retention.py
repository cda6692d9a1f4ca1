"""Retention: what goes with an article, what stays of it, and that nothing is left that leads to nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.blocks import READING
from pipelines.hosts import host_of
from storage.articles import get_article
from storage.channels import ensure_source
from storage.fate import fate
from storage.frontier import ensure_link, record_links, settle_link
from storage.hosts import lease_host
from storage.merges import MergeQuery, count_merges, read_decisions
from storage.reopening import reopen_for_recheck, reopen_link
from storage.retention import FOR_EVER, Term, count_expired, expire_batch, terms
from storage.schema import articles, links, metadata, postings, sites, stories
from storage.search import Query, count, search
from storage.stats import overview
from storage.store import Store, open_store
from storage.stories import unite_waiting
from storage.types import LinkState
from storage.writer import BatchWriter
from tests.integration.storage.fixtures import NOW, feed, link
from tests.integration.storage.telling import paragraphs, sentences, tell, text

DAY = timedelta(days=1)
OUTLETS = ("wire", "daily", "weekly")


def term(connection: sa.Connection, source: str, keep: timedelta, now=NOW) -> Term:
    return Term(ensure_source(connection, source, NOW), source, keep, now - keep)


def expire(store: Store, keep: timedelta, now=NOW, sources: Sequence[str] = OUTLETS, limit: int = 100) -> int:
    """Expire all that is older; return how many have gone."""
    gone = 0
    for source in sources:
        while True:
            with store.begin() as connection:
                own = term(connection, source, keep, now)
                before = count_expired(connection, own, now)
                number = expire_batch(connection, own, host_of, now, limit)
                assert number <= before and (number or not before), "what is counted goes"
            gone += number
            if not number:
                break
    return gone


def dangling(connection: sa.Connection) -> list[str]:
    """Return every foreign key that leads to no row, and numbers that should."""
    found = []
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            column, target = key.parent, key.column
            there = sa.select(target).correlate(None)
            lost = sa.select(sa.func.count()).select_from(table).where(column.is_not(None), column.not_in(there))
            if connection.execute(lost).scalar():
                found.append(f"{table.name}.{column.name}")
    gone = sa.select(postings.c.article_id).where(postings.c.article_id.not_in(sa.select(articles.c.id)))
    return found + (["postings.article_id"] if connection.execute(gone).first() else [])


def check(connection: sa.Connection) -> None:
    """Everything that must hold, whatever was deleted."""
    assert dangling(connection) == []
    indexed = set(connection.execute(sa.text(f"SELECT {_key(connection)} FROM articles_fts")).scalars())
    assert indexed == set(connection.execute(sa.select(articles.c.id)).scalars())
    for row in connection.execute(sa.select(stories).where(stories.c.merged_into.is_(None))):
        own = sa.select(sa.func.count(), sa.func.count(sa.distinct(articles.c.outlet)))
        number, outlets = connection.execute(own.where(articles.c.story_id == row.id)).one()
        assert (row.articles, row.outlets) == (number, outlets), row
    assert count(connection, Query()) == len(indexed)
    overview(connection)
    count_merges(connection, MergeQuery())
    read_decisions(connection, MergeQuery())


def _key(connection: sa.Connection) -> str:
    return "rowid" if connection.dialect.name == "sqlite" else "article_id"


def put_wire(connection: sa.Connection) -> dict[str, int]:
    """A wire text of 30 days ago with a copy, a later one of today, a revision, an alias and two articles that join."""
    told, ids = sentences(1, 40), {}
    ids["wire"] = tell(connection, "wire", "one", paragraphs(told), headline="Ferries", now=NOW - 30 * DAY).article_id
    tell(connection, "wire", "one", paragraphs([*told, *sentences(2, 4)]), headline="Ferries go", now=NOW - 29 * DAY)
    ids["daily"] = tell(connection, "daily", "copy", paragraphs(told[:30]), now=NOW - 28 * DAY).article_id
    tell(connection, "daily", "again", paragraphs(told[:30]), headline="What daily says of copy", now=NOW - 28 * DAY)
    again = paragraphs([*sentences(300, 12), *sentences(301, 3)])
    ids["joined"] = tell(connection, "wire", "a", text(300), headline="Same", now=NOW - 20 * DAY).article_id
    ids["other"] = tell(connection, "wire", "b", again, headline="Same", now=NOW - 19 * DAY).article_id
    own = {"url_key": "wire.example/a", "page_key": "wire.example/b", "is_version": True}
    own |= {"aliases": (("https://wire.example/b", "wire.example/b"),)}
    tell(connection, "wire", "b", again, headline="Same", now=NOW - 18 * DAY, identity=own)
    ids["weekly"] = tell(connection, "weekly", "late", paragraphs(told[5:]), now=NOW - DAY).article_id
    ids["last"] = tell(connection, "daily", "last", text(9), now=NOW).article_id
    unite_waiting(connection, READING.comparing)
    return ids


def test_an_article_goes_with_all_that_belongs_to_it(store: Store) -> None:
    with store.begin() as connection:
        ids = put_wire(connection)
        story = connection.execute(sa.select(articles.c.story_id).where(articles.c.id == ids["weekly"])).scalar_one()
        assert connection.execute(sa.select(stories.c.articles).where(stories.c.id == story)).scalar() == 3
        assert get_article(connection, ids["other"]).id == ids["joined"]
        check(connection)
    assert expire(store, 10 * DAY) == 3
    with store.read() as connection:
        check(connection)
        settled = sa.select(links.c.url_key).where(links.c.reason == "expired")
        still = sa.select(articles.c.url_key).where(articles.c.url_key.in_(settled))
        assert connection.execute(still).all() == []
        left = set(connection.execute(sa.select(articles.c.id)).scalars())
        assert left == {ids["weekly"], ids["last"]}
        assert get_article(connection, ids["other"]) is None, "an id that was joined ends with its article"
        assert not search(connection, Query("ferries"))
        weekly = get_article(connection, ids["weekly"])
        assert weekly is not None and weekly.story_id is None, "one article tells no story"
    assert expire(store, 10 * DAY) == 0


def test_a_story_goes_on_with_what_is_left_of_it(store: Store) -> None:
    with store.begin() as connection:
        put_wire(connection)
    assert expire(store, 29 * DAY) == 1
    with store.read() as connection:
        check(connection)
        assert sorted(connection.execute(sa.select(stories.c.articles)).scalars()) == [1, 2]


def test_every_address_of_it_is_done_with_and_only_a_person_opens_it_again(store: Store) -> None:
    with store.begin() as connection:
        channel = feed(connection)
        listed = link("one", host="wire.example", updated=NOW - 30 * DAY, title="Ferries")
        record_links(connection, channel.id, channel.source_id, [listed], NOW - 30 * DAY, budget=9)
        ids = put_wire(connection)
        source = ensure_source(connection, "wire", NOW)
        own = ensure_link(connection, listed, source, NOW)
        settle_link(connection, own.id, LinkState.DONE, "stored", NOW - 30 * DAY, article_id=ids["wire"],
                    etag='"x"', recheck_at=NOW - DAY)  # fmt: skip
    expire(store, 10 * DAY)
    with store.begin() as connection:
        rows = connection.execute(sa.select(links).where(links.c.reason == "expired")).all()
        keys = {"wire.example/one", "wire.example/a", "wire.example/b", "daily.example/copy"}
        assert {row.url_key for row in rows} == keys
        assert {row.host for row in rows} == {"wire.example", "daily.example"}
        assert {(row.state, row.article_id, row.etag, row.recheck_at, row.next_attempt_at) for row in rows} == {
            ("done", None, None, None, None)
        }
        told = fate(connection, listed.url, listed.url_key, "wire.example")
        assert told is not None and (told.reason, told.detail) == ("expired", "its article was kept for 10 days")
        later = link("one", host="wire.example", updated=NOW + DAY, title="Ferries, corrected")
        again = record_links(connection, channel.id, channel.source_id, [later], NOW + DAY, budget=9)
        assert (again.new, again.reopened) == (0, 0)
        reopen_for_recheck(connection, NOW + 99 * DAY, 99)
        states = sa.select(links.c.state).where(links.c.url_key.in_(keys)).distinct()
        assert connection.execute(states).scalars().all() == ["done"]
        reopen_link(connection, own.id, NOW)
        assert connection.execute(sa.select(links.c.state).where(links.c.id == own.id)).scalar() == "pending"


def test_what_a_crawl_looks_at_now_waits(store: Store) -> None:
    with store.begin() as connection:
        ids = put_wire(connection)
        source = ensure_source(connection, "wire", NOW)
        own = ensure_link(connection, link("one", host="wire.example"), source, NOW)
        settle_link(connection, own.id, LinkState.PENDING, "recheck", NOW, article_id=ids["wire"])
        lease_host(connection, "wire.example", "somebody", 60, NOW)
    assert expire(store, 25 * DAY) == 1
    with store.read() as connection:
        assert get_article(connection, ids["wire"]) is not None
    assert expire(store, 25 * DAY, now=NOW + timedelta(minutes=2)) == 1, "a lease that has ended holds nothing"
    with store.read() as connection:
        check(connection)
        assert get_article(connection, ids["wire"]) is None


def test_no_id_is_given_twice(store: Store) -> None:
    with store.begin() as connection:
        put_wire(connection)
    assert expire(store, -DAY) == 4, "the article that was stored last stays"
    with store.begin() as connection:
        check(connection)
        highest = connection.execute(sa.select(sa.func.max(articles.c.id))).scalar_one()
        assert tell(connection, "wire", "next", text(44), now=NOW).article_id > highest
        again = paragraphs([*sentences(300, 12), *sentences(301, 3)])
        kept = tell(connection, "wire", "a2", text(300), headline="Same", now=NOW - 9 * DAY).article_id
        other = tell(connection, "wire", "b2", again, headline="Same", now=NOW - 9 * DAY).article_id
        own = {"url_key": "wire.example/a2", "page_key": "wire.example/b2", "is_version": True}
        own |= {"aliases": (("https://wire.example/b2", "wire.example/b2"),)}
        tell(connection, "wire", "b2", again, headline="Same", now=NOW - 9 * DAY, identity=own)
        assert get_article(connection, other).id == kept
    expire(store, 5 * DAY)
    with store.begin() as connection:
        check(connection)
        assert tell(connection, "wire", "more", text(45), now=NOW).article_id > other


def test_terms_are_those_that_were_asked_for(store: Store) -> None:
    with store.begin() as connection:
        one, _, three = (ensure_source(connection, name, NOW) for name in ("one", "two", "three"))
        assert terms(connection, {}, None, NOW) == []
        assert terms(connection, {"one": 7 * DAY}, None, NOW) == [Term(one, "one", 7 * DAY, NOW - 7 * DAY)]
        found = terms(connection, {"one": 7 * DAY, "two": FOR_EVER}, 365 * DAY, NOW)
        assert [(term.source_id, term.keep.days) for term in found] == [(one, 7), (three, 365)]
        assert terms(connection, {"one": 900_000 * DAY}, None, NOW) == []


def test_only_the_source_that_it_was_asked_for_loses_articles(store: Store) -> None:
    with store.begin() as connection:
        ids = put_wire(connection)
    assert expire(store, 10 * DAY, sources=["daily"], limit=1) == 1
    with store.read() as connection:
        check(connection)
        assert get_article(connection, ids["daily"]) is None and get_article(connection, ids["wire"]) is not None


def test_crawls_that_store_meanwhile_lose_nothing(store: Store) -> None:
    """Two writers store tellings of the same texts, and look at known ones again, while a third deletes.

    On PostgreSQL one of them may find a text that is deleted before it has written what it has to do with it.
    """
    writers = [BatchWriter(store) for _ in range(3)]
    draw = Random(5)
    asked = []
    for turn in range(60):
        outlet, name, seed = draw.choice(OUTLETS), f"n{draw.randint(1, 12)}", draw.randint(1, 3)
        body = paragraphs(sentences(seed, 24)[draw.randint(0, 4) :])
        now = NOW - draw.choice((0, 20)) * DAY
        asked.append(writers[turn % 2].submit(partial(tell, outlet=outlet, name=name, body=body, now=now)))
        source = draw.choice(OUTLETS)
        asked.append(
            writers[2].submit(lambda c, source=source: expire_batch(c, term(c, source, 10 * DAY), host_of, NOW, 3))
        )
    for future in asked:
        future.result(60)
    for writer in writers:
        writer.close()
    with store.begin() as connection:
        unite_waiting(connection, READING.comparing)
        check(connection)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), keep=st.integers(0, 12), limit=st.sampled_from([1, 3, 100]))
def test_whatever_was_stored_nothing_dangles(
    tmp_path_factory: pytest.TempPathFactory, seed: int, keep: int, limit: int
) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('retention') / 'newsdesk.db'}")
    draw = Random(seed)
    with store.begin() as connection:
        for place in range(14):
            told = sentences(draw.randint(1, 3), 24)
            start, end = draw.choice(((0, 24), (0, 16), (8, 24)))
            outlet, name = draw.choice(OUTLETS), f"n{draw.randint(1, 6)}"
            own = {}
            if draw.random() < 0.3:
                key = f"{outlet}.example/n{draw.randint(1, 6)}"
                own = {
                    "url_key": key,
                    "is_version": True,
                    "aliases": ((f"https://{outlet}.example/{name}", f"{outlet}.example/{name}"),),
                }
            tell(
                connection,
                outlet,
                name,
                paragraphs(told[start:end]),
                headline="Same thing",
                now=NOW - (14 - place) * DAY,
                identity=own,
            )
        if draw.random() < 0.5:
            connection.execute(sa.update(sites).values(reclean_below=7))
    with store.read() as connection:
        before = set(
            connection.execute(sa.select(articles.c.id).where(articles.c.first_seen >= NOW - keep * DAY)).scalars()
        )
    expire(store, keep * DAY, limit=limit)
    with store.read() as connection:
        check(connection)
        after = set(connection.execute(sa.select(articles.c.id)).scalars())
        assert before <= after and len(after - before) <= 2, "those that hold the highest ids stay"
    store.close()
