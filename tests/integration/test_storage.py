"""What the tables promise, on both databases."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.aliases import read_aliases
from storage.articles import find_article, get_article, read_revisions, store_article
from storage.channels import ensure_channel, ensure_source, get_channels
from storage.due import Scope, due_hosts, due_links, next_work_at
from storage.errors import FailureError, UsageError
from storage.frontier import NewLink, settle_link
from storage.hosts import HostBusy, HostLease, back_off_host, lease_host, release_host
from storage.migrate import HEAD, configuration
from storage.polls import record_poll
from storage.schema import metadata
from storage.search import Query, search
from storage.store import Store, open_store
from storage.types import Access, Article, ChannelKind, Identity, LinkState, Outcome
from storage.writer import BatchWriter

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ARTICLE = Article(
    url="https://a.example/x", headline="Ferry timetable", body="The evening ferry leaves late.", word_count=5
)
IDENTITY = Identity(url_key="a.example/x", outlet="a.example", content_hash="h1")


def _source(connection: sa.Connection) -> int:
    return ensure_source(connection, "a", NOW)


def test_migrated_schema_is_the_declared_one(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with store.begin() as connection:
        names = lambda name, kind, _: not (kind == "table" and str(name).startswith("articles_fts"))  # noqa: E731
        context = MigrationContext.configure(connection, opts={"include_name": names})
        assert compare_metadata(context, metadata) == []
        assert ScriptDirectory.from_config(configuration(connection)).get_current_head() == HEAD


def test_one_article_per_key_and_a_revision_per_change(store: Store) -> None:
    with store.begin() as connection:
        source = _source(connection)
        first = store_article(connection, ARTICLE, IDENTITY, source, NOW)
        again = store_article(connection, ARTICLE, IDENTITY, source, NOW)
        changed = replace(ARTICLE, body="The evening ferry leaves on time.")
        revised = store_article(connection, changed, replace(IDENTITY, content_hash="h2"), source, NOW)
    assert [first.outcome, again.outcome, revised.outcome] == [Outcome.STORED, Outcome.UNCHANGED, Outcome.REVISED]
    assert first.article_id == again.article_id == revised.article_id
    with store.read() as connection:
        versions = read_revisions(connection, first.article_id)
        assert [v.body for v in versions] == [ARTICLE.body, changed.body]
        assert not search(connection, Query("late"))
        assert [hit.article.id for hit in search(connection, Query("time"))] == [first.article_id]


def test_the_same_text_is_an_alias_at_its_outlet_and_an_article_elsewhere(store: Store) -> None:
    with store.begin() as connection:
        source = _source(connection)
        first = store_article(connection, ARTICLE, IDENTITY, source, NOW)
        other = replace(IDENTITY, url_key="a.example/y", aliases=(("https://a.example/z", "a.example/z"),))
        alias = store_article(connection, ARTICLE, other, source, NOW)
        elsewhere = replace(IDENTITY, url_key="b.example/x", outlet="b.example")
        second = store_article(connection, ARTICLE, elsewhere, source, NOW)
    assert alias.outcome is Outcome.ALIAS and alias.article_id == first.article_id
    assert second.outcome is Outcome.STORED and second.article_id != first.article_id
    with store.read() as connection:
        assert find_article(connection, "a.example/z").id == first.article_id  # type: ignore[union-attr]
        assert len(read_aliases(connection, first.article_id)) == 2


def test_a_paywall_never_replaces_a_readable_text(store: Store) -> None:
    with store.begin() as connection:
        source = _source(connection)
        first = store_article(connection, ARTICLE, IDENTITY, source, NOW)
        stub = replace(ARTICLE, body="Subscribe.", word_count=1, access=Access.PAYWALLED)
        again = store_article(connection, stub, replace(IDENTITY, content_hash="h9"), source, NOW)
        kept = get_article(connection, first.article_id)
    assert again.outcome is Outcome.UNCHANGED
    assert kept is not None and kept.body == ARTICLE.body


def _link(name: str, **values: object) -> NewLink:
    return NewLink(f"https://a.example/{name}", f"a.example/{name}", "a.example", **values)  # type: ignore[arg-type]


def test_a_poll_takes_new_links_once_and_reopens_changed_ones(store: Store) -> None:
    with store.begin() as connection:
        source = _source(connection)
        channel_id = ensure_channel(connection, source, "https://a.example/feed", "a.example", ChannelKind.FEED, NOW)
        [channel] = get_channels(connection, [channel_id])

        def poll(*found: NewLink, budget: int = 10) -> tuple[int, int, int]:
            got = record_poll(connection, channel, found, NOW, next_due=NOW, budget=budget, etag='"e"')
            return got.new, got.reopened, got.over

        assert poll(_link("1", title="One"), _link("2", updated=NOW)) == (2, 0, 0)
        assert poll(_link("1", title="One"), _link("2", updated=NOW)) == (0, 0, 0)
        for link in due_links(connection, "a.example", Scope(), NOW, 10):
            settle_link(connection, link.id, LinkState.DONE, "stored", NOW)
        later = NOW + timedelta(hours=1)
        assert poll(_link("1", title="One"), _link("2", updated=later)) == (0, 1, 0)
        assert poll(_link("1", title="One, corrected"), _link("2", updated=later)) == (0, 1, 0)
        assert poll(_link("3"), _link("4"), budget=1) == (1, 0, 1)
        [channel] = get_channels(connection, [channel_id])
        assert channel.etag is None, "validators are kept only with all links"


def test_newest_links_come_first_and_scope_holds(store: Store) -> None:
    with store.begin() as connection:
        source, other = _source(connection), ensure_source(connection, "b", NOW)
        channel_id = ensure_channel(connection, source, "https://a.example/feed", "a.example", ChannelKind.FEED, NOW)
        [channel] = get_channels(connection, [channel_id])
        found = [_link("old", published=NOW - timedelta(days=2)), _link("new", published=NOW - timedelta(hours=1))]
        record_poll(connection, channel, found, NOW, next_due=NOW + timedelta(hours=1), budget=10)
        links = due_links(connection, "a.example", Scope(), NOW, 10)
        assert [link.url_key for link in links] == ["a.example/new", "a.example/old"]
        assert due_links(connection, "a.example", Scope(frozenset({other})), NOW, 10) == []
        assert due_hosts(connection, Scope(frozenset({source})), "me", NOW, 5) == ["a.example"]
        back_off_host(connection, "a.example", NOW + timedelta(minutes=5), "http-429", NOW)
        assert due_hosts(connection, Scope(), "me", NOW, 5) == []
        assert next_work_at(connection, Scope(), NOW) == NOW + timedelta(minutes=5)


def test_a_host_is_leased_by_one_crawl_at_a_time(store: Store) -> None:
    with store.begin() as connection:
        assert isinstance(lease_host(connection, "h", "one", 30, NOW), HostLease)
        assert isinstance(lease_host(connection, "h", "two", 30, NOW), HostBusy)
        assert isinstance(lease_host(connection, "h", "two", 30, NOW + timedelta(seconds=31)), HostLease)
        release_host(connection, "h", "two", NOW + timedelta(seconds=40))
        lease = lease_host(connection, "h", "one", 30, NOW + timedelta(seconds=32))
        assert isinstance(lease, HostLease) and lease.next_request_at == NOW + timedelta(seconds=40)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("Der Zug fährt nach Köln", "koln"),
        ("Η κυβέρνηση ανακοίνωσε μέτρα", "κυβερνηση"),
        ("Президент выступил в Москве", "москве"),
        ("أعلن الرئيس في القاهرة", "القاهرة"),
        ("東京で地震がありました", "地震"),
        ("北京举行会议", "会议"),
        ("The council will decide on Thursday", '"decide on thursday" -friday'),
        ("Timetables of ferries", "timetab*"),
    ],
)
def test_words_of_any_script_are_found(store: Store, body: str, query: str) -> None:
    with store.begin() as connection:
        store_article(connection, replace(ARTICLE, body=body), IDENTITY, _source(connection), NOW)
        assert len(search(connection, Query(query))) == 1
        assert not search(connection, Query("unrelatedword"))


@pytest.mark.parametrize("text", ["", '"open', "x OR", "OR x", "nofield:x", "x " * 40, "a" * 10_001])
def test_wrong_queries_are_one_clear_line(store: Store, text: str) -> None:
    with store.read() as connection, pytest.raises(UsageError) as caught:
        search(connection, Query(text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a AND", "NEAR(a b)", "a'); DROP TABLE links;--", "col:(x", "^a", "a & | !b", "\\ x", "x:*", "''' y"]
)
def test_hostile_queries_are_never_syntax(store: Store, text: str) -> None:
    with store.read() as connection:
        try:
            assert isinstance(search(connection, Query(text)).hits, tuple)
        except UsageError:
            pass


def test_a_failing_intent_costs_itself_alone(store: Store) -> None:
    writer = BatchWriter(store)

    def bad(connection: sa.Connection) -> None:
        connection.execute(sa.text("INSERT INTO stories (id) VALUES (1)"))

    futures = [writer.submit(lambda c, n=n: ensure_source(c, f"s{n}", NOW)) for n in range(5)]
    failing = writer.submit(bad)
    futures.append(writer.submit(lambda c: ensure_source(c, "last", NOW)))
    assert len({future.result(10) for future in futures}) == 6
    with pytest.raises(sa.exc.IntegrityError):
        failing.result(10)
    writer.close()


def test_processes_may_create_one_file_at_the_same_time(tmp_path: Path) -> None:
    code = f"from storage.store import open_store; open_store('sqlite:///{tmp_path / 'n.db'}').close()"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]


def test_unusable_databases_are_one_clear_line(tmp_path: Path) -> None:
    for url, kind in [
        ("sqlite:////nowhere/at/all.db", FailureError),
        ("postgresql://nobody@127.0.0.1:1/x", FailureError),
        ("mysql://x/y", UsageError),
        ("nonsense", UsageError),
    ]:
        with pytest.raises(kind) as caught:
            open_store(url)
        assert "\n" not in str(caught.value)
    with pytest.raises(FailureError):
        open_store(f"sqlite:///{tmp_path / 'missing.db'}", create=False)


def test_a_server_is_told_that_disks_do_not_turn_and_where_times_are(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    with store.read() as connection:
        told = {name: connection.execute(sa.text(f"SHOW {name}")).scalar_one() for name in ("random_page_cost", "jit")}
        assert told == {"random_page_cost": "1.1", "jit": "off"}
        assert connection.execute(sa.text("SHOW TimeZone")).scalar_one() == "UTC"
    store.close()
