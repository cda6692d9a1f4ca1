"""The frontier: every discovered URL with its state, reason and next attempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from storage.reopening import reopen_links
from storage.schema import hosts, link_sightings, links
from storage.types import DateSource, Link, LinkState
from storage.upsert import insert_ignore

CHUNK = 400


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as a poll reports it: key and host worked out. `drop` is a reason to record it as dropped at once."""

    url: str
    url_key: str
    host: str
    title: str | None = None
    published: datetime | None = None
    published_source: DateSource | None = None
    updated: datetime | None = None
    drop: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a poll's links came to: how many were `found`, `new`, `reopened`, and left for the next poll (`over`)."""

    found: int
    new: int
    reopened: int
    over: int
    hosts: frozenset[str] = field(default_factory=frozenset)


def record_links(
    connection: sa.Connection,
    channel_id: int,
    source_id: int,
    found: Sequence[NewLink],
    now: datetime,
    *,
    budget: int,
    reopen: bool = True,
) -> Recorded:
    """Record what one document lists: new links as pending, sightings, and links whose page has changed.

    A finished link is reopened when the same channel now gives it a later `updated`, or another title.
    At most `budget` new links are taken, in the order given. `reopen` is False for section pages,
    whose anchor texts vary by themselves.
    """
    new = reopened = over = 0
    touched: set[str] = set()
    for chunk in _chunks(_distinct(found)):
        known = _known(connection, [link.url_key for link in chunk])
        fresh = [link for link in chunk if link.url_key not in known]
        taken = fresh[: max(0, budget - new)]
        over += len(fresh) - len(taken)
        new += len(taken)
        if taken:
            _insert_links(connection, taken, channel_id, source_id, now)
            known |= _known(connection, [link.url_key for link in taken])
            touched.update(link.host for link in taken if link.drop is None)
        again = _sight(connection, channel_id, [link for link in chunk if link.url_key in known], known, now)
        if reopen and again:
            opened = reopen_links(connection, again, "updated")
            reopened += len(opened)
            touched.update(opened)
    return Recorded(len(found), new, reopened, over, frozenset(touched))


def _distinct(found: Iterable[NewLink]) -> Iterable[NewLink]:
    seen: set[str] = set()
    for link in found:
        if link.url_key not in seen:
            seen.add(link.url_key)
            yield link


def _chunks(found: Iterable[NewLink]) -> Iterable[list[NewLink]]:
    iterator = iter(found)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _known(connection: sa.Connection, keys: list[str]) -> dict[str, Any]:
    query = sa.select(links.c.id, links.c.url_key, links.c.state, links.c.settled_at)
    return {row.url_key: row for row in connection.execute(query.where(links.c.url_key.in_(keys)))}


def _insert_links(
    connection: sa.Connection, taken: list[NewLink], channel_id: int | None, source_id: int, now: datetime
) -> None:
    rows = [
        {
            "url": link.url,
            "url_key": link.url_key,
            "host": link.host,
            "state": (LinkState.DROPPED if link.drop else LinkState.PENDING).value,
            "reason": link.drop,
            "source_id": source_id,
            "channel_id": channel_id,
            "title": link.title,
            "published": link.published,
            "published_source": link.published_source.value if link.published_source else None,
            "first_seen": now,
            "next_attempt_at": now,
            "settled_at": now if link.drop else None,
        }
        for link in taken
    ]
    connection.execute(insert_ignore(connection, links), rows)
    _ensure_hosts(connection, {link.host for link in taken})


def _ensure_hosts(connection: sa.Connection, names: set[str]) -> None:
    connection.execute(insert_ignore(connection, hosts), [{"host": name, "failures": 0} for name in names])


