"""What is asked of hubs and when, and what they are answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.push.terms import LEASE, Question, Step, asked, leaving, next_step, read_lease, reply_to
from storage.pushes import PushState, Subscription, Wish

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HUB, TOPIC = "https://hub.example/", "https://paper.example/feed"
NEW = Subscription(1, HUB, TOPIC, "token", "secret", PushState.ASKED)
ACTIVE = replace(NEW, state=PushState.ACTIVE, asked_at=NOW, lease_until=NOW + 9 * DAY)


def step(held: Subscription | None, after: timedelta = timedelta(0), hub: str | None = HUB, topic: str = TOPIC) -> Step:
    return next_step(Wish(1, TOPIC, hub, topic if hub else None, held), NOW + after)


def test_a_feed_with_a_hub_is_subscribed() -> None:
    assert step(None) is Step.SUBSCRIBE
    assert step(None, hub=None) is Step.NOTHING
    for wrong in ("ftp://hub.example/", "javascript:alert(1)", "https://", "not a hub"):
        assert step(None, hub=wrong) is Step.NOTHING
        assert step(None, topic=wrong) is Step.NOTHING


def test_an_unanswered_request_waits_longer_each_time() -> None:
    held = NEW
    for wait in (10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 7 * DAY):
        held = asked(held, NOW)
        assert held.state is PushState.ASKED
        assert step(held, wait - MINUTE) is Step.NOTHING
        assert step(held, wait) is Step.SUBSCRIBE


def test_a_lease_is_renewed_when_a_third_is_left_and_lapses_at_its_end() -> None:
    assert step(ACTIVE, 6 * DAY - MINUTE) is Step.NOTHING
    assert step(ACTIVE, 6 * DAY) is Step.SUBSCRIBE
    renewing = asked(ACTIVE, NOW + 6 * DAY)
    assert renewing.state is PushState.ACTIVE, "it runs while it is renewed"
    assert step(renewing, 6 * DAY + 9 * MINUTE) is Step.NOTHING
    assert step(renewing, 6 * DAY + 10 * MINUTE) is Step.SUBSCRIBE
    assert step(renewing, 9 * DAY) is Step.LAPSE
    lapsed = replace(renewing, state=PushState.LAPSED)
    assert step(lapsed, 9 * DAY) is Step.SUBSCRIBE
    long = replace(ACTIVE, lease_until=NOW + 100 * DAY)
    assert step(long, 96 * DAY) is Step.NOTHING and step(long, 97 * DAY) is Step.SUBSCRIBE


def test_what_is_no_longer_wanted_is_ended() -> None:
    for hub, topic in ((None, TOPIC), ("https://other.example/", TOPIC), (HUB, "https://paper.example/new")):
        assert step(ACTIVE, hub=hub, topic=topic) is Step.LEAVE
        assert step(asked(NEW, NOW), hub=hub, topic=topic) is Step.LEAVE
        assert step(replace(NEW, state=PushState.REFUSED), hub=hub, topic=topic) is Step.FORGET
        assert step(replace(NEW, state=PushState.LAPSED), hub=hub, topic=topic) is Step.FORGET


def test_a_hub_that_does_not_confirm_the_end_is_forgotten() -> None:
    held, after = leaving(replace(ACTIVE, failures=5)), timedelta(0)
    for _ in range(3):
        assert step(held, after, hub=None) is Step.LEAVE
        assert step(held, after) is Step.LEAVE, "also when it is wanted again: that begins anew"
        held = asked(leaving(held), NOW + after)
        assert held.state is PushState.LEAVING
        assert step(held, after + MINUTE, hub=None) is Step.NOTHING
        after += DAY
    assert step(held, after, hub=None) is Step.FORGET


def ask(mode: str, held: Subscription | None, **more: str) -> tuple[int, str, Subscription | None]:
    reply = reply_to(Question(mode, more.pop("topic", TOPIC), challenge="c", **more), held, NOW)
    return reply.status, reply.text, reply.held


def test_what_was_asked_for_is_confirmed() -> None:
    held = replace(asked(NEW, NOW), failures=3, last_error="timeout")
    status, text, after = ask("subscribe", held, lease_seconds="86400")
    assert (status, text) == (200, "c")
    assert after == replace(held, state=PushState.ACTIVE, lease_until=NOW + DAY, failures=0, last_error=None)
    assert after is not None and ask("subscribe", after, lease_seconds="172800")[2] == replace(
        after, lease_until=NOW + 2 * DAY
    )
    assert ask("unsubscribe", leaving(ACTIVE)) == (200, "c", None)


def test_what_was_not_asked_for_is_not_confirmed() -> None:
    for held, mode in (
        (None, "subscribe"),
        (ACTIVE, "unsubscribe"),
        (ACTIVE, "publish"),
        (leaving(ACTIVE), "subscribe"),
        (replace(ACTIVE, state=PushState.REFUSED), "subscribe"),
        (replace(ACTIVE, state=PushState.LAPSED), "subscribe"),
    ):
        status, text, after = ask(mode, held)
        assert (status, after) == (404, held) and text != "c"
    for mode in ("subscribe", "unsubscribe", "denied"):
        assert ask(mode, ACTIVE, topic="https://paper.example/other")[0] == 404


def test_a_refusal_holds_for_a_week() -> None:
    for held in (asked(NEW, NOW), ACTIVE):
        status, text, after = ask("denied", held, reason="no <b>reason</b>")
        assert (status, text) == (200, "") and after is not None
        assert (after.state, after.last_error) == (PushState.REFUSED, "refused: no <b>reason</b>")
        assert step(after, 7 * DAY - MINUTE) is Step.NOTHING
        assert step(after, 7 * DAY) is Step.SUBSCRIBE
    assert ask("denied", leaving(ACTIVE))[2] is None


@pytest.mark.parametrize(
    ("text", "lease"),
    [
        ("86400", DAY),
        ("", LEASE),
        ("-5", LEASE),
        ("0", LEASE),
        ("1e9", LEASE),
        ("١٢", LEASE),
        ("5", 10 * MINUTE),
        ("9" * 5000, 366 * DAY),
    ],
)
def test_leases(text: str, lease: timedelta) -> None:
    assert read_lease(text) == lease
