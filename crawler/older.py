"""After an overflow: read a feed's older pages until they meet an entry that is known, so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from scrapy.http import Response

from crawler.desk import Desk
from crawler.discovery.advice import next_page
from crawler.followups import FollowUps
from crawler.overflow import MOST_PAGES
from crawler.reading import keys_of, read_answer
from crawler.work import Work
from storage.polls import lists_known
from storage.types import Channel, ChannelKind, Found


@dataclass(frozen=True, slots=True)
class Older:
    """A document with the entries of its older pages; `is_met` tells that they led back to a known one."""

    found: Found
    is_met: bool = False


class OlderPages:
    """Reads the pages that follow a feed's first: by its own links (RFC 5005), or as WordPress numbers them."""

    def __init__(self, desk: Desk, followups: FollowUps) -> None:
        self._desk = desk
        self._followups = followups

    async def read(self, work: Work, channel: Channel, found: Found) -> Older:
        """Return the document with what its older pages list, at most MOST_PAGES of them."""
        older, asked = found.older, {work.url}
        for _ in range(MOST_PAGES):
            if older is None or older in asked:
                break
            asked.add(older)
            page = await self._page(work, older)
            keys = keys_of(page) if page is not None else []
            if page is None or not set(keys) - set(keys_of(found)):
                break  # the server knows no pages, and gives the first again
            found = replace(found, links=(*found.links, *page.links))
            if await self._desk.session.read(partial(lists_known, channel_id=channel.id, keys=keys)):
                return Older(found, is_met=True)
            older = page.older or (next_page(older) if "paged=" in older else None)
        return Older(found)

    async def _page(self, work: Work, url: str) -> Found | None:
        answer = await self._followups.get(work, url, "older entries, after an overflow")
        if not isinstance(answer, Response):
            return None
        page = await read_answer(self._desk.session, answer, ChannelKind.FEED)
        return page if isinstance(page, Found) else None
