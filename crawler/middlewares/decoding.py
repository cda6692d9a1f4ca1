"""Content decoding: gzip and deflate within the size limit, and a body that was cut off is an error."""

from __future__ import annotations

import sys

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

from crawler.inflate import BadBody, decode_body

ACCEPTED = "gzip, deflate"


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
        encoding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not encoding or not response.body or request.method == "HEAD":
            return response
        try:
            body = decode_body(response.body, encoding, self._max_bytes or sys.maxsize)
        except BadBody as error:
            raise BadEncoding(error.reason, f"{response.url} {error}") from None
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