def _sight(
    connection: sa.Connection,
    channel_id: int,
    seen: list[NewLink],
    known: dict[str, Any],
    now: datetime,
) -> list[int]:
    """Record sightings; return the ids of settled links of which the channel says something new."""
    ids = {known[link.url_key].id: link for link in seen}
    query = sa.select(link_sightings).where(
        link_sightings.c.channel_id == channel_id, link_sightings.c.link_id.in_(list(ids))
    )
    before = {row.link_id: row for row in connection.execute(query)}
    fresh, changed, again = [], [], []
    for link_id, link in ids.items():
        values: dict[str, Any] = {
            "title": link.title,
            "published": link.published,
            "updated": link.updated,
            "url": link.url,
        }
        row = known[link.url_key]
        old = before.get(link_id)
        if old is None:
            fresh.append(values | {"link_id": link_id, "channel_id": channel_id, "first_seen": now})
            told = link.updated is not None and row.settled_at is not None and link.updated > row.settled_at
        else:
            told = _says_changed(old, link)
            if told or (old.title, old.updated) != (link.title, link.updated):
                changed.append(values | {"of_link": link_id, "of_channel": channel_id})
        if told and row.state != LinkState.PENDING.value and row.settled_at is not None:
            again.append(link_id)
    if fresh:
        connection.execute(insert_ignore(connection, link_sightings), fresh)
    if changed:
        _update_sightings(connection, changed)
    return again


def _says_changed(old: Any, link: NewLink) -> bool:
    later = link.updated is not None and (old.updated is None or link.updated > old.updated)
    retitled = link.title is not None and old.title is not None and link.title != old.title
    return later or retitled


def _update_sightings(connection: sa.Connection, changed: list[dict[str, Any]]) -> None:
    own = sa.and_(
        link_sightings.c.link_id == sa.bindparam("of_link"),
        link_sightings.c.channel_id == sa.bindparam("of_channel"),
    )
    values: dict[str, Any] = {name: sa.bindparam(name) for name in ("title", "published", "updated", "url")}
    connection.execute(sa.update(link_sightings).where(own).values(**values), changed)


def ensure_link(connection: sa.Connection, link: NewLink, source_id: int, now: datetime) -> Link:
    """Return the link of this URL key, creating it as pending; nothing is reopened."""
    row = connection.execute(sa.select(links).where(links.c.url_key == link.url_key)).first()
    if row is None:
        _insert_links(connection, [link], None, source_id, now)
        row = connection.execute(sa.select(links).where(links.c.url_key == link.url_key)).one()
    return as_link(row)


def settle_link(
    connection: sa.Connection,
    link_id: int,
    state: LinkState,
    reason: str | None,
    now: datetime,
    *,
    detail: str | None = None,
    next_attempt: datetime | None = None,
    article_id: int | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    recheck_at: datetime | None = None,
    counted: bool = True,
) -> None:
    """Record what an attempt at a link came to. A link that stays pending says when it is tried again."""
    ended = state is not LinkState.PENDING
    values: dict[str, Any] = {"state": state.value, "reason": reason, "detail": detail}
    values |= {"next_attempt_at": next_attempt, "recheck_at": recheck_at}
    if counted:
        values["attempts"] = links.c.attempts + 1
    if ended:
        values["settled_at"] = now
    if article_id is not None:
        values |= {"article_id": article_id, "etag": etag, "last_modified": last_modified}
    connection.execute(sa.update(links).where(links.c.id == link_id).values(**values))


def as_link(row: Any) -> Link:
    """Return a row of `links` as the rooms share it."""
    return Link(
        id=row.id,
        url=row.url,
        url_key=row.url_key,
        host=row.host,
        state=LinkState(row.state),
        source_id=row.source_id,
        channel_id=row.channel_id,
        reason=row.reason,
        title=row.title,
        published=row.published,
        published_source=DateSource(row.published_source) if row.published_source else None,
        attempts=row.attempts,
        next_attempt=row.next_attempt_at,
        first_seen=row.first_seen,
        etag=row.etag,
        last_modified=row.last_modified,
        article_id=row.article_id,
    )
