"""Bodies are decoded within a limit, and half a body is not taken for a whole one."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.inflate import BadBody, decode_body

LIMIT = 1_000_000


def _raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


@given(st.binary(max_size=2000))
def test_what_was_encoded_comes_back(body: bytes) -> None:
    assert decode_body(gzip.compress(body), "gzip", LIMIT) == body
    assert decode_body(zlib.compress(body), "deflate", LIMIT) == body
    assert decode_body(_raw_deflate(body), "deflate", LIMIT) == body
    assert decode_body(gzip.compress(zlib.compress(body)), "deflate, GZIP", LIMIT) == body


def test_members_follow_each_other() -> None:
    assert decode_body(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", LIMIT) == b"one two"


def test_plain_bodies() -> None:
    assert decode_body(b"plain", "", LIMIT) == b"plain"
    assert decode_body(b"plain", "identity", LIMIT) == b"plain"
    assert decode_body(b"plain, whatever the header says", "gzip", LIMIT) == b"plain, whatever the header says"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_half_a_body_is_told(encoding: str) -> None:
    text = bytes(range(256)) * 40
    whole = gzip.compress(text) if encoding == "gzip" else zlib.compress(text)
    with pytest.raises(BadBody, match="was cut off"):
        decode_body(whole[: len(whole) // 2], encoding, LIMIT)


def test_broken_and_unknown_bodies_are_told() -> None:
    with pytest.raises(BadBody, match="broken compressed body"):
        decode_body(b"\x1f\x8b" + b"nonsense" * 9, "gzip", LIMIT)
    with pytest.raises(BadBody, match="'br', which was not asked for"):
        decode_body(b"x", "br", LIMIT)


def test_a_bomb_ends_at_the_limit() -> None:
    bomb = gzip.compress(b"\x00" * 50_000_000)
    with pytest.raises(BadBody, match="larger than 1000000 bytes"):
        decode_body(bomb, "gzip", LIMIT)
