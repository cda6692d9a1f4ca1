"""Content decoding: gzip and deflate within the size limit, and a body that was cut off is an error."""

from __future__ import annotations

import zlib

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

ACCEPTED = "gzip, deflate"
CHUNK = 256 * 1024


class BadEncoding(IgnoreRequest):
    """A body that cannot be decoded as its Content-Encoding says. `reason` is a slug."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class DecodingMiddleware:
    """Takes the place of Scrapy's HttpCompressionMiddleware, which returns half a gzip body as a whole page,
    and which detects the charset of compressed bytes on the event loop.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecodingMiddleware:
        """Build the middleware; DOWNLOAD_MAXSIZE (bytes) bounds a decoded body."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say which encodings are understood."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response with its body decoded. Raises BadEncoding."""
        encodings = [
            name.strip().lower()
            for value in response.headers.getlist("Content-Encoding")
            for name in value.decode("latin-1").split(",")
        ]
        encodings = [name for name in encodings if name not in ("", "identity")]
        if not encodings or not response.body or request.method == "HEAD":
            return response
        body = response.body
        for name in reversed(encodings):
            body = self._decode(name, body, response.url)
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body[:4096])
        return kind(
            response.url,
            status=response.status,
            headers=headers,
            body=body,
            flags=[*response.flags, "decoded"],
            request=response.request,
            certificate=response.certificate,
            ip_address=response.ip_address,
            protocol=response.protocol,
        )

    def _decode(self, name: str, body: bytes, url: str) -> bytes:
        if name in ("gzip", "x-gzip"):
            return self._inflate(body, 16 + zlib.MAX_WBITS, url)
        if name == "deflate":
            wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
            return self._inflate(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, url)
        raise BadEncoding("unknown-encoding", f"{url} is encoded as {name!r}, which was not asked for")

    def _inflate(self, body: bytes, window: int, url: str) -> bytes:
        if window > 16 and not body.startswith(b"\x1f\x8b"):
            return body  # says gzip and is not: some servers label plain bodies so
        parts: list[bytes] = []
        size = 0
        while body:
            stream = zlib.decompressobj(window)
            while not stream.eof:
                try:
                    part = stream.decompress(body, CHUNK)
                except zlib.error as error:
                    raise BadEncoding("bad-compression", f"{url}: {error}") from None
                body = stream.unconsumed_tail
                size += len(part)
                parts.append(part)
                if self._max_bytes and size > self._max_bytes:
                    raise BadEncoding("too-big", f"{url} is more than {self._max_bytes} bytes when decompressed")
                if not part and not body and not stream.eof:
                    raise BadEncoding("truncated", f"{url}: the compressed body was cut off")
            body = stream.unused_data.lstrip(b"\x00")
            if not body.startswith(b"\x1f\x8b"):
                break
        return b"".join(parts)
