"""Serve the pages of a corpus on one loopback port: a site per host, with a feed, a sitemap and robots.txt."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from benchmarks.corpus.pages import TruePage


class CorpusWeb:
    """Real hosts become `<host with hyphens>.localhost:PORT`. Every other site is found by sitemap alone."""

    def __init__(self, pages: list[TruePage]) -> None:
        self.sites: dict[str, dict[str, TruePage]] = defaultdict(dict)
        self.place: dict[str, TruePage] = {}
        self.requests = 0
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        for number, page in enumerate(pages):
            label = (urlsplit(page.url).hostname or "unknown").removeprefix("www.").replace(".", "-")
            path = urlsplit(page.url).path or "/"
            path = path if path not in ("", "/") and path not in self.sites[label] else f"/{page.corpus}/{number}.html"
            self.sites[label][path] = page
            self.place[f"http://{label}.localhost:{self.port}{path}"] = page

    def __enter__(self) -> CorpusWeb:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sources_toml(self) -> str:
        """Return the declaration of every site."""
        tables = []
        for number, label in enumerate(self.sites):
            base = f"http://{label}.localhost:{self.port}"
            channel = f'feeds = ["{base}/feed.xml"]' if number % 2 else f'sitemaps = ["{base}/sitemap.xml"]'
            tables.append(f'["{label}"]\ntitle = "{label}"\nhome = "{base}/"\n{channel}\n')
        return "\n".join(tables)

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        label = request.headers.get("Host", "").split(".localhost")[0]
        site = self.sites.get(label, {})
        base = f"http://{label}.localhost:{self.port}"
        path = request.path.partition("?")[0]
        kind, status = "application/xml", 200
        if path == "/feed.xml":
            items = "".join(f"<item><link>{escape(base + p)}</link></item>" for p in site)
            body = f"<rss version='2.0'><channel><title>{label}</title>{items}</channel></rss>".encode()
        elif path == "/sitemap.xml":
            body = f"<urlset>{''.join(f'<url><loc>{escape(base + p)}</loc></url>' for p in site)}</urlset>".encode()
        elif path in site:
            kind, body = "text/html", site[path].body()
        else:
            kind, status, body = "text/plain", 404, b"not found"
        self.requests += 1
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Last-Modified", format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True))
        request.end_headers()
        request.wfile.write(body)
