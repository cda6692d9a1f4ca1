"""Answers that a client has already: an ETag for each, 304 where it is the same, HEAD as GET without the body."""

from __future__ import annotations

import hashlib
import re
from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT = ("etag", "cache-control", "last-modified", "vary", "content-location", "expires", "content-security-policy")
"""Headers that a 304 repeats: a browser puts them in place of those that it has kept, a page's policy among them."""
_CURSOR = re.compile(rb'"next_cursor":"[^"]*"')
_START, _BODY = "http.response.start", "http.response.body"


class Conditional:
    """Gives every whole answer a weak ETag (compression changes its bytes) and compares it with what the client has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, Headers(scope=scope), is_head=scope["method"] == "HEAD")
        await self._app({**scope, "method": "GET"}, receive, answer.take)


class _Answer:
    """One answer on its way: held back until it is whole, if it is made in one piece."""

    def __init__(self, send: Send, asked: Headers, *, is_head: bool) -> None:
        self._send = send
        self._asked = asked
        self._is_head = is_head
        self._start: Message | None = None

    async def take(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == _START:
            self._start = message
        elif message["type"] == _BODY and self._start is not None:
            start, self._start = self._start, None
            await self._begin(start, message)
        elif not self._is_head:
            await self._send(message)

    async def _begin(self, start: Message, message: Message) -> None:
        if start["status"] == 200 and not message.get("more_body"):
            headers = MutableHeaders(scope=start)
            headers.setdefault("etag", etag_of(message.get("body", b"")))
            if is_fresh(self._asked, headers):
                kept = [pair for pair in headers.raw if pair[0].decode() in KEPT]
                start, message = {**start, "status": 304, "headers": kept}, {**message, "body": b""}
        await self._send(start)
        await self._send({**message, "body": b"", "more_body": False} if self._is_head else message)


def etag_of(body: bytes) -> str:
    """Return a weak ETag of a body.

    A cursor holds the moment at which it was made; an earlier one goes on from the same page just as well.
    """
    return f'W/"{hashlib.blake2b(_CURSOR.sub(b"", body), digest_size=12).hexdigest()}"'


def is_fresh(asked: Headers, has: Headers | MutableHeaders) -> bool:
    """Tell whether a client has the answer already. If-None-Match wins over If-Modified-Since."""
    known = asked.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or _opaque(has["etag"]) in {_opaque(part) for part in known.split(",")}
    since, changed = asked.get("if-modified-since"), has.get("last-modified")
    if since is None or changed is None:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def _opaque(etag: str) -> str:
    return etag.strip().removeprefix("W/")
