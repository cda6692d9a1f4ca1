"""Undo gzip within a limit, keeping what can be read of data that is cut off.

Data that is cut off is kept as far as it goes. What breaks in the middle inflates to nonsense long before that shows,
if it shows before the checksum at all, so nothing of it is kept.
"""

from __future__ import annotations

import zlib

GZIP = b"\x1f\x8b"
_LAYERS = 2
_MEMBERS = 10_000
_INPUT = 16 * 1024
_OUTPUT = 64 * 1024


def unpack(body: bytes, limit: int) -> tuple[bytes, str | None]:
    """Return a body without its gzip layers (two at most), cut at `limit` bytes, and what was wrong with it."""
    problem = None
    for _ in range(_LAYERS):
        if not body.startswith(GZIP):
            break
        plain, wrong = _inflate(body, limit)
        body, problem = bytes(plain), problem or wrong
    if len(body) > limit:
        return body[:limit], f"cut after {limit} bytes"
    return body, problem


def _inflate(body: bytes, limit: int) -> tuple[bytearray, str | None]:
    """Return the content of every member, until the data ends, breaks or passes the limit."""
    out = bytearray()
    rest = memoryview(body)
    for _ in range(_MEMBERS):
        used, wrong = _inflate_member(rest, out, limit)
        rest = rest[used:]
        if wrong is not None and wrong.startswith("broken"):
            return bytearray(), wrong
        if wrong is not None or len(out) > limit or bytes(rest[:2]) != GZIP:
            return out, wrong
    return out, None


def _inflate_member(body: memoryview, out: bytearray, limit: int) -> tuple[int, str | None]:
    """Append a member's content to `out`; return how long the member is and what is wrong with it."""
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    at = 0
    try:
        while at < len(body) and not stream.eof and len(out) <= limit:
            chunk: bytes | memoryview = body[at : at + _INPUT]
            at += len(chunk)
            while len(chunk) and not stream.eof and len(out) <= limit:
                out += stream.decompress(chunk, _OUTPUT)
                chunk = stream.unconsumed_tail
    except zlib.error as error:
        return at, f"broken gzip data: {error}"
    if len(out) > limit:
        return at, None
    return at - len(stream.unused_data), None if stream.eof else "the gzip data is cut off"
