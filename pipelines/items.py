"""PageItem: what a spider yields for a fetched page; the pipelines make an article of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from scrapy.http import Response
from w3lib.encoding import http_content_type_encoding

from storage.types import Article, Drop, Hints, Identity, Outcome, Page


@dataclass(slots=True)
class Fetch:
    """How the page was fetched: for the log of attempts and the next conditional request."""

    status: int = 200
    etag: str | None = None
    last_modified: str | None = None
    started: float = field(default_factory=monotonic)


@dataclass(frozen=True, slots=True)
class Part:
    """A further page of an item's article, as it was asked for. `reason` says why it is not in the article.

    `is_missing`: the article has it, and we have not. `retry_in` is in how many seconds it is worth another try.
    """

    url: str
    final_url: str | None = None
    status: int | None = None
    body: bytes = field(default=b"", repr=False)
    charset: str | None = None
    size: int = 0
    millis: int = 0
    outcome: Outcome = Outcome.JOINED
    reason: str | None = None
    detail: str | None = None
    is_missing: bool = False
    retry_in: float | None = None


@dataclass(slots=True)
class PageItem:
    """A fetched page on its way through the pipelines.

    A spider of your own needs no more than `yield PageItem.from_response(response)`. `source` names the source
    that the article is filed under (default: its outlet). `overrides` are Article fields that the spider
    knows better than the page tells, e.g. `{"authors": ("Ada Byron",)}`.

    The pipelines fill `result` (Extract, Clean), `parts`, the further pages of an article that has several (Extract),
    and `identity` (Identify). `part_of` is the stored article that the page is a later page of, when it is joined
    already. `attempts` is how often the link was tried before; None: it is tried this once.
    """

    url: str
    body: bytes = field(repr=False)
    charset: str | None = None
    requested_url: str | None = None
    redirects: tuple[str, ...] = ()
    hints: Hints = field(default_factory=Hints)
    source: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    fetch: Fetch = field(default_factory=Fetch)
    link_id: int | None = None
    source_id: int | None = None
    crawl_id: int | None = None
    attempts: int | None = None
    on_settled: Callable[[Outcome], None] | None = field(default=None, repr=False)
    result: Article | Drop | None = field(default=None, repr=False)
    identity: Identity | None = field(default=None, repr=False)
    part_of: int | None = None
    parts: list[Part] = field(default_factory=list, repr=False)

    @classmethod
    def from_response(cls, response: Response, **fields: Any) -> PageItem:
        """Return the item of a Scrapy response. The body is not decoded here: that is a worker's job."""
        redirects = tuple(response.meta.get("redirect_urls", ())) if response.request else ()
        return cls(
            url=response.url,
            body=response.body,
            charset=http_content_type_encoding(header(response, "Content-Type")),
            requested_url=redirects[0] if redirects else response.url,
            redirects=redirects,
            fetch=Fetch(
                status=response.status,
                etag=header(response, "ETag"),
                last_modified=header(response, "Last-Modified"),
            ),
            **fields,
        )

    @property
    def missing(self) -> Part | None:
        """The further page that the article lacks, if it is not whole."""
        return next((part for part in self.parts if part.is_missing), None)

    @property
    def joined(self) -> list[str]:
        """The addresses of the further pages that are in the article, or that lead to one that is."""
        return [url for part in self.parts if not part.is_missing for url in (part.url, part.final_url) if url]

    def page(self) -> Page:
        """Return what extraction needs of the item."""
        return Page(self.url, self.body, self.charset, self.hints)


def header(response: Response, name: str) -> str | None:
    """Return a response header as text, None when it is missing."""
    value = response.headers.get(name)
    return value.decode("latin-1").strip() if value else None
