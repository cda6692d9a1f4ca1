"""Cursors: where a page ended, as an opaque text that is good for its own query alone.

By date a cursor holds the last article's time and id. By relevance it holds the ids that were shown: scores shift when
articles arrive, ids do not. Both hold what the first page pinned: the moment, the latest article, the dates asked for.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from storage.errors import UsageError
from storage.searching.asked import Query

VERSION = 1
LONGEST = 20_000
MOST_SHOWN = 1_000
"""Hits that are shown in the order of their scores; what comes after them is by date."""
DRIFT = timedelta(days=1)
"""So far "7d" may have moved on from one page to the next."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Position:
    """Where to go on: pinned `now` (µs since 1970), `top` (the highest id at the first page), dates asked for (µs).

    `shown` are ids of hits by score. `below` is the (time in µs, id) of the last hit by date, if there was one.
    """

    now: int
    top: int
    since: int | None = None
    until: int | None = None
    shown: tuple[int, ...] = ()
    below: tuple[int, int] | None = None


def micros(at: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """Return the time of so many microseconds since 1970. Raises OverflowError beyond the year 9999."""
    return _EPOCH + timedelta(microseconds=value)


def write_cursor(query: Query, position: Position) -> str:
    """Return the cursor for the page after this position."""
    content = [VERSION, _hash(query), position.now, position.top, position.since, position.until, position.below]
    packed = zlib.compress(_packed(position.shown), 9) if position.shown else b""
    head = json.dumps(content, separators=(",", ":")).encode()
    return urlsafe_b64encode(head + b"\n" + packed).rstrip(b"=").decode()


def read_cursor(query: Query) -> Position | None:
    """Return the position of the query's cursor, None for the first page. Raises UsageError for a wrong one."""
    if query.after is None:
        return None
    try:
        if len(query.after) > LONGEST:
            raise ValueError("too long")
        raw = urlsafe_b64decode(query.after.encode("ascii") + b"=" * (-len(query.after) % 4))
        head, _, packed = raw.partition(b"\n")
        version, digest, *numbers, below = json.loads(head)
        now, top, since, until = numbers
        position = Position(now, top, since, until, _unpacked(packed), tuple(below) if below is not None else None)
        _check(position)
    except (ValueError, TypeError, zlib.error, RecursionError):
        raise UsageError("the cursor is broken; ask for the first page without one") from None
    if version != VERSION:
        raise UsageError("the cursor is of another version of newsdesk; ask for the first page without one")
    if digest != _hash(query) or not _is_near(query, position):
        raise UsageError("the cursor belongs to another query; ask for the first page of this one without one")
    return position


def pinned(query: Query, position: Position | None) -> Query:
    """Return the query with the moment and the dates of its first page."""
    if position is None:
        return replace(query, now=query.now or datetime.now(UTC))
    since = from_micros(position.since) if position.since is not None else None
    until = from_micros(position.until) if position.until is not None else None
    return replace(query, now=from_micros(position.now), since=since, until=until)


def first_position(query: Query, top: int) -> Position:
    """Return the position before the first page of a query that has its moment."""
    assert query.now is not None
    since = micros(query.since) if query.since is not None else None
    until = micros(query.until) if query.until is not None else None
    return Position(micros(query.now), top, since, until)


def _hash(query: Query) -> str:
    same = asdict(replace(query, limit=None, after=None, now=None, since=None, until=None))
    return blake2b(json.dumps(same, sort_keys=True).encode(), digest_size=6).hexdigest()


def _is_near(query: Query, position: Position) -> bool:
    for asked, kept in ((query.since, position.since), (query.until, position.until)):
        if (asked is None) != (kept is None):
            return False
        if asked is not None and kept is not None and abs(asked - from_micros(kept)) > DRIFT:
            return False
    return True


def _check(position: Position) -> None:
    """Raise ValueError for what no cursor of ours holds."""
    times = [position.now, *(value for value in (position.since, position.until) if value is not None)]
    below = position.below or (0, 0)
    for number in (*times, position.top, *below):
        if type(number) is not int or abs(number) > _LARGEST:
            raise ValueError("no number")
    if len(below) != 2 or len(position.shown) > MOST_SHOWN:
        raise ValueError("no position")
    try:
        for value in times:
            from_micros(value)
    except OverflowError:
        raise ValueError("no time") from None


def _packed(ids: tuple[int, ...]) -> bytes:
    """Return ids as differences, seven bits a byte."""
    out = bytearray()
    last = 0
    for one in sorted(ids):
        step, last = one - last, one
        while step > 127:
            out.append(step & 127 | 128)
            step >>= 7
        out.append(step)
    return bytes(out)


def _unpacked(packed: bytes) -> tuple[int, ...]:
    if not packed:
        return ()
    unzip = zlib.decompressobj()
    found, last, step, shift = [], 0, 0, 0
    for byte in unzip.decompress(packed, MOST_SHOWN * 10):
        step |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            last += step
            found.append(min(last, _LARGEST))
            step = shift = 0
    if shift or unzip.unconsumed_tail or unzip.unused_data or not unzip.eof:
        raise ValueError("cut off")
    return tuple(found)
