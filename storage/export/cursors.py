"""Where an export has come to, so that the next one gives what is new or has changed since: at least once, and no less.

New articles are known by their ids, changed ones by `changed_at`. A change is dated before its transaction commits,
and on PostgreSQL ids are given before theirs do: so a cursor stays MARGIN behind the present, and what falls into the
margin comes twice. No transaction that stores articles is open for nearly as long.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.errors import FailureError, UsageError
from storage.schema import articles, merged_articles
from storage.search import Query

MARGIN = timedelta(minutes=10)
PREFIX = "nd1."
_FORM = re.compile(r"nd\d+\.[A-Za-z0-9_-]+")
_LONGEST = 500
_MOST = 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Articles up to `id` have been exported, with what had changed of them before `changed` (aware UTC)."""

    id: int = 0
    changed: datetime = _EPOCH


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place from which an export goes on. `filters` tells one export's filters from another's.

    An export that was cut off by its limit has come to the article `after`, on its way to the place `then`.
    """

    filters: str
    place: Place = Place()
    after: int = 0
    then: Place | None = None

    def __str__(self) -> str:
        fields = {"f": self.filters, "i": self.place.id, "c": _micros(self.place.changed)}
        if self.then is not None:
            fields |= {"a": self.after, "ti": self.then.id, "tc": _micros(self.then.changed)}
        text = json.dumps(fields, separators=(",", ":")).encode()
        return PREFIX + base64.urlsafe_b64encode(text).decode().rstrip("=")


def is_cursor(text: str) -> bool:
    """Tell whether a text has the form of a cursor, of this version or another."""
    return _FORM.fullmatch(text.strip()) is not None


def parse_cursor(text: str) -> Cursor:
    """Return a cursor from its text. Raises UsageError for what is none."""
    text = text.strip()
    if not text.startswith(PREFIX):
        shown = text[:40] + ("…" if len(text) > 40 else "")
        raise UsageError(f"{shown!r} is no cursor of an export by this version of newsdesk ({PREFIX}…)")
    try:
        coded = text[len(PREFIX) : _LONGEST]
        fields = json.loads(base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True))
        place = Place(_number(fields["i"]), _time(fields["c"]))
        then = Place(_number(fields["ti"]), _time(fields["tc"])) if "ti" in fields else None
        return Cursor(str(fields["f"]), place, _number(fields["a"]) if then is not None else 0, then)
    except (ValueError, KeyError, TypeError, OverflowError, binascii.Error):
        raise UsageError("the cursor is broken: copy it whole, or begin without it") from None


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        raise ValueError(value)
    return value


def _micros(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)


def _time(value: Any) -> datetime:
    return _EPOCH + timedelta(microseconds=_number(value))


def filters_of(query: Query) -> str:
    """Return what tells a query's filters from others: all but its dates, which may move with time, and its limit."""
    names = ("text", "sources", "languages", "sections", "tags", "author", "access", "kind", "story")
    asked = [getattr(query, name) for name in names]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def start(query: Query, cursor: Cursor | None) -> Cursor:
    """Return the cursor from which an export begins. Raises UsageError for one of an export with other filters."""
    if cursor is None:
        return Cursor(filters_of(query))
    if cursor.filters != filters_of(query):
        raise UsageError("the cursor is of an export with other filters; begin without it, or ask for the same")
    return cursor


def present(connection: sa.Connection, cursor: Cursor, now: datetime) -> Place:
    """Return the place that an export has come to when it has read all that this transaction sees.

    Raises FailureError when the cursor is ahead of the database: it is another one, or an older copy.
    """
    highest = max(
        connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0 for table in (articles, merged_articles)
    )
    if max(cursor.place.id, cursor.after) > highest:
        raise FailureError(
            f"the cursor has come to article {max(cursor.place.id, cursor.after)}, the database only to {highest}: "
            "it is another one or an older copy; export without the cursor"
        )
    before = now - MARGIN
    if connection.dialect.name == "postgresql":
        settled = sa.select(articles.c.id).where(articles.c.first_seen < before)
        highest = connection.execute(settled.order_by(articles.c.id.desc()).limit(1)).scalar() or 0
    return Place(max(highest, cursor.place.id), max(before, cursor.place.changed))


def reached(cursor: Cursor, place: Place, last: int | None) -> Cursor:
    """Return the cursor after an export that has come to the `last` article of its limit, or (None) to the end.

    What was put off by a limit goes on to the place of its beginning: what changes meanwhile is not passed over.
    """
    place = cursor.then or place
    if last is None:
        return Cursor(cursor.filters, place)
    return Cursor(cursor.filters, cursor.place, last, place)
