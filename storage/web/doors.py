"""What a request has to pass before it is looked at: its host name, its client's allowance, its token, its size."""

from __future__ import annotations

from math import ceil

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from storage.web.limits import Allowance
from storage.web.problems import Problem, respond
from storage.web.security import Gate, now_utc

LONGEST_TARGET = 40_000
"""Bytes of an address: 10,000 characters that are escaped, and filters."""
LARGEST_BODY = 64_000
"""Bytes of a form."""
OPEN_PATHS = ("/healthz", "/login", "/static/")
"""What anybody may ask for: whether it lives, and the page on which the token is shown."""
FEEDS = (".rss", ".atom", ".json")
"""How the addresses of feeds end."""
MISSES_A_MINUTE = 20
"""Wrong tokens that one client may try."""


class Doors:
    """Lets a request in, or answers it with a problem."""

    def __init__(self, app: ASGIApp, gate: Gate, rate: int, host_names: frozenset[str] | None) -> None:
        self._app = app
        self._gate = gate
        self._requests = Allowance(rate)
        self._misses = Allowance(MISSES_A_MINUTE)
        self._host_names = host_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            request = Request(scope)
            problem = self._problem(request)
            if problem is not None:
                await respond(request, problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _problem(self, request: Request) -> Problem | None:
        client = request.client.host if request.client else ""
        wrong = self._wrong_host(request) or _too_large(request)
        if wrong is not None or request.scope["path"] == "/healthz":
            return wrong
        wait = self._requests.take(client)
        if wait:
            return _too_many(wait)
        return self._without_token(request, client)

    def _wrong_host(self, request: Request) -> Problem | None:
        """Refuse other names than one's own: a page elsewhere could have its name lead here (DNS rebinding)."""
        if self._host_names is None or host_name(request.headers.get("host", "")) in self._host_names:
            return None
        return Problem(421, "this newsdesk is not served under that host name; web_public names another one")

    def _without_token(self, request: Request, client: str) -> Problem | None:
        wait = 0.0 if self._gate.is_open else self._misses.is_spent(client)
        passed = None if wait else self._gate.passed_by(request, now_utc())
        request.state.passed_by = passed
        if passed is not None or request.scope["path"].startswith(OPEN_PATHS):
            return None
        if wait:
            return _too_many(wait)
        if "authorization" in request.headers:
            self._misses.take(client)
        is_feed = request.scope["path"].startswith(("/feed.", "/saved/")) and request.scope["path"].endswith(FEEDS)
        asks = 'Basic realm="newsdesk"' if is_feed else 'Bearer realm="newsdesk"'
        detail = "send the token that newsdesk serve was started with: Authorization: Bearer …"
        return Problem(401, detail, headers={"WWW-Authenticate": asks})


def host_name(header: str) -> str:
    """Return the name in a Host header, without its port, in lower case."""
    name, _, port = header.rpartition(":")
    name = name if name and port.isdigit() and (name.endswith("]") or ":" not in name) else header
    return name.strip("[]").lower()


def _too_large(request: Request) -> Problem | None:
    if len(request.scope["path"]) + len(request.scope.get("query_string", b"")) > LONGEST_TARGET:
        return Problem(414, f"the address has more than {LONGEST_TARGET} bytes")
    length = request.headers.get("content-length", "0")
    if "transfer-encoding" in request.headers or not length.isdigit() or int(length) > LARGEST_BODY:
        return Problem(413, f"a request may carry {LARGEST_BODY} bytes, and has to say how many in Content-Length")
    return None


def _too_many(wait: float) -> Problem:
    seconds = ceil(wait)
    return Problem(429, f"too many requests; ask again in {seconds} s", headers={"Retry-After": str(seconds)})
