"""Where channels are, what they have listed, and when their source was last asked, on both databases."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from storage.budgets import latest_requests, put_off_links
from storage.channels import as_channel, ensure_channel, ensure_source
from storage.crawls import record_attempt
from storage.frontier import NewLink, settle_link
from storage.moves import forget_location, hasten, hints_of, keep_hints, set_location, taken_addresses
from storage.polls import count_known, latest_polls, lists_known, put_off, record_poll
from storage.schema import channels, links
from storage.store import Store
from storage.types import Attempt, Channel, ChannelKind, LinkState, Outcome
from tests.integration.storage.fixtures import NOW

HOUR = timedelta(hours=1)
HOST = "a.example"


def channel(connection: sa.Connection, name: str, source: str = "a", kind: ChannelKind = ChannelKind.FEED) -> Channel:
    source_id = ensure_source(connection, source, NOW)
    id_ = ensure_channel(connection, source_id, f"https://{HOST}/{name}", HOST, kind, NOW)
    return get(connection, id_)


def get(connection: sa.Connection, id_: int) -> Channel:
    return as_channel(connection.execute(sa.select(channels).where(channels.c.id == id_)).one())


def test_a_channel_moves_and_comes_back(store: Store) -> None:
    with store.begin() as connection:
        feed, other = channel(connection, "feed"), channel(connection, "other")
        connection.execute(sa.update(channels).values(etag='"e"'))
        set_location(connection, feed.id, "https://b.example/new", "b.example", "permanent-redirect", NOW)
        moved = get(connection, feed.id)
        assert (moved.location, moved.host, moved.moved_at) == ("https://b.example/new", "b.example", NOW)
        assert set(taken_addresses(connection, feed.source_id, other.id)) == {feed.url, "https://b.example/new"}
        assert ensure_channel(connection, feed.source_id, feed.url, HOST, ChannelKind.FEED, NOW) == feed.id
        assert get(connection, feed.id).host == "b.example", "to declare it again does not move it back"
        forget_location(connection, feed.id, HOST, validators=True)
        back = get(connection, feed.id)
        assert (back.location, back.host, back.moved_because, back.etag) == (None, HOST, None, '"e"')
        forget_location(connection, feed.id, HOST, validators=False)
        assert get(connection, feed.id).etag is None


def test_hints_are_kept_and_emptied(store: Store) -> None:
    with store.begin() as connection:
        feed = channel(connection, "feed")
        assert hints_of(connection, feed.id) is None
        keep_hints(connection, feed.id, {"ttl": 5, "lies": ["If-None-Match"]})
        assert hints_of(connection, feed.id) == {"ttl": 5, "lies": ["If-None-Match"]}
        keep_hints(connection, feed.id, {})
        empty = sa.select(sa.func.count()).select_from(channels).where(channels.c.hints.is_(sa.null()))
        assert connection.execute(empty).scalar_one() == 1


def test_what_a_channel_has_listed_is_counted_for_it_alone(store: Store) -> None:
    with store.begin() as connection:
        feed, other = channel(connection, "feed"), channel(connection, "other")
        found = [NewLink(f"https://{HOST}/{n}", f"k{n}", HOST) for n in range(900)]
        record_poll(connection, feed, found, NOW, next_due=NOW, budget=2000)
        keys = [link.url_key for link in found] + ["unknown"]
        assert count_known(connection, feed.id, keys) == 900
        assert count_known(connection, feed.id, ["unknown"]) == count_known(connection, other.id, keys) == 0
        assert count_known(connection, feed.id, []) == 0
        given = iter([*keys, *(f"more{n}" for n in range(900))])
        assert lists_known(connection, feed.id, given) and next(given) == "k400", "it looks no further than it must"
        assert lists_known(connection, feed.id, [*(f"more{n}" for n in range(900)), "k7"])
        assert not lists_known(connection, feed.id, ["unknown"])


def test_others_of_a_source_are_made_due(store: Store) -> None:
    with store.begin() as connection:
        feed, late, fresh, broken, never = (channel(connection, name) for name in ("1", "2", "3", "4", "5"))
        foreign = channel(connection, "6", source="b")
        polled = {late: 2 * HOUR, fresh: HOUR / 9, broken: 2 * HOUR, foreign: 2 * HOUR, feed: 2 * HOUR}
        connection.execute(sa.update(channels).values(next_due=NOW + HOUR))
        for one, since in polled.items():
            own = sa.update(channels).where(channels.c.id == one.id)
            connection.execute(own.values(last_polled=NOW - since, failures=int(one is broken)))
        assert hasten(connection, feed.source_id, {feed.id}, NOW - HOUR / 6, NOW) == 1
        due = connection.execute(sa.select(channels.c.id).where(channels.c.next_due <= NOW)).scalars().all()
        assert due == [late.id] and never.id not in due


def test_the_latest_polls_of_a_source_and_the_end_of_its_budget(store: Store) -> None:
    with store.begin() as connection:
        feed, other = channel(connection, "feed"), channel(connection, "other")
        foreign = channel(connection, "foreign", source="b")
        for hours, one, outcome in (
            (30, feed, Outcome.POLLED), (5, feed, Outcome.POLLED), (3, other, Outcome.NOT_MODIFIED),
            (2, foreign, Outcome.POLLED), (2, feed, Outcome.DEFERRED), (1, other, Outcome.POLL_FAILED),
        ):  # fmt: skip
            record_attempt(connection, None, Attempt(one.url, outcome), NOW - hours * HOUR, channel_id=one.id)
        polls = latest_polls(connection, feed.source_id, NOW - 24 * HOUR, 9)
        assert polls == [NOW - HOUR, NOW - 3 * HOUR, NOW - 5 * HOUR]
        assert latest_polls(connection, feed.source_id, NOW - 24 * HOUR, 2) == polls[:2]
        connection.execute(sa.update(channels).where(channels.c.id == other.id).values(next_due=NOW + 30 * HOUR))
        put_off(connection, feed.source_id, NOW + 20 * HOUR)
        due = [get(connection, one.id).next_due for one in (feed, other, foreign)]
        assert due == [NOW + 20 * HOUR, NOW + 30 * HOUR, NOW]


def test_requests_of_a_source_are_counted_and_its_links_wait(store: Store) -> None:
    with store.begin() as connection:
        feed, foreign = channel(connection, "feed"), channel(connection, "foreign", source="b")
        found = [NewLink(f"https://{HOST}/{n}", f"k{n}", HOST) for n in range(4)]
        record_poll(connection, feed, found, NOW, next_due=NOW, budget=9)
        record_poll(connection, foreign, [NewLink(f"https://{HOST}/z", "z", HOST)], NOW, next_due=NOW, budget=9)
        ids = list(connection.execute(sa.select(links.c.id).order_by(links.c.id)).scalars())
        for hours, link, outcome in ((30, 0, Outcome.STORED), (4, 1, Outcome.STORED), (3, 4, Outcome.STORED),
                                     (2, 2, Outcome.DEFERRED), (1, 0, Outcome.FAILED)):  # fmt: skip
            record_attempt(connection, None, Attempt("u", outcome), NOW - hours * HOUR, link_id=ids[link])
        record_attempt(connection, None, Attempt("u", Outcome.POLLED), NOW - 2 * HOUR, channel_id=feed.id)
        asked = latest_requests(connection, feed.source_id, NOW - 24 * HOUR, 9)
        assert asked == [NOW - HOUR, NOW - 2 * HOUR, NOW - 4 * HOUR]
        assert latest_requests(connection, feed.source_id, NOW - 24 * HOUR, 2) == asked[:2]
        settle_link(connection, ids[1], LinkState.DONE, "stored", NOW)
        settle_link(connection, ids[2], LinkState.PENDING, "timeout", NOW, next_attempt=NOW + 30 * HOUR)
        assert put_off_links(connection, feed.source_id, NOW + 20 * HOUR, [ids[3]]) == 1
        rows = connection.execute(sa.select(links.c.reason, links.c.next_attempt_at).order_by(links.c.id)).all()
        assert [tuple(row) for row in rows] == [
            ("budget", NOW + 20 * HOUR), ("stored", None), ("timeout", NOW + 30 * HOUR), (None, NOW), (None, NOW),
        ]  # fmt: skip
