"""The callback server: the address that hubs call, in the daemon's own event loop, behind a reverse proxy."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from ipaddress import ip_address
from typing import Any, cast

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from crawler.push.subscriber import Subscriber
from crawler.push.terms import Question
from storage.errors import FailureError

LARGEST_PUSH = 5_000_000
"""Bytes of a push that are kept; of a larger one the rest is read away, and it is refused."""
SILENCE = 30
"""Seconds of silence after which a connection is closed."""
BACKLOG = 64
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
logger = logging.getLogger(__name__)


def take_port(address: str, port: int) -> socket.socket:
    """Return a listening socket. Raises FailureError when the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((address, port))
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        raise FailureError(
            f"hubs cannot be answered on {address}, port {port}: {error.strerror}; "
            "choose another with push_port, push_address"
        ) from None
    taken.setblocking(False)
    return taken


class CallbackServer:
    """Serves hubs on a listening socket until it is closed."""

    def __init__(self, taken: socket.socket, subscriber: Subscriber) -> None:
        from twisted.internet import reactor  # not before Scrapy has installed its own

        door: Any = _Door
        site = door(_Callback(subscriber), _BoundedRequest, parsePOSTFormSubmission=False, timeout=SILENCE)
        self._port: Any = cast(Any, reactor).adoptStreamPort(taken.fileno(), taken.family, site)
        taken.close()  # the reactor has a copy

    def close(self) -> None:
        """Take no more calls."""
        self._port.stopListening()


class _Door(Site):
    noisy = False

    def log(self, request: Any) -> None:
        """Log nothing: whoever reads a token in a log could push."""


class _BoundedRequest(Request):
    """A request that keeps no more of a body than a push may have."""

    is_too_large = False
    _kept = 0

    def handleContentChunk(self, data: bytes) -> None:
        """Keep a part of the body, or read it away."""
        self._kept += len(data)
        self.is_too_large = self._kept > LARGEST_PUSH
        if not self.is_too_large:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]


class _Callback(Resource):
    """Answers hubs. The token is the last part of the path, whatever the proxy has made of the rest."""

    isLeaf = True

    def __init__(self, subscriber: Subscriber) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._subscriber = subscriber
        self._tasks: set[asyncio.Task[None]] = set()

    def render(self, request: Any) -> int:
        """Begin to answer."""
        task = asyncio.get_running_loop().create_task(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        request.notifyFinish().addErrback(lambda _: task.cancel())
        return NOT_DONE_YET

    async def _answer(self, request: Any) -> None:
        try:
            status, text = await self._of(request)
        except Exception:
            logger.exception("a hub's call failed")
            status, text = 500, ""
        request.setResponseCode(status)
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        request.setHeader(b"X-Content-Type-Options", b"nosniff")
        request.write(text.encode())
        request.finish()

    async def _of(self, request: Any) -> tuple[int, str]:
        token = request.path.rpartition(b"/")[2].decode("ascii", "replace")
        if request.method not in (b"GET", b"POST"):
            request.setHeader(b"Allow", b"GET, POST")
            return 405, ""
        if not _TOKEN.fullmatch(token):
            return 404, "no such subscription"
        if request.method == b"GET":
            reply = await self._subscriber.asked(token, _question(request.args))
            return reply.status, reply.text
        if request.is_too_large:
            logger.warning("a push of more than %d bytes is refused", LARGEST_PUSH)
            return 413, f"a push may have {LARGEST_PUSH} bytes"
        signature = request.getHeader("X-Hub-Signature")
        return await self._subscriber.pushed(token, signature, request.content.read()), ""


def _question(query: dict[bytes, list[bytes]]) -> Question:
    def first(name: bytes) -> str:
        return query.get(b"hub." + name, [b""])[0].decode("utf-8", "replace")

    return Question(first(b"mode"), first(b"topic"), first(b"challenge"), first(b"lease_seconds"), first(b"reason"))
