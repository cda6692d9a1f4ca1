"""Find a feed that is gone: on the home page of its source, among the feeds that it declares or links."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin

from scrapy.http import Response
from w3lib.encoding import http_content_type_encoding

from crawler.desk import Desk
from crawler.followups import FollowUps
from crawler.probing.candidates import read_home
from crawler.reading import keys_of, read_answer
from crawler.work import Work
from pipelines.items import header
from pipelines.urls import url_key
from pipelines.workers import WorkerFailure
from storage.moves import taken_addresses
from storage.polls import count_known
from storage.types import Channel, ChannelKind, Found

MOST_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Sought:
    """A feed that was found in place of one that is gone: the answer, and what it lists."""

    response: Response
    found: Found


class FeedSeeker:
    """Looks for feeds by autodiscovery."""

    def __init__(self, desk: Desk, followups: FollowUps) -> None:
        self._desk = desk
        self._followups = followups

    async def seek(self, work: Work, channel: Channel) -> Sought | None:
        """Return the feed that takes a channel's place: of the first few that are no channel yet and can be read, the
        one that lists most of what the channel has listed; None when there is none.
        """
        best: tuple[int, Sought] | None = None
        others = await self._desk.session.read(partial(taken_addresses, source_id=channel.source_id, but=channel.id))
        taken = {url_key(url) for url in (*others, channel.url, work.url)}
        feeds = [url for url in await self._feeds(work, channel) if url_key(url) not in taken]
        for url in feeds[:MOST_CANDIDATES]:
            sought = await self._read(work, url)
            if sought is None or url_key(sought.response.url) in taken:
                continue
            keys = keys_of(sought.found)
            known = await self._desk.session.read(partial(count_known, channel_id=channel.id, keys=keys))
            if best is None or known > best[0]:
                best = known, sought
        return best[1] if best is not None else None

    async def _feeds(self, work: Work, channel: Channel) -> list[str]:
        """Return the feeds that the home page names."""
        source = self._desk.roster.source(channel.source_id)
        home = (source.home if source is not None else None) or urljoin(channel.url, "/")
        answer = await self._followups.get(work, home, "the home page, for the feed's new address")
        if not isinstance(answer, Response):
            return []
        charset = http_content_type_encoding(header(answer, "Content-Type"))
        try:
            page = await self._desk.session.pool.run(read_home, answer.body, answer.url, charset)
        except WorkerFailure:
            return []
        return [feed.url for feed in page.feeds]

    async def _read(self, work: Work, url: str) -> Sought | None:
        answer = await self._followups.get(work, url, "perhaps the feed's new address")
        if not isinstance(answer, Response):
            return None
        found = await read_answer(self._desk.session, answer, ChannelKind.FEED)
        return Sought(answer, found) if isinstance(found, Found) and found.links else None
