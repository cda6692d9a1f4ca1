"""A WebSub hub on loopback: it verifies who subscribes, and signs what it distributes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode
from urllib.request import Request, urlopen

from crawler.push.signing import sign

CHALLENGE = "ch&llenge = 7"


@dataclass(frozen=True)
class Agreed:
    """What a subscriber has confirmed."""

    callback: str
    topic: str
    secret: str


class Hub:
    """Answers with `status`, verifies in the background, and grants `lease` seconds; `refuses` makes it deny instead."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.status = 202
        self.lease = "864000"
        self.refuses = False
        self.forms: list[dict[str, str]] = []
        self.agreed: dict[str, Agreed] = {}
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                hub.forms.append(form)
                self.send_response(hub.status)
                self.send_header("Content-Type", "text/plain")
                self.end_headers()
                self.wfile.write(b"the hub is out of order" if hub.status >= 400 else b"")
                if hub.status == 202:
                    threading.Thread(target=hub._verify, args=(form,), daemon=True).start()

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{host}:{self._server.server_address[1]}/hub"

    def __enter__(self) -> Hub:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def modes(self) -> list[str]:
        """Return what it was asked for, in order."""
        return [form["hub.mode"] for form in self.forms]

    def question(self, callback: str, mode: str, topic: str, **more: str) -> tuple[int, str]:
        """Ask a subscriber; return its answer."""
        query = {"hub.mode": mode, "hub.topic": topic} | {f"hub.{name}": value for name, value in more.items()}
        return call(Request(f"{callback}?{urlencode(query)}"))

    def push(self, topic: str, body: bytes = b"<rss/>", signature: str | None = None, method: str = "sha256") -> int:
        """Distribute a body to who has subscribed; signed as agreed unless a signature is given."""
        to = self.agreed[topic]
        headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature or sign(to.secret, body, method)}
        return call(Request(to.callback, body, headers))[0]

    def _verify(self, form: dict[str, str]) -> None:
        callback, topic, mode = form["hub.callback"], form["hub.topic"], form["hub.mode"]
        if self.refuses:
            self.question(callback, "denied", topic, reason="not from here")
            return
        answer = self.question(callback, mode, topic, challenge=CHALLENGE, lease_seconds=self.lease)
        if answer == (200, CHALLENGE):
            if mode == "subscribe":
                self.agreed[topic] = Agreed(callback, topic, form["hub.secret"])
            else:
                self.agreed.pop(topic, None)


def call(request: Request) -> tuple[int, str]:
    """Send a request; return the answer's status and text."""
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
