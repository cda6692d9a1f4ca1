"""Fetch one document for a command, outside a crawl: bounded, polite, and to public addresses only."""

from __future__ import annotations

import http.client
import socket
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from w3lib.encoding import http_content_type_encoding
from w3lib.url import safe_url_string

from crawler.addresses import resolve
from crawler.config import Config
from pipelines.urls import host_of
from storage.errors import FailureError, UsageError

MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is the last one of a chain of redirects; `body` is decoded content."""

    url: str
    status: int
    body: bytes
    content_type: str
    charset: str | None
    headers: Mapping[str, str]


def fetch(url: str, config: Config) -> Fetched:
    """Return the answer to a GET, redirects followed. An HTTP error status is an answer.

    Raises UsageError for what is no http(s) URL, FailureError for a host that cannot be reached or may not be asked.
    """
    if not host_of(url):
        raise UsageError(f"{url!r} is not a URL to fetch; write e.g. https://example.org/")
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(safe_url_string(url), config)
        target = answer.headers.get("location")
        if answer.status not in (301, 302, 303, 307, 308) or not target:
            return answer
        url = urljoin(url, target)
        if not host_of(url):
            raise FailureError(f"{answer.url} redirects to {url!r}, which is not http")
    raise FailureError(f"{url}: more than {MOST_REDIRECTS} redirects")


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the host's name."""

    def __init__(self, host: str, port: int, address: str, timeout: float, tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """Connect to the checked address, not to whatever the name says by now."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _get(url: str, config: Config) -> Fetched:
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    address = resolve(host, port, config.allow_networks)[0]
    connection = _Pinned(host, port, address, config.timeout, tls)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": host_of(url), "User-Agent": config.agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read(config.max_bytes + 1)
        found = {name.lower(): value for name, value in answer.getheaders()}
    except (OSError, http.client.HTTPException) as error:
        raise FailureError(f"{url}: cannot be fetched: {str(error) or type(error).__name__}") from None
    finally:
        connection.close()
    body = _decode(body, found.get("content-encoding", ""), url, config.max_bytes)
    kind = found.get("content-type", "")
    return Fetched(url, answer.status, body, kind, http_content_type_encoding(kind), found)


def _decode(body: bytes, encoding: str, url: str, limit: int) -> bytes:
    encoding = encoding.strip().lower()
    try:
        if encoding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
            body = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, limit + 1)
        elif encoding == "deflate":
            body = zlib.decompressobj().decompress(body, limit + 1)
    except zlib.error as error:
        raise FailureError(f"{url}: its {encoding} body is broken: {error}") from None
    if len(body) > limit:
        raise FailureError(f"{url}: is larger than {limit} bytes")
    return body
