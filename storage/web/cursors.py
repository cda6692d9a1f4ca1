"""Cursors of other lists than searches: where a page ended, as an opaque text that is good for its own list alone."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from storage.errors import UsageError

LONGEST = 500


def write_cursor(about: str, keys: Sequence[int]) -> str:
    """Return the cursor for what comes after these keys in the list that `about` describes."""
    content = json.dumps([_hash(about), *keys], separators=(",", ":"))
    return urlsafe_b64encode(content.encode()).rstrip(b"=").decode()


def read_cursor(about: str, cursor: str | None, length: int) -> tuple[int, ...] | None:
    """Return the keys of a cursor, None for none. Raises UsageError when it is broken, or another list's."""
    if cursor is None:
        return None
    try:
        digest, *keys = _content(cursor)
    except (ValueError, TypeError, RecursionError):
        raise UsageError("the cursor is broken; ask for the first page without one") from None
    if digest != _hash(about):
        raise UsageError("the cursor belongs to another list; ask for the first page of this one without one")
    if len(keys) != length or any(type(key) is not int or abs(key) >= 2**63 for key in keys):
        raise UsageError("the cursor is broken; ask for the first page without one")
    return tuple(keys)


def _content(cursor: str) -> list[Any]:
    if len(cursor) > LONGEST:
        raise ValueError("too long")
    found = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    if not isinstance(found, list):
        raise ValueError("no list")
    return found


def _hash(about: str) -> str:
    return blake2b(about.encode("utf-8", "replace"), digest_size=6).hexdigest()
