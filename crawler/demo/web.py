"""Serve the demo's outlets on one loopback port, told apart by the Host header."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from typing import Any

from crawler.demo import channels, pages

FEEDS = {
    "en": ("application/rss+xml", channels.rss),
    "de": ("application/atom+xml", channels.atom),
    "es": ("application/feed+json", channels.json_feed),
}
WIRE: dict[str, Any] = {
    "slug": "wire-comet",
    "headline": "Astronomers confirm comet will be visible in spring",
    "author": "Meridian Wire",
    "hours": 6,
    "body": [
        "A comet discovered last autumn will be visible to the naked eye in spring, observers at three "
        "telescopes agreed on Tuesday after comparing their latest measurements.",
        "The object should appear low above the western horizon shortly after sunset and remain visible "
        "for about three weeks, provided that its nucleus does not break apart near the sun.",
        "Amateurs are asked to report its brightness, since professional instruments are booked for months.",
    ],
}


def _load() -> dict[str, dict[str, Any]]:
    text = files("crawler.demo").joinpath("content/outlets.json").read_text("utf-8")
    outlets: dict[str, dict[str, Any]] = json.loads(text)
    return outlets


def sources_toml(port: int) -> str:
    """Return a sources.toml that declares each outlet's feed, a dead feed and its front page."""
    tables = []
    for name, info in _load().items():
        base = f"http://{name}.localhost:{port}"
        tables.append(
            f'[{name}]\ntitle = "{info["title"]}"\nhome = "{base}/"\n'
            f'feeds = ["{base}/feed.xml", "{base}/dead.xml"]\n'
            f'sitemaps = ["{base}/news-sitemap.xml"]\nsections = ["{base}/"]\n'
        )
    return "\n".join(tables)


REVISION = "Correction: an earlier version of this article gave the wrong duration of the repairs."


class NewsWeb:
    """The demo web as a context manager; `log` holds (host, path, status) of every request."""

    def __init__(self, port: int = 0) -> None:
        self.outlets = _load()
        for info in self.outlets.values():
            info["articles"].append(dict(WIRE))
        self.started = datetime.now(UTC).replace(microsecond=0)
        self.number = 1
        self.revised: datetime | None = None
        self.log: list[tuple[str, str, int]] = []
        web = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Answer)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> NewsWeb:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def base(self, outlet: str) -> str:
        """Return the outlet's root URL, without a trailing slash."""
        return f"http://{outlet}.localhost:{self.port}"

    def set_pass(self, number: int) -> None:
        """Serve the given pass: from 2 on, each outlet's first article is revised."""
        self.number = number
        self.revised = datetime.now(UTC) if number > 1 else None

    def sources_toml(self) -> str:
        """Return the text of a sources.toml for this web."""
        return sources_toml(self.port)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, with a validator that If-None-Match is held against."""
        host = request.headers.get("Host", "")
        status, kind, text = self._page(host.split(".")[0], request.path.split("?")[0])
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        changed = format_datetime(self.revised or self.started, usegmt=True)
        asked = request.headers.get("If-None-Match")
        since = request.headers.get("If-Modified-Since")
        if status == 200 and (asked == etag or (asked is None and since == changed)):
            status, body = 304, b""
        self.log.append((host, request.path, status))
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", etag)
        request.send_header("Last-Modified", changed)
        request.end_headers()
        request.wfile.write(body)

    def _page(self, outlet: str, path: str) -> tuple[int, str, str]:
        html = "text/html; charset=utf-8"
        info = self.outlets.get(outlet)
        if info is None:
            return 404, html, "no such outlet"
        if path == "/robots.txt":
            return 200, "text/plain", channels.robots()
        if path == "/dead.xml":
            return 500, html, "out of order"
        if path == "/feed.xml":
            return 200, FEEDS[info["language"]][0], self._feed(outlet, info)
        if path == "/news-sitemap.xml":
            base = self.base(outlet)
            entries = [(f"{base}/news/{a['slug']}", a["headline"], self._when(a)) for a in info["articles"]]
            return 200, "application/xml", channels.news_sitemap(info["title"], info["language"], entries)
        if path == "/":
            return 200, html, pages.section_page(info)
        corner = pages.corner_pages(info["title"]).get(path)
        if corner is not None:
            return 200, html, corner
        for place, article in enumerate(info["articles"]):
            if path == f"/news/{article['slug']}":
                extra = REVISION if place == 0 and self.number > 1 else ""
                return 200, html, pages.article_page(outlet, info, article, self._when(article), extra)
        return 404, html, "not found"

    def _when(self, article: dict[str, Any]) -> datetime:
        return self.started - timedelta(hours=article["hours"])

    def _feed(self, outlet: str, info: dict[str, Any]) -> str:
        base = self.base(outlet)
        entries = [(f"{base}/news/{a['slug']}", a["headline"], self._when(a)) for a in info["articles"]]
        yesterday = self.started - timedelta(days=1)
        corners = ("withdrawn", "subscribers", "wall", "empty")
        entries.extend((f"{base}/news/{slug}", slug.capitalize(), yesterday) for slug in corners)
        entries.append((f"{base}/private/draft", "Draft", yesterday))
        return FEEDS[info["language"]][1](info["title"], base, entries, self.revised)
