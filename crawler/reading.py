"""Read the documents of channels in worker processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scrapy.http import Response

from crawler.discovery.document import read_document
from pipelines.items import header
from pipelines.session import Session
from pipelines.urls import url_key
from pipelines.workers import WorkerFailure
from storage.types import ChannelKind, Found, Unreadable

ENDS = 200


async def read_answer(session: Session, response: Response, kind: ChannelKind) -> Found | Unreadable:
    """Return what a document lists; one that no worker can read is unreadable like any other."""
    told = header(response, "Content-Type") or ""
    try:
        return await session.pool.run(read_document, response.body, response.url, kind, told)
    except WorkerFailure as failure:
        return Unreadable(f"reading it failed: {failure}")


def pages_of(found: Found) -> list[str]:
    """Return the addresses of the pages that a document lists."""
    return [link.url for link in found.links if link.kind == "article"]


def keys_of(found: Found) -> list[str]:
    """Return the keys of the pages that a document lists."""
    return [url_key(url) for url in pages_of(found)]


def keys_ends_first(urls: Sequence[str]) -> Iterator[str]:
    """Yield the keys of a document's pages, the last ones and the first ones in front: what was listed before stands
    most often at one end.
    """
    tail, head = urls[-ENDS:], urls[: max(0, len(urls) - ENDS)]
    return (url_key(url) for url in (*reversed(tail), *head))
