"""Serve the demo's outlets on one loopback port, told apart by the Host header, and log every request."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import monotonic
from types import MappingProxyType
from typing import Any

from crawler.demo.outlets import load_outlets
from crawler.demo.site import Answer, Site

LOGGED = ("user-agent", "accept-encoding", "if-none-match", "if-modified-since")
SMALLEST_GZIP = 200
IDLE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One request as the server saw it: `at` is time.monotonic(), `headers` those of LOGGED, in lower case."""

    host: str
    path: str
    status: int
    at: float
    headers: Mapping[str, str]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def base_url(outlet: str, port: int) -> str:
    """Return an outlet's root URL, without a trailing slash."""
    return f"http://{outlet}.localhost:{port}"


def sources_toml(port: int) -> str:
    """Return a sources.toml that declares each outlet's feed, a dead feed, its sitemap index and its three lists."""
    tables = []
    for name, outlet in load_outlets().items():
        base = base_url(name, port)
        sections = ", ".join(f'"{base}{path}"' for path in ("/", *(f"/{section}/" for section in outlet.sections)))
        tables.append(
            f'[{name}]\ntitle = "{outlet.title}"\nhome = "{base}/"\nlanguage = "{outlet.language}"\n'
            f'feeds = ["{base}/feed.xml", "{base}/dead.xml"]\n'
            f'sitemaps = ["{base}/sitemap.xml"]\nsections = [{sections}]\n'
        )
    return "\n".join(tables)


class NewsWeb:
    """The demo web as a context manager. `outlets` is what it serves, by name."""

    def __init__(self, port: int = 0) -> None:
        self.outlets = load_outlets()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = IDLE_SECONDS
            wbufsize = -1  # head and body leave in one packet, or each answer waits for a delayed ACK

            def do_GET(self) -> None:
                web._respond(self)

            do_HEAD = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = _Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        now = datetime.now(UTC).replace(microsecond=0)
        self._sites = {name: Site(outlet, self.base(name), now) for name, outlet in self.outlets.items()}
        self._lock = Lock()
        self._log: list[RequestSeen] = []

    def __enter__(self) -> NewsWeb:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def log(self) -> list[RequestSeen]:
        """Every request so far, in the order of the answers."""
        with self._lock:
            return list(self._log)

    def base(self, outlet: str) -> str:
        """Return the outlet's root URL, without a trailing slash."""
        return base_url(outlet, self.port)

    def site(self, outlet: str) -> Site:
        """Return an outlet's site as it is now."""
        return self._sites[outlet]

    def set_pass(self, number: int) -> None:
        """Serve the given pass. From 2 on each outlet has corrected an article, added one and taken one down."""
        now = datetime.now(UTC).replace(microsecond=0)
        self._sites = {name: site.at_pass(number, now) for name, site in self._sites.items()}

    def sources_toml(self) -> str:
        """Return the text of a sources.toml for this web."""
        return sources_toml(self.port)

    def _respond(self, request: BaseHTTPRequestHandler) -> None:
        host = request.headers.get("Host", "")
        site = self._sites.get(host.removeprefix("www.").partition(".")[0])
        answer = site.answer(request.path.partition("?")[0]) if site else Answer(404, "no such outlet")
        status, headers, body = _message(answer, request.headers)
        self._record(RequestSeen(host, request.path, status, monotonic(), _logged(request.headers)))
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)

    def _record(self, seen: RequestSeen) -> None:
        with self._lock:
            self._log.append(seen)


def _logged(headers: Message) -> Mapping[str, str]:
    return MappingProxyType({name: headers[name] for name in LOGGED if name in headers})


def _message(answer: Answer, asked: Message) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body: 304 where the client's copy is good, gzip where it is accepted."""
    body = answer.body.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"Content-Type": answer.kind, "Vary": "Accept-Encoding"}
    if answer.location is not None:
        headers["Location"] = answer.location
    if answer.changed is not None:
        headers["Last-Modified"] = format_datetime(answer.changed, usegmt=True)
    zipped = len(body) >= SMALLEST_GZIP and "gzip" in asked.get("Accept-Encoding", "")
    if answer.status == 200:
        headers["ETag"] = f"W/{tag}" if zipped else tag
        if _is_current(asked, tag, answer.changed):
            headers.pop("Content-Type")
            return 304, headers, b""
    if zipped:
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return answer.status, headers, body


def _is_current(asked: Message, tag: str, changed: datetime | None) -> bool:
    """Tell whether the client's copy is good; If-Modified-Since only counts without If-None-Match (RFC 9110 13.1.3)."""
    tags = asked.get("If-None-Match")
    if tags is not None:
        known = [one.strip().removeprefix("W/") for one in tags.split(",")]
        return tag in known or "*" in known
    since = asked.get("If-Modified-Since")
    if since is None or changed is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return moment.tzinfo is not None and changed.replace(microsecond=0) <= moment
