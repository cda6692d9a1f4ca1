"""What the callback server keeps of a body."""

from __future__ import annotations

from typing import Any, cast

from twisted.web.test.requesthelper import DummyChannel

from crawler.push.callback import LARGEST_PUSH, _BoundedRequest


def received(*sizes: int) -> tuple[bool, int]:
    """Return whether a body of such parts is too large, and how many bytes of it are kept."""
    request = cast(Any, _BoundedRequest)(DummyChannel(), False)
    request.gotLength(None)
    for size in sizes:
        request.handleContentChunk(b"x" * size)
    return request.is_too_large, request.content.tell()


def test_a_body_is_kept_up_to_the_limit_and_read_away_beyond() -> None:
    half = LARGEST_PUSH // 2
    assert received(half, half) == (False, LARGEST_PUSH)
    assert received(half, half, 1, half, half) == (True, LARGEST_PUSH)
    assert received() == (False, 0)
