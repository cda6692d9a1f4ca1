"""Decode the body of an HTTP answer within a limit; what was cut off is told from what is whole. Pure."""

from __future__ import annotations

import zlib

CHUNK = 256 * 1024
GZIP = b"\x1f\x8b"


class BadBody(ValueError):
    """A body that is too big or cannot be decoded as its Content-Encoding says. `reason` is a slug."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def decode_body(body: bytes, content_encoding: str, limit: int) -> bytes:
    """Return a body without its content encodings. Raises BadBody."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    for name in reversed([name for name in names if name not in ("", "identity")]):
        if name in ("gzip", "x-gzip"):
            # Some servers label plain bodies so.
            body = _inflate(body, 16 + zlib.MAX_WBITS, limit) if body.startswith(GZIP) else body
        elif name == "deflate":
            body = _inflate(body, zlib.MAX_WBITS if _is_wrapped(body) else -zlib.MAX_WBITS, limit)
        else:
            raise BadBody("unknown-encoding", f"is encoded as {name!r}, which was not asked for")
    return body


def _is_wrapped(body: bytes) -> bool:
    """Tell whether deflated data has the zlib header that the standard asks for and some servers leave out."""
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    parts: list[bytes] = []
    room = limit
    while body:
        stream = zlib.decompressobj(window)
        while not stream.eof:
            try:
                part = stream.decompress(body, CHUNK)
            except zlib.error as error:
                raise BadBody("bad-compression", f"has a broken compressed body: {error}") from None
            body = stream.unconsumed_tail
            room -= len(part)
            if room < 0:
                raise BadBody("too-big", f"is larger than {limit} bytes")
            if not part and not body and not stream.eof:
                raise BadBody("truncated", "was cut off: its compressed body is incomplete")
            parts.append(part)
        body = stream.unused_data if stream.unused_data.startswith(GZIP) else b""
    return b"".join(parts)
