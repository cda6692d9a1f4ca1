"""What to ask of a hub and when, and what to answer when it asks back: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from pipelines.hosts import host_of
from storage.pushes import PushState, Subscription, Wish

LEASE = timedelta(days=10)
"""What is asked for; the hub may grant another time."""
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=10), timedelta(days=366)
RENEW_AHEAD = LEASE / 3
"""A lease is renewed when a third of it is left, of a longer one when so much is left."""
WAITS = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""Before a hub is asked again, by the requests that led nowhere. The first one is also its time to verify."""
REFUSED_FOR = timedelta(days=7)
FAREWELLS = 3
"""Requests to end a subscription, after which it is forgotten: its lease ends it."""


class Step(Enum):
    """What is to be done about a channel's subscription."""

    NOTHING = auto()
    SUBSCRIBE = auto()
    LEAVE = auto()
    FORGET = auto()
    LAPSE = auto()


@dataclass(frozen=True, slots=True)
class Question:
    """The query of a hub's GET: it verifies what it was asked, or says that it refuses."""

    mode: str
    topic: str
    challenge: str = ""
    lease_seconds: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a hub's question, and the subscription after it: None when it is to be forgotten."""

    status: int
    text: str
    held: Subscription | None


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after this many requests that led nowhere."""
    return WAITS[min(failures, len(WAITS)) - 1] if failures else timedelta(0)


def next_step(wish: Wish, now: datetime) -> Step:
    """Return what is to be done about a channel now."""
    wanted = (wish.hub, wish.topic) if _is_usable(wish) else None
    held = wish.held
    if held is None:
        return Step.SUBSCRIBE if wanted else Step.NOTHING
    if held.state is PushState.LEAVING:
        return _leaving(held, now)
    if wanted != (held.hub, held.topic):
        return Step.LEAVE if held.state in (PushState.ASKED, PushState.ACTIVE) else Step.FORGET
    if held.state is PushState.ACTIVE and (held.lease_until is None or held.lease_until <= now):
        return Step.LAPSE
    return Step.SUBSCRIBE if now >= _ask_at(held, now) else Step.NOTHING


def _is_usable(wish: Wish) -> bool:
    return bool(wish.hub and wish.topic and host_of(wish.hub) and host_of(wish.topic))


def _leaving(held: Subscription, now: datetime) -> Step:
    if now < (held.asked_at or now) + wait_after(held.failures):
        return Step.NOTHING
    return Step.FORGET if held.failures >= FAREWELLS else Step.LEAVE


def _ask_at(held: Subscription, now: datetime) -> datetime:
    asked = held.asked_at or now
    if held.state is PushState.REFUSED:
        return asked + REFUSED_FOR
    if held.state is PushState.ACTIVE and not held.failures and held.lease_until is not None:
        return held.lease_until - min((held.lease_until - asked) / 3, RENEW_AHEAD)
    return asked + wait_after(held.failures)


def asked(held: Subscription, now: datetime) -> Subscription:
    """Return a subscription about which its hub is asked now: that leads nowhere until the hub has verified it."""
    state = held.state if held.state in (PushState.ACTIVE, PushState.LEAVING) else PushState.ASKED
    return replace(held, state=state, asked_at=now, failures=held.failures + 1)


def leaving(held: Subscription) -> Subscription:
    """Return a subscription that is to be ended."""
    return held if held.state is PushState.LEAVING else replace(held, state=PushState.LEAVING, failures=0)


def reply_to(question: Question, held: Subscription | None, now: datetime) -> Reply:
    """Return what to answer a hub. What newsdesk has not asked for is not confirmed (404)."""
    unknown = Reply(404, "no such subscription", held)
    if held is None or question.topic != held.topic:
        return unknown
    is_leaving = held.state is PushState.LEAVING
    if question.mode == "denied":
        return Reply(200, "", None if is_leaving else _refused(held, question.reason, now))
    if question.mode == "unsubscribe" and is_leaving:
        return Reply(200, question.challenge, None)
    if question.mode == "subscribe" and held.state in (PushState.ASKED, PushState.ACTIVE):
        return Reply(200, question.challenge, _confirmed(held, question.lease_seconds, now))
    return unknown


def _refused(held: Subscription, reason: str, now: datetime) -> Subscription:
    said = f"refused: {reason}"[:300] if reason else "refused"
    return replace(held, state=PushState.REFUSED, asked_at=now, lease_until=None, failures=0, last_error=said)


def _confirmed(held: Subscription, lease_seconds: str, now: datetime) -> Subscription:
    until = now + read_lease(lease_seconds)
    return replace(held, state=PushState.ACTIVE, asked_at=now, lease_until=until, failures=0, last_error=None)


def read_lease(text: str) -> timedelta:
    """Return the lease that a hub grants (seconds), within bounds; what was asked for when it does not say."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or int(digits[:10]) == 0:
        return LEASE
    return min(max(timedelta(seconds=int(digits[:10])), SHORTEST_LEASE), LONGEST_LEASE)
