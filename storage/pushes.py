"""Subscriptions to pushes (WebSub): one row a channel, whoever may call under which token, and who is to be asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage.marks import hold_mark, move_mark
from storage.schema import channels
from storage.schema_watch import push_subscriptions
from storage.types import ChannelKind
from storage.upsert import upsert

CALLBACK_MARK = "push-callback"
_rows = push_subscriptions
_hub = channels.c.hints["hub"].as_string()
_topic = sa.func.coalesce(channels.c.hints["topic"].as_string(), channels.c.location, channels.c.url)


class PushState(StrEnum):
    """Where a subscription stands; LEAVING means that the hub has been asked to end it."""

    ASKED = "asked"
    ACTIVE = "active"
    REFUSED = "refused"
    LAPSED = "lapsed"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a channel has agreed on with its hub. Times are aware UTC.

    `failures` counts the requests to the hub that led nowhere, `pushes` those since a poll found what none announced.
    """

    channel_id: int
    hub: str
    topic: str
    token: str
    secret: str
    state: PushState
    asked_at: datetime | None = None
    lease_until: datetime | None = None
    pushed_at: datetime | None = None
    pushes: int = 0
    failures: int = 0
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A channel, the hub and topic that its document names (None when none is to be asked), and what it has."""

    channel_id: int
    url: str
    hub: str | None
    topic: str | None
    held: Subscription | None


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a channel that is pushed looks like to those who show or wake it."""

    url: str
    source_id: int
    held: Subscription


@dataclass(frozen=True, slots=True)
class Polls:
    """What a push needs to know of the polls of its channel."""

    last_polled: datetime | None
    last_new: datetime | None
    failures: int


def find_subscription(connection: sa.Connection, token: str) -> Subscription | None:
    """Return the subscription that this token belongs to."""
    return _one(connection, sa.select(_rows).where(_rows.c.token == token))


def hold_subscription(connection: sa.Connection, channel_id: int) -> Subscription | None:
    """Return the subscription of a channel, held against other writers until the transaction ends."""
    return _one(connection, sa.select(_rows).where(_rows.c.channel_id == channel_id).with_for_update())


def save_subscription(connection: sa.Connection, held: Subscription) -> None:
    """Keep a subscription as it is now, in place of the one that its channel had."""
    values = asdict(held) | {"state": held.state.value}
    statement = upsert(connection, _rows).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=["channel_id"], set_=values))


def forget_subscription(connection: sa.Connection, channel_id: int) -> None:
    """Delete the subscription of a channel: who calls under its token is unknown from now on."""
    connection.execute(sa.delete(_rows).where(_rows.c.channel_id == channel_id))


def list_wishes(connection: sa.Connection, renew_before: datetime) -> list[Wish]:
    """Return the channels about which a hub may have to be asked, those that waited longest first.

    They are the enabled feeds that name a hub, and those with a subscription; left out is what is active, matches its
    document and has a lease beyond `renew_before`.
    """
    wanted = sa.and_(channels.c.enabled, channels.c.kind == ChannelKind.FEED.value, _hub.is_not(None))
    settled = sa.and_(
        _rows.c.state == PushState.ACTIVE.value,
        _rows.c.failures == 0,
        _rows.c.lease_until > renew_before,
        _rows.c.hub == _hub,
        _rows.c.topic == _topic,
    )
    has, is_settled = _rows.c.channel_id.is_not(None), sa.func.coalesce(settled, sa.false())
    query = (
        sa.select(channels.c.id, channels.c.url, wanted.label("is_wanted"), _hub, _topic, _rows)
        .outerjoin(_rows, _rows.c.channel_id == channels.c.id)
        .where(sa.or_(wanted, has), sa.not_(sa.and_(wanted, is_settled)))
        .order_by(_rows.c.asked_at.asc().nulls_first(), channels.c.id)
    )
    return [_wish(tuple(row)) for row in connection.execute(query)]


def list_pushed(connection: sa.Connection, now: datetime) -> list[Pushed]:
    """Return the channels whose hub has agreed to push, with a lease that still runs."""
    active = sa.and_(_rows.c.state == PushState.ACTIVE.value, _rows.c.lease_until > now)
    query = sa.select(channels.c.url, channels.c.source_id, _rows).join(_rows, _rows.c.channel_id == channels.c.id)
    found = connection.execute(query.where(active, channels.c.enabled).order_by(channels.c.id))
    return [Pushed(row[0], row[1], _subscription(tuple(row)[2:])) for row in found]


def polls_of(connection: sa.Connection, channel_id: int) -> Polls:
    """Return what is known of the polls of a channel."""
    query = sa.select(channels.c.last_polled, channels.c.last_new, channels.c.failures)
    return Polls(*connection.execute(query.where(channels.c.id == channel_id)).one())


def bring_forward(connection: sa.Connection, channel_id: int, at: datetime) -> bool:
    """Make an enabled channel due at a time, unless it is sooner already. Tell whether it has moved."""
    later = sa.or_(channels.c.next_due.is_(None), channels.c.next_due > at)
    statement = sa.update(channels).where(channels.c.id == channel_id, channels.c.enabled, later)
    return connection.execute(statement.values(next_due=at)).rowcount > 0


def settle_callback(connection: sa.Connection, fingerprint: int, now: datetime) -> int:
    """Let all subscriptions lapse when hubs know newsdesk by another callback (0: none); return how many did."""
    if hold_mark(connection, CALLBACK_MARK)[0] == fingerprint:
        return 0
    move_mark(connection, CALLBACK_MARK, fingerprint, now)
    running = _rows.c.state.in_([PushState.ASKED.value, PushState.ACTIVE.value])
    lapsed = {"state": PushState.LAPSED.value, "asked_at": None, "failures": 0, "pushes": 0}
    return connection.execute(sa.update(_rows).where(running).values(**lapsed)).rowcount


def _one(connection: sa.Connection, query: sa.Select[Any]) -> Subscription | None:
    row = connection.execute(query).first()
    return None if row is None else _subscription(tuple(row))


def _subscription(row: tuple[Any, ...]) -> Subscription:
    """Return a row of the table, whose columns stand in the order of the fields."""
    channel_id, hub, topic, token, secret, state, *rest = row
    return Subscription(channel_id, hub, topic, token, secret, PushState(state), *rest)


def _wish(row: tuple[Any, ...]) -> Wish:
    channel_id, url, is_wanted, hub, topic, *held = row
    hub, topic = (hub, topic) if is_wanted else (None, None)
    return Wish(channel_id, url, hub, topic, _subscription(tuple(held)) if held[0] is not None else None)
