"""A real news site on loopback whose every answer a test can set, and whose log proves what was asked of it."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

TEXT = (
    "The council of Port {name} met on Tuesday to discuss the repairs of the old harbour wall, which had been damaged by "
    "the storms of last winter. Engineers told the meeting that the work would take about four months.\n"
    "Residents asked why the work had not begun earlier. The mayor answered that the money for item {name} had only been "
    "granted in October, and that three companies had made an offer since.\n"
    "The next meeting is on Friday, when the council of {name} will choose one of the companies and set a date."
)


def article(name: str, extra: str = "", head: str = "") -> str:
    """Return an article's page."""
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT.format(name=name).split("\n"))
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Harbour wall {name} to be repaired</title>{head}"
        f"</head><body><main><article><h1>Harbour wall {name} to be repaired</h1>{paragraphs}"
        f"{f'<p>{extra}</p>' if extra else ''}</article></main></body></html>"
    )


@dataclass(frozen=True)
class Answer:
    """One answer: a status, a body and headers; or a fault.

    `silence` is seconds without a word before it, `drip` seconds before each byte of the body, `reset` a connection
    that is torn down instead.
    """

    status: int = 200
    body: str | bytes = ""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "text/html; charset=utf-8"
    silence: float = 0.0
    drip: float = 0.0
    reset: bool = False


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it."""

    host: str
    path: str
    status: int
    at: float
    agent: str


Page = Answer | Callable[[int], Answer]


class Site:
    """Pages by path; a callable page gets the number of times that it was asked before. Each loopback address is an outlet."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Page] = {"/robots.txt": Answer(404)}
        self.log: list[Seen] = []
        self.slow = 0.0
        self._lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.base = f"http://{host}:{self.port}"

    def __enter__(self) -> Site:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def feed(self, names: list[str], extra: str = "") -> None:
        """Serve a feed of these articles at /feed.xml, and the articles."""
        items = "".join(f"<item><title>{n}</title><link>{self.base}/news/{n}</link>{extra}</item>" for n in names)
        self.pages["/feed.xml"] = Answer(body=f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>",
                                         kind="application/rss+xml")  # fmt: skip
        for name in names:
            self.pages.setdefault(f"/news/{name}", Answer(body=article(name)))

    def gaps(self) -> list[float]:
        """Return the seconds between each two requests, whatever they were for."""
        times = sorted(seen.at for seen in self.log)
        return [after - before for before, after in zip(times, times[1:], strict=False)]

    def paths(self, prefix: str = "/news/") -> list[str]:
        """Return the paths that were asked for, in order."""
        return [seen.path for seen in self.log if seen.path.startswith(prefix)]

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        arrived = time.monotonic()
        page = self.pages.get(request.path, Answer(404, "not found"))
        before = sum(seen.path == request.path for seen in self.log)
        answer = page(before) if callable(page) else page
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        status, headers = answer.status, dict(answer.headers)
        if status == 200:
            headers.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')
            if request.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
        with self._lock:
            self.log.append(Seen(request.headers.get("Host", ""), request.path, status, arrived,
                                 request.headers.get("User-Agent", "")))  # fmt: skip
        if self.slow and request.path.startswith("/news/"):
            time.sleep(self.slow)
        if answer.reset:
            request.close_connection = True
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.connection.close()
            return
        time.sleep(answer.silence)
        try:
            request.send_response(status)
            request.send_header("Content-Type", answer.kind)
            request.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                request.send_header(name, value)
            request.end_headers()
            if not answer.drip:
                request.wfile.write(body)
            for byte in body if answer.drip else b"":
                request.wfile.write(bytes([byte]))
                time.sleep(answer.drip)
        except OSError:
            return
