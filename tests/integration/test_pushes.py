"""Subscriptions to pushes over both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.hints import ChannelHints
from crawler.push.shown import pushed_row, pushing_hubs
from crawler.push.timing import with_pushes
from crawler.rates import Rhythm, Seen, observe
from storage import pushes as rows
from storage.channels import ensure_channel, ensure_source, get_channels
from storage.pushes import Polls, PushState, Subscription, Wish
from storage.schema import channels
from storage.store import Store
from storage.types import ChannelKind
from tests.integration.storage.fixtures import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NO_HINTS = ChannelHints()
HUB = "https://hub.example/"


def feed(connection: sa.Connection, name: str, hints: dict[str, Any] | None = None, **values: Any) -> int:
    """Make a channel."""
    source = ensure_source(connection, "paper", NOW)
    kind = ChannelKind(values.pop("kind", "feed"))
    url = f"https://paper.example/{name}"
    channel = ensure_channel(connection, source, url, "paper.example", kind, NOW)
    connection.execute(sa.update(channels).where(channels.c.id == channel).values(hints=hints, **values))
    return channel


def active(channel: int, topic: str = "https://paper.example/topic", **values: Any) -> Subscription:
    held = Subscription(channel, HUB, topic, f"token{channel}", "secret", PushState.ACTIVE, NOW, NOW + 9 * DAY)
    return replace(held, **values)


def test_a_subscription_is_kept_replaced_and_forgotten(store: Store) -> None:
    with store.begin() as connection:
        channel = feed(connection, "one")
        held = active(channel, pushed_at=NOW, pushes=2, failures=1, last_error="é")
        rows.save_subscription(connection, held)
        assert rows.hold_subscription(connection, channel) == held
        rows.save_subscription(connection, replace(held, token="other", lease_until=None))
        assert rows.find_subscription(connection, held.token) is None
        assert rows.find_subscription(connection, "other") == replace(held, token="other", lease_until=None)
    with store.begin() as connection:
        rows.forget_subscription(connection, channel)
        assert rows.hold_subscription(connection, channel) is None


def test_wishes_are_what_a_hub_may_have_to_be_asked_about(store: Store) -> None:
    told = {"hub": HUB, "topic": "https://paper.example/topic"}
    with store.begin() as connection:
        new = feed(connection, "new", {"hub": HUB, "ttl": 60})
        feed(connection, "silent", {"ttl": 60})
        feed(connection, "never-polled")
        feed(connection, "off", told, enabled=False)
        feed(connection, "map", told, kind="sitemap")
        settled = feed(connection, "settled", told)
        rows.save_subscription(connection, active(settled))
        changed: dict[str, Subscription] = {}
        for name, values in {
            "ends": {"lease_until": NOW + DAY},
            "failed": {"failures": 1},
            "asked": {"state": PushState.ASKED},
            "other-hub": {"hub": "https://other.example/"},
            "other-topic": {"topic": "https://paper.example/"},
        }.items():
            changed[name] = active(feed(connection, name, told), **values)
            rows.save_subscription(connection, changed[name])
        disabled = active(feed(connection, "disabled", told, enabled=False))
        hubless = active(feed(connection, "hubless", {}))
        for held in (disabled, hubless):
            rows.save_subscription(connection, held)
    with store.read() as connection:
        found = {wish.url.rpartition("/")[2]: wish for wish in rows.list_wishes(connection, NOW + 3 * DAY)}
    assert found.pop("new") == Wish(new, "https://paper.example/new", HUB, "https://paper.example/new", None)
    for name, held in (("disabled", disabled), ("hubless", hubless)):
        assert found.pop(name) == Wish(held.channel_id, f"https://paper.example/{name}", None, None, held)
    assert {name: wish.held for name, wish in found.items()} == changed
    assert {(wish.hub, wish.topic) for wish in found.values()} == {(HUB, "https://paper.example/topic")}


def test_a_moved_channel_is_subscribed_where_it_is_now(store: Store) -> None:
    with store.begin() as connection:
        feed(connection, "old", {"hub": HUB}, location="https://paper.example/new")
    with store.read() as connection:
        assert [wish.topic for wish in rows.list_wishes(connection, NOW)] == ["https://paper.example/new"]


def test_a_push_brings_a_poll_forward_and_never_puts_it_off(store: Store) -> None:
    with store.begin() as connection:
        channel = feed(connection, "one", next_due=NOW + HOUR, last_polled=NOW - HOUR, failures=2)
        assert rows.polls_of(connection, channel) == Polls(NOW - HOUR, None, 2)
        assert rows.bring_forward(connection, channel, NOW)
        assert not rows.bring_forward(connection, channel, NOW + HOUR)
        off = feed(connection, "off", enabled=False, next_due=NOW + HOUR)
        assert not rows.bring_forward(connection, off, NOW)
        found = dict(connection.execute(sa.select(channels.c.id, channels.c.next_due)).all())  # type: ignore[arg-type]
    assert found == {channel: NOW, off: NOW + HOUR}


def test_another_callback_lets_subscriptions_lapse_once(store: Store) -> None:
    with store.begin() as connection:
        assert rows.settle_callback(connection, 2**56 - 1, NOW) == 0
        held = active(feed(connection, "one"), pushes=5, failures=1)
        refused = active(feed(connection, "two"), state=PushState.REFUSED)
        for one in (held, refused):
            rows.save_subscription(connection, one)
        assert rows.settle_callback(connection, 2**56 - 1, NOW) == 0
        assert rows.settle_callback(connection, 0, NOW) == 1
        lapsed = replace(held, state=PushState.LAPSED, asked_at=None, failures=0, pushes=0)
        assert rows.hold_subscription(connection, held.channel_id) == lapsed
        assert rows.hold_subscription(connection, refused.channel_id) == refused


def test_the_schedule_tells_who_pushes(store: Store) -> None:
    with store.begin() as connection:
        for name, values in {
            "slow": {"pushes": 3, "pushed_at": NOW - HOUR},
            "new": {},
            "over": {"lease_until": NOW},
            "asked": {"state": PushState.ASKED},
        }.items():
            rows.save_subscription(connection, active(feed(connection, name), **values))
    with store.read() as connection:
        hubs = pushing_hubs(connection, NOW)
    said = {name: pushed_row({"channel": f"https://paper.example/{name}", "why": "auto"}, hubs)["why"] for name in ("slow", "new", "over", "asked")}  # fmt: skip
    assert said == {
        "slow": "auto; pushed by hub.example, so polled less often",
        "new": "auto; pushed by hub.example",
        "over": "auto",
        "asked": "auto",
    }


@pytest.mark.parametrize(("new", "waits", "kept"), [(0, 4, 3), (1, 1, 0)])
def test_polls_are_slowed_until_one_finds_what_none_announced(store: Store, new: int, waits: int, kept: int) -> None:
    quiet: Rhythm | None = None
    for hours in range(48, -1, -6):
        quiet = observe(quiet, Seen(NOW - hours * HOUR, 0, 50))
    with store.begin() as connection:
        channel = feed(connection, "one", last_polled=NOW - 2 * HOUR)
        rows.save_subscription(connection, active(channel, pushes=3, pushed_at=NOW - 3 * HOUR))
        (before,) = get_channels(connection, [channel])
        due = with_pushes(connection, before, NOW + HOUR, NOW, millis=50, new=new, rhythm=quiet, hints=NO_HINTS)
        assert due == NOW + waits * HOUR
        after = rows.hold_subscription(connection, channel)
        assert after is not None and after.pushes == kept
        assert (
            with_pushes(connection, before, NOW + HOUR, NOW, millis=50, new=0, rhythm=None, hints=NO_HINTS)
            == NOW + HOUR
        )
        other = replace(before, id=feed(connection, "two"))
        assert (
            with_pushes(connection, other, NOW + HOUR, NOW, millis=50, new=0, rhythm=quiet, hints=NO_HINTS)
            == NOW + HOUR
        )
