"""One poll of a channel that was answered, and what its answer tells besides the document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from scrapy.http import Response

from crawler.freshness import fresh_seconds, hub_of
from crawler.hints import ChannelHints, said_by_headers
from crawler.validators import ETAG, MODIFIED
from crawler.work import Work
from pipelines.items import header
from storage.types import Attempt, Channel, Outcome


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll and its answer. `before` are the channel's hints as they were; `because` says why the answer is from an
    address that was found only now, empty when it is the one that was asked.
    """

    work: Work
    channel: Channel
    response: Response
    before: ChannelHints
    because: str = ""

    @property
    def is_conditional(self) -> bool:
        """Whether the request carried a validator."""
        request = self.response.request
        return request is not None and any(name in request.headers for name in (ETAG, MODIFIED))

    @property
    def is_whole(self) -> bool:
        """Whether the answer holds the document."""
        return self.response.status != 304

    def digest(self) -> str:
        """Return the hash that tells whether the document is the same."""
        return hashlib.sha256(self.response.body).hexdigest()

    def heard(self, hints: ChannelHints) -> ChannelHints:
        """Return hints with what the answer's headers say. A 304 without such headers leaves what is known."""
        names = ("Cache-Control", "Expires", "Age", "Date")
        control, expires, age, date = (header(self.response, name) for name in names)
        fresh = None
        if control or expires or self.is_whole:
            fresh = fresh_seconds(control, expires, age, date, datetime.now(UTC))
        links = [one.decode("latin-1") for one in self.response.headers.getlist("Link")]
        return said_by_headers(hints, fresh, *hub_of(links, self.response.url))

    def attempt(self, outcome: Outcome, *, detail: str | None = None, found: int = 0, new: int = 0) -> Attempt:
        """Return what the log keeps of it."""
        return Attempt(
            self.work.url,
            outcome,
            detail=detail,
            status=self.response.status,
            final_url=self.response.url,
            bytes=len(self.response.body),
            millis=self.work.millis,
            found=found,
            new=new,
        )
