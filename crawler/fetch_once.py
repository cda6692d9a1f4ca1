"""Fetch one document for a command, outside a crawl: bounded in time and size, and from public addresses only."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urljoin, urlsplit

from w3lib.encoding import http_content_type_encoding
from w3lib.url import safe_url_string

from crawler.addresses import resolve
from crawler.config import Config
from crawler.inflate import BadBody, decode_body
from pipelines.hosts import host_of
from storage.errors import FailureError, UsageError

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is the last one of a chain of redirects; `body` is decoded content; `headers` in lower case."""

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
    asked = url
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(safe_url_string(url), config)
        target = answer.headers.get("location")
        if answer.status not in REDIRECTS or not target:
            return answer
        url = _target(url, target)
        if not host_of(url):
            raise FailureError(f"{answer.url} redirects to {target!r}, which is no http(s) URL")
    raise FailureError(f"{asked}: more than {MOST_REDIRECTS} redirects")


def _target(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were checked, under the host's name, with an end to all patience."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], timeout: float, tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._addresses = addresses
        self._tls = tls
        self._line: socket.socket | None = None
        self.overdue = False

    def connect(self) -> None:
        """Connect to a checked address, whatever the name resolves to by now."""
        self.sock = self._dial()
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        self._line = self.sock

    def _dial(self) -> socket.socket:
        for address in self._addresses[:-1]:
            with contextlib.suppress(OSError):
                return socket.create_connection((address, self.port), self.timeout)
        return socket.create_connection((self._addresses[-1], self.port), self.timeout)

    def expire(self) -> None:
        """Break the connection off: a timeout of the socket never ends an answer that drips."""
        self.overdue = True
        if self._line is not None:  # `sock` itself is given up as soon as the headers are there
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _connection(url: str, config: Config) -> Iterator[_Pinned]:
    """Open a connection for a URL, which is broken off when the time for one request is over."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    connection = _Pinned(host, port, resolve(host, port, config.allow_networks), config.timeout, tls)
    end = Timer(config.timeout, connection.expire)
    end.daemon = True
    end.start()
    try:
        yield connection
    except (OSError, http.client.HTTPException) as error:
        late = connection.overdue or isinstance(error, TimeoutError)
        reason = f"no whole answer within {config.timeout:g} s" if late else str(error) or type(error).__name__
        raise FailureError(f"{url}: cannot be fetched: {reason}") from None
    finally:
        end.cancel()
        connection.close()


def _get(url: str, config: Config) -> Fetched:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers: dict[str, str | bytes] = {
        "Host": host_of(url),
        "User-Agent": config.agent.encode(),
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    with _connection(url, config) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        body = answer.read(config.max_bytes + 1)
        missing = answer.length or 0
    if connection.overdue:
        raise FailureError(f"{url}: cannot be fetched: no whole answer within {config.timeout:g} s")
    try:
        if len(body) > config.max_bytes:
            raise BadBody("too-big", f"is larger than {config.max_bytes} bytes")
        if missing:
            raise BadBody("truncated", f"was cut off: {missing} of its bytes are missing")
        body = decode_body(body, found.get("content-encoding", ""), config.max_bytes)
    except BadBody as error:
        raise FailureError(f"{url}: {error}") from None
    kind = found.get("content-type", "")
    return Fetched(url, answer.status, body, kind, http_content_type_encoding(kind), found)
