"""Polls, links, hosts and what is due; the fate of a URL; the crawl log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.articles import find_article
from storage.channels import (
    Declaration,
    declare,
    ensure_channel,
    get_channels,
    open_children,
    poll_failed,
    poll_unchanged,
    source_channels,
)
from storage.crawls import finish_crawl, forget_attempts, mark_interrupted, read_crawls, record_attempt, start_crawl
from storage.due import Scope, due_hosts, due_links, next_work_at, pending_count
from storage.fate import fate
from storage.frontier import settle_link
from storage.hosts import (
    HostBusy,
    HostLease,
    back_off_host,
    host_answered,
    host_failures,
    lease_host,
    reap_leases,
    renew_leases,
)
from storage.polls import record_poll
from storage.reopening import reopen_for_recheck
from storage.store import Store
from storage.types import Attempt, ChannelKind, LinkState, Outcome
from tests.integration.storage.fixtures import NOW, feed, link, put

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", [ChannelKind.FEED, ChannelKind.SECTION])
def test_another_title_reopens_a_feeds_link_but_not_a_sections(store: Store, kind: ChannelKind) -> None:
    with store.begin() as connection:
        channel = feed(connection, "c", kind)
        record_poll(connection, channel, [link("1", title="One")], NOW, next_due=None, budget=9)
        [one] = due_links(connection, "a.example", Scope(), NOW, 9)
        settle_link(connection, one.id, LinkState.DONE, "stored", NOW)
        got = record_poll(connection, channel, [link("1", title="One, again")], NOW, next_due=None, budget=9)
    assert got.reopened == (kind is ChannelKind.FEED)


def test_a_link_dropped_by_rule_stays_dropped(store: Store) -> None:
    with store.begin() as connection:
        channel = feed(connection)
        record_poll(connection, channel, [link("1", title="One", drop="too-old")], NOW, next_due=None, budget=9)
        later = [link("1", title="Two", updated=NOW + HOUR, drop="too-old")]
        assert record_poll(connection, channel, later, NOW + HOUR, next_due=None, budget=9).reopened == 0
        assert pending_count(connection, Scope()) == 0
        found = fate(connection, "https://a.example/1", "a.example/1", "a.example")
    assert found is not None and (found.state, found.reason) == ("dropped", "too-old")


def test_what_a_budget_leaves_over_comes_with_the_next_poll(store: Store) -> None:
    found = [link(str(number)) for number in range(1000)]
    with store.begin() as connection:
        channel = feed(connection)
        due = NOW + HOUR
        first = record_poll(connection, channel, found, NOW, next_due=due, budget=600, etag="e", content_hash="h")
        [channel] = get_channels(connection, [channel.id])
        assert (first.new, first.over, channel.etag, channel.content_hash) == (600, 400, None, None)
        assert channel.next_due == NOW
        second = record_poll(connection, channel, found, NOW, next_due=due, budget=600, etag="e", content_hash="h")
        [channel] = get_channels(connection, [channel.id])
        assert (second.new, second.over, channel.etag, channel.next_due) == (400, 0, "e", due)
        assert pending_count(connection, Scope()) == 1000


def test_links_to_other_hosts_make_those_hosts_due(store: Store) -> None:
    with store.begin() as connection:
        channel = feed(connection)
        found = [link("1"), link("2", "b.example"), link("2", "b.example")]
        got = record_poll(connection, channel, found, NOW, next_due=NOW + HOUR, budget=9)
        assert got.hosts == {"a.example", "b.example"} and got.new == 2
        assert sorted(due_hosts(connection, Scope(), "me", NOW, 9)) == ["a.example", "b.example"]
        assert isinstance(lease_host(connection, "b.example", "other", 60, NOW), HostLease)
        assert due_hosts(connection, Scope(), "me", NOW, 9) == ["a.example"]
        assert next_work_at(connection, Scope(), NOW) == NOW


def test_a_scope_may_list_more_channels_than_a_statement_takes_parameters(store: Store) -> None:
    with store.begin() as connection:
        channel = feed(connection)
        many = Scope(frozenset(), channel_ids=frozenset({channel.id, *range(10**6, 10**6 + 300_000)}))
        others = Scope(frozenset(), channel_ids=frozenset(range(10**6, 10**6 + 300_000)))
        assert due_hosts(connection, many, "me", NOW, 9) == ["a.example"]
        assert next_work_at(connection, many, NOW) == NOW
        assert due_hosts(connection, others, "me", NOW, 9) == [] and next_work_at(connection, others, NOW) is None


def test_next_work_waits_for_the_link_or_the_host_whichever_is_later(store: Store) -> None:
    with store.begin() as connection:
        assert next_work_at(connection, Scope(due_only=True), NOW) is None
        channel = feed(connection)
        assert next_work_at(connection, Scope(due_only=True), NOW) == NOW
        assert next_work_at(connection, Scope(channel_ids=frozenset({channel.id})), NOW) == NOW
        record_poll(connection, channel, [link("1")], NOW, next_due=NOW + 9 * HOUR, budget=9)
        [one] = due_links(connection, "a.example", Scope(), NOW, 9)
        settle_link(connection, one.id, LinkState.PENDING, "http-503", NOW, next_attempt=NOW + 2 * HOUR)
        assert due_links(connection, "a.example", Scope(), NOW, 9) == []
        assert next_work_at(connection, Scope(due_only=True), NOW) == NOW + 2 * HOUR
        back_off_host(connection, "a.example", NOW + 3 * HOUR, "http-503", NOW)
        assert next_work_at(connection, Scope(), NOW) == NOW + 3 * HOUR
        assert due_links(connection, "a.example", Scope(), NOW + 3 * HOUR, 9)[0].attempts == 1


def test_a_stored_article_is_looked_at_again_when_it_is_time(store: Store) -> None:
    with store.begin() as connection:
        record_poll(connection, feed(connection), [link("1")], NOW, next_due=None, budget=9)
        [one] = due_links(connection, "a.example", Scope(), NOW, 9)
        stored = put(connection, "1")
        settle_link(
            connection,
            one.id,
            LinkState.DONE,
            "stored",
            NOW,
            article_id=stored.article_id,
            recheck_at=NOW + HOUR,
            etag="e",
        )
        assert reopen_for_recheck(connection, NOW, 9) == []
        assert reopen_for_recheck(connection, NOW + HOUR, 9) == ["a.example"]
        [one] = due_links(connection, "a.example", Scope(), NOW + HOUR, 9)
        assert (one.reason, one.etag, one.article_id) == ("recheck", "e", stored.article_id)


def test_leases_are_renewed_by_their_owner_and_backed_off_hosts_are_nobodys(store: Store) -> None:
    with store.begin() as connection:
        lease_host(connection, "h", "one", 30, NOW)
        assert renew_leases(connection, "one", ["h", "other"], 30, NOW + timedelta(seconds=20)) == {"h"}
        busy = lease_host(connection, "h", "two", 30, NOW + timedelta(seconds=40))
        assert isinstance(busy, HostBusy) and busy.until == NOW + timedelta(seconds=50)
        assert renew_leases(connection, "two", ["h"], 30, NOW) == set()
        back_off_host(connection, "h", NOW + HOUR, "http-429", NOW)
        back_off_host(connection, "h", NOW + HOUR / 2, "http-503", NOW)
        busy = lease_host(connection, "h", "one", 30, NOW)
        assert isinstance(busy, HostBusy) and (busy.until, busy.reason) == (NOW + HOUR, "http-429")
        assert host_failures(connection, "h") == 1
        assert not host_answered(connection, "h", NOW), "an answer from before the back-off does not end it"
        assert isinstance(lease_host(connection, "h", "one", 30, NOW), HostBusy)
        assert host_answered(connection, "h", NOW + 2 * HOUR)
        assert host_failures(connection, "h") == 0
        assert isinstance(lease_host(connection, "h", "one", 30, NOW), HostLease)
        assert reap_leases(connection, NOW) == []


def test_what_sources_toml_no_longer_names_is_disabled_and_comes_back(store: Store) -> None:
    urls = ("https://a.example/feed", "https://a.example/news.xml")
    both = tuple((url, "a.example", ChannelKind.FEED) for url in urls)
    with store.begin() as connection:
        ids = declare(connection, [Declaration("a", "A", None, "en", True, both)], NOW)
        declare(connection, [Declaration("a", "A", None, "en", True, both[:1])], NOW)
        assert [channel.url for channel in source_channels(connection, ids.values())] == [urls[0]]
        declare(connection, [], NOW)
        assert source_channels(connection, ids.values()) == []
        assert declare(connection, [Declaration("a", "A", None, "en", True, both)], NOW) == ids
        assert len(source_channels(connection, ids.values())) == 2


def test_a_child_sitemap_that_is_declared_itself_is_polled_by_itself(store: Store) -> None:
    with store.begin() as connection:
        index = feed(connection, "index.xml", ChannelKind.SITEMAP)
        args = (index.source_id, "https://a.example/news.xml", "a.example", ChannelKind.SITEMAP, NOW)
        child = ensure_channel(connection, *args, parent_id=index.id)
        assert source_channels(connection, [index.source_id]) == [index]
        assert ensure_channel(connection, *args) == child
        [channel] = get_channels(connection, [child])
        assert (channel.parent_id, channel.next_due) == (None, NOW)


def test_children_are_read_again_when_their_index_says_that_they_changed(store: Store) -> None:
    with store.begin() as connection:
        index = feed(connection, "index.xml", ChannelKind.SITEMAP)

        def child(name: str, updated: object) -> int:
            url = f"https://a.example/{name}"
            args = (index.source_id, url, "a.example", ChannelKind.SITEMAP, NOW)
            return ensure_channel(connection, *args, parent_id=index.id, updated=updated)  # type: ignore[arg-type]

        exact, undated = child("exact", NOW - HOUR), child("undated", None)
        today = child("today", NOW.replace(hour=0))
        assert open_children(connection, index.id, NOW, 2) == [exact, today]
        for number in (exact, today):
            poll_unchanged(connection, number, None, NOW)
        assert open_children(connection, index.id, NOW, 1) == [today], "a day lasts until its end"
        poll_unchanged(connection, today, None, NOW + 13 * HOUR)
        assert open_children(connection, index.id, NOW + 13 * HOUR, 9) == [undated]
        poll_unchanged(connection, undated, None, NOW)
        child("exact", NOW + HOUR)
        assert open_children(connection, index.id, NOW + 13 * HOUR, 9) == [exact]


def test_the_fate_of_every_kind_of_address(store: Store) -> None:
    with store.begin() as connection:
        crawl = start_crawl(connection, "one-off", "a", "nobody", NOW)
        channel = feed(connection)
        record_poll(connection, channel, [link("1", title="One")], NOW, next_due=NOW, budget=9)
        [one] = due_links(connection, "a.example", Scope(), NOW, 9)
        stored = put(connection, "1")
        put(connection, "amp/1", headline="Headline of 1")
        settle_link(connection, one.id, LinkState.DONE, "stored", NOW, article_id=stored.article_id)
        tried = Attempt(one.url, Outcome.STORED, status=200, bytes=9, millis=3)
        record_attempt(connection, crawl, tried, NOW, link_id=one.id)
        poll_failed(connection, channel.id, "http-500", NOW + HOUR, NOW)

        found = fate(connection, "https://a.example/1", "a.example/1", "a.example")
        assert found is not None and (found.what, found.state, found.article_id) == ("link", "done", stored.article_id)
        assert [(s.channel_url, s.title) for s in found.sightings] == [(channel.url, "One")]
        assert [(t.outcome, t.status, t.crawl_id) for t in found.attempts] == [("stored", 200, crawl)]
        at_feed = fate(connection, channel.url, "a.example/feed", "a.example")
        assert at_feed is not None and (at_feed.state, at_feed.reason) == ("failing", "http-500")
        alias = fate(connection, "https://a.example/amp/1", "a.example/amp/1", "a.example")
        assert alias is not None and (alias.reason, alias.article_id) == ("alias", stored.article_id)
        assert find_article(connection, "a.example/amp/1") is not None
        assert fate(connection, "https://a.example/2", "a.example/2", "a.example") is None


def test_a_crawls_record_counts_its_attempts(store: Store) -> None:
    with store.begin() as connection:
        crawl, other = (start_crawl(connection, "visit", "a.example", "elsewhere/1/1/x", NOW) for _ in range(2))
        polled = Attempt("u", Outcome.POLLED, bytes=10, found=5, new=3)
        for attempt in (polled, Attempt("v", Outcome.STORED, bytes=7), Attempt("w", Outcome.STORED)):
            record_attempt(connection, crawl, attempt, NOW)
        record_attempt(connection, other, Attempt("x", Outcome.FAILED), NOW)
        record = finish_crawl(connection, crawl, NOW + HOUR)
        assert record.outcomes == {"polled": 1, "stored": 2}
        assert (record.requests, record.bytes, record.links_found, record.links_new) == (3, 17, 5, 3)
        assert mark_interrupted(connection, NOW) == 0, "of a process elsewhere nobody can tell that it is dead"
        assert [read.id for read in read_crawls(connection, 9)] == [other, crawl]
        assert forget_attempts(connection, NOW, 9) == 0
        assert forget_attempts(connection, NOW + 2 * HOUR, 2) == 2
        assert [read.id for read in read_crawls(connection, 9)] == [other, crawl], "one of its attempts is left"
        assert [forget_attempts(connection, NOW + 2 * HOUR, 9) for _ in range(2)] == [2, 0]
        assert [read.id for read in read_crawls(connection, 9)] == [other], "which has not ended"
        last = start_crawl(connection, "visit", "a.example", "elsewhere/1/1/x", NOW)
        record_attempt(connection, last, polled, NOW)
        finish_crawl(connection, last, NOW + HOUR)
        assert forget_attempts(connection, NOW + 2 * HOUR, 9) == 1
        assert [read.id for read in read_crawls(connection, 9)] == [other]
