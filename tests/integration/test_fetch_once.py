"""One fetch against real servers on loopback, well-behaved and not."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.config import Config
from crawler.fetch_once import fetch
from storage.errors import FailureError, UsageError

OPEN = Config(allow_networks="127.0.0.0/8", timeout=5, max_page_mb=0.1)  # type: ignore[arg-type]
TEXT = "Der Fährverkehr ruht.".encode("latin-1")


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/hop":
            self._send(302, b"", location="/final?x=1")
        elif path == "/loop":
            self._send(302, b"", location="/loop")
        elif path == "/file":
            self._send(302, b"", location="file:///etc/passwd")
        elif path == "/metadata":
            self._send(302, b"", location="http://169.254.169.254/latest")
        elif path == "/packed":
            self._send(200, gzip.compress(TEXT), content_encoding="gzip")
        elif path == "/half":
            self._send(200, gzip.compress(TEXT)[:-12], content_encoding="gzip")
        elif path == "/huge":
            self._send(200, b"x" * 200_000)
        elif path == "/short":
            self._send(200, TEXT, content_length="500")
        elif path == "/echo":
            self._send(200, f"{self.headers['Host']} {self.headers['User-Agent']}".encode("latin-1"))
        else:
            self._send(404 if path == "/none" else 200, TEXT)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        named = {"content_type": "text/html; charset=ISO-8859-1", "content_length": str(len(body))} | headers
        for name, value in named.items():
            self.send_header(name.replace("_", "-").title(), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://paper.localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_answer_with_its_charset(base: str) -> None:
    answer = fetch(f"{base}/page", OPEN)
    assert (answer.status, answer.body, answer.charset) == (200, TEXT, "cp1252")
    assert answer.content_type == "text/html; charset=ISO-8859-1"
    assert fetch(f"{base}/none", OPEN).status == 404
    assert fetch(f"{base}/packed", OPEN).body == TEXT


def test_redirects_are_followed_and_counted(base: str) -> None:
    assert fetch(f"{base}/hop", OPEN).url == f"{base}/final?x=1"
    with pytest.raises(FailureError, match="/loop: more than 5 redirects"):
        fetch(f"{base}/loop", OPEN)


def test_it_says_who_asks(base: str) -> None:
    config = OPEN.model_copy(update={"user_agent": "Späher/1"})
    assert fetch(f"{base}/echo", config).body.decode() == f"{base.removeprefix('http://')} Späher/1"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/file", "redirects to 'file:///etc/passwd', which is no http"),
        ("/metadata", "169.254.169.254, which is not a public address; allow it with NEWSDESK_ALLOW_NETWORKS="),
        ("/half", "/half: was cut off"),
        ("/short", "/short: was cut off: 479 of its bytes are missing"),
        ("/huge", "/huge: is larger than 104857 bytes"),
    ],
)
def test_what_goes_wrong_is_a_line_with_the_url(base: str, path: str, said: str) -> None:
    with pytest.raises(FailureError) as caught:
        fetch(f"{base}{path}", OPEN)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_loopback_is_refused_unless_allowed(base: str) -> None:
    with pytest.raises(FailureError, match=r"127\.0\.0\.1, which is not a public address"):
        fetch(f"{base}/page", Config())
    with pytest.raises(FailureError, match="not a public address"):
        fetch(base.replace("paper.localhost", "2130706433"), Config())


@pytest.mark.parametrize(
    "url", ["", "example.org", "file:///etc/passwd", "ftp://example.org/", "http://", "http://[x/"]
)
def test_no_url_is_wrong_use(url: str) -> None:
    with pytest.raises(UsageError, match="is not a URL to fetch"):
        fetch(url, OPEN)


@contextmanager
def _speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection with raw bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(10_000)
            try:
                speak(connection)
            except OSError:
                return

    Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    listener.close()


def _drip(start: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return speak


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_an_answer_that_never_ends_ends_in_time(start: bytes, drop: bytes) -> None:
    config = OPEN.model_copy(update={"timeout": 0.5})
    with _speaking(_drip(start, drop)) as url:
        began = time.monotonic()
        with pytest.raises(FailureError, match=r"no whole answer within 0\.5 s"):
            fetch(url, config)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X-H: 1\r\n" * 200 + b"\r\n"])
def test_what_is_not_http_is_a_failure(said: bytes) -> None:
    with (
        _speaking(lambda connection: connection.sendall(said)) as url,
        pytest.raises(FailureError, match="cannot be fetched"),
    ):
        fetch(url, OPEN)


def _certificate(folder: Path, host: str) -> Path:
    """Write a self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / f"{host}.pem"
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return path


def test_tls_is_verified_for_the_host_of_the_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    certificate = _certificate(tmp_path, "secure.localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    named: list[str] = []
    context.set_servername_callback(lambda _, name, __: named.append(name))  # type: ignore[arg-type]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    port = server.server_address[1]
    with pytest.raises(FailureError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(f"https://secure.localhost:{port}/page", OPEN)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch(f"https://secure.localhost:{port}/page", OPEN).body == TEXT
    with pytest.raises(FailureError, match=r"CERTIFICATE_VERIFY_FAILED.*not valid for"):
        fetch(f"https://other.localhost:{port}/page", OPEN)
    assert named == ["secure.localhost", "secure.localhost", "other.localhost"]
    server.shutdown()
    server.server_close()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FailureError, match=rf"http://127\.0\.0\.1:{port}/: cannot be fetched: .*refused"):
        fetch(f"http://127.0.0.1:{port}/", OPEN)
