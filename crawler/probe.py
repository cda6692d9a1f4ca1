"""Probe a site: find its feeds, sitemaps and section pages, choose among them, preview what they lead to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.config import Config
from crawler.fetch_once import Fetched, fetch
from crawler.probing.candidates import NEWS_SITEMAP, Candidate, Home, guessed_feeds, guessed_sitemaps, read_home
from crawler.probing.explorer import Explorer, Run, here
from crawler.probing.previews import Preview, preview
from crawler.probing.selection import ProbedChannel, Reading, is_archive, select
from crawler.probing.visitor import Fetch, Miss, Visitor
from crawler.sources import Source
from pipelines.hosts import host_of
from pipelines.workers import WorkerFailure
from storage.errors import FailureError, UsageError
from storage.types import ChannelKind, FoundLink

MOST_FEEDS = 10
MOST_SITEMAPS = 5
MOST_SECTIONS = 3
ARCHIVE_AGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a site offers. `max_age` is a limit that its channels need, since one of them lists the archive too."""

    title: str
    home: str
    language: str | None
    channels: tuple[ProbedChannel, ...]
    previews: tuple[Preview, ...] = ()
    max_age: timedelta | None = None

    def source(self, name: str) -> Source:
        """Return the source that polls the chosen channels."""
        chosen = {kind: tuple(c.url for c in self.channels if c.chosen and c.kind is kind) for kind in ChannelKind}
        return Source(
            name=name,
            title=self.title,
            home=self.home,
            feeds=chosen[ChannelKind.FEED],
            sitemaps=chosen[ChannelKind.SITEMAP],
            sections=chosen[ChannelKind.SECTION],
            language=self.language,
            max_age=self.max_age,
        )


def probe(
    url: str,
    config: Config,
    fetch: Fetch = fetch,
    run: Run = here,
    report: Callable[[str], None] = lambda url: None,
) -> Probe:
    """Return what the site of a URL offers; a feed or sitemap is taken as the one channel.

    `report` is told each URL that is asked for. Raises UsageError for no URL, FailureError when the site cannot be had.
    """
    if not host_of(url):
        raise UsageError(f"{url!r} is not a URL; write e.g. https://example.org/")
    return _Probing(Visitor(config, fetch, report), run).of(url)


class _Probing:
    """One probe of one site."""

    def __init__(self, visitor: Visitor, run: Run) -> None:
        self._visitor = visitor
        self._run = run
        self._now = datetime.now(UTC)
        self._explorer = Explorer(visitor, run, self._now)

    def of(self, url: str) -> Probe:
        """Return what the site of this URL offers."""
        page = self._visitor.get(url)
        if isinstance(page, Miss):
            return self._closed(url, page)
        kind = self._explorer.kind_of(page)
        if kind is not ChannelKind.SECTION:
            return self._one_channel(page, kind)
        home = self._read_home(page)
        self._look_around(page.url, home, page)
        return self._finish(home, page.url, select(self._explorer.readings, self._now))

    def _closed(self, url: str, miss: Miss) -> Probe:
        """A home page may be closed to robots while the feeds are not; where they lie can still be guessed."""
        failure = FailureError(miss.reason if url in miss.reason else f"{url}: {miss.reason}")
        if miss.status not in (401, 403):
            raise failure
        self._look_around(url, Home(), None)
        channels = select(self._explorer.readings, self._now)
        if not channels:
            raise failure
        return self._finish(Home(), url, channels)

    def _one_channel(self, page: Fetched, kind: ChannelKind) -> Probe:
        self._explorer.take(Candidate(kind, page.url, "as given"), page)
        reading = self._explorer.readings[-1]
        if reading.problem or not reading.links:
            raise FailureError(f"{page.url}: {reading.problem or 'it lists nothing'}")
        channel = replace(select([reading], self._now)[0], chosen=True)
        return self._finish(Home(), _home_of(reading.links, page.url), (channel,))

    def _read_home(self, page: Fetched) -> Home:
        try:
            return self._run(read_home, page.body, page.url, page.charset)
        except WorkerFailure:
            return Home()

    def _look_around(self, url: str, home: Home, page: Fetched | None) -> None:
        """Read what may be channels: what is declared, and the usual places where nothing is."""
        explorer = self._explorer
        explorer.read(home.feeds[:MOST_FEEDS])
        explorer.read(guessed_feeds(url), until=lambda: explorer.has(ChannelKind.FEED))
        # The sitemaps of a site list more than one section of it, whose own feed is the better choice.
        if urlsplit(url).path in ("", "/") or not explorer.has(ChannelKind.FEED):
            explorer.read(self._named_sitemaps(url))
            explorer.read(guessed_sitemaps(url), until=explorer.has_news_sitemap)
        if page is not None:
            explorer.take(Candidate(ChannelKind.SECTION, url, "the page itself"), page)
        if all(not channel.chosen for channel in select(explorer.readings, self._now) if channel.kind != "section"):
            explorer.read(home.sections[:MOST_SECTIONS])

    def _named_sitemaps(self, url: str) -> list[Candidate]:
        named = sorted(self._visitor.sitemaps(url), key=lambda one: NEWS_SITEMAP.search(urlsplit(one).path) is None)
        return [Candidate(ChannelKind.SITEMAP, one, "named by robots.txt") for one in named[:MOST_SITEMAPS]]

    def _finish(self, home: Home, url: str, channels: tuple[ProbedChannel, ...]) -> Probe:
        urls = {(channel.kind, channel.url) for channel in channels if channel.chosen}
        chosen = [one for one in self._explorer.readings if (one.kind, one.url) in urls]
        previews = preview([link for one in chosen for link in one.links], self._visitor, self._run)
        return Probe(
            title=home.title or next((one.title for one in chosen if one.title), None) or home.heading or host_of(url),
            home=url,
            language=home.language or _language(chosen, previews),
            channels=channels,
            previews=previews,
            max_age=ARCHIVE_AGE if any(is_archive(one, self._now) for one in chosen) else None,
        )


def _language(readings: Sequence[Reading], previews: Sequence[Preview]) -> str | None:
    told = [one.language for one in readings if one.language] or [one.language for one in previews if one.language]
    return Counter(told).most_common(1)[0][0] if told else None


def _home_of(links: Sequence[FoundLink], url: str) -> str:
    """Return the home page of a channel's outlet: the root of the host that most of its links lead to."""
    roots = Counter(f"{urlsplit(link.url).scheme}://{host_of(link.url)}/" for link in links)
    root, number = roots.most_common(1)[0]
    return root if number * 2 > len(links) else f"{urlsplit(url).scheme}://{host_of(url)}/"
