"""Read the documents of a site that may be channels, and keep what each of them lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from crawler.discovery.document import read_document
from crawler.fetch_once import Fetched
from crawler.probing.candidates import NEWS_SITEMAP, Candidate
from crawler.probing.selection import Reading, is_archive
from crawler.probing.visitor import Visitor
from pipelines.urls import url_key
from pipelines.workers import WorkerFailure
from storage.types import ChannelKind, Found, FoundLink, Unreadable

MOST_CHILDREN = 3
T = TypeVar("T")


class Run(Protocol):
    """Calls a pure function, here or in a worker process. Raises WorkerFailure for what a worker cannot finish."""

    def __call__(self, task: Callable[..., T], /, *arguments: Any) -> T:
        """Return what the task returns."""


def here(task: Callable[..., T], /, *arguments: Any) -> T:
    """Run a task in this process."""
    return task(*arguments)


class Explorer:
    """Collects `readings`, each channel once, in the order in which they were read."""

    def __init__(self, visitor: Visitor, run: Run, now: datetime) -> None:
        self.readings: list[Reading] = []
        self._visitor = visitor
        self._run = run
        self._now = now
        self._asked: set[str] = set()

    def has(self, kind: ChannelKind) -> bool:
        """Tell whether a channel of this kind was found."""
        return any(reading.kind is kind and reading.links for reading in self.readings)

    def has_news_sitemap(self) -> bool:
        """Tell whether a sitemap was found that lists what is new."""
        sitemaps = [one for one in self.readings if one.kind is ChannelKind.SITEMAP and one.links]
        return any(not is_archive(one, self._now) for one in sitemaps)

    def read(self, candidates: Iterable[Candidate], until: Callable[[], bool] = lambda: False) -> None:
        """Fetch and read candidates, until enough is known."""
        for candidate in candidates:
            if until():
                return
            key = url_key(candidate.url)
            if key in self._asked:
                continue
            self._asked.add(key)
            page = self._visitor.get(candidate.url)
            if isinstance(page, Fetched):
                self.take(candidate, page)
            else:
                self._fail(candidate, page.reason)

    def take(self, candidate: Candidate, page: Fetched) -> None:
        """Read a candidate that was fetched. A guess that turns out to be something else was none."""
        self._asked |= {url_key(candidate.url), url_key(page.url)}
        found = self._document(page, candidate.kind)
        if isinstance(found, Unreadable):
            self._fail(candidate, found.reason)
        elif found.kind is not candidate.kind:
            self._fail(candidate, f"it is a {found.kind.value}, not a {candidate.kind.value}")
        else:
            links = [link for link in found.links if link.kind == "article"]
            for child in _telling([link for link in found.links if link.kind == "sitemap"]):
                links += self._child(child)
            self._note(Reading(found.kind, page.url, candidate.why, tuple(links), found.title, found.language))

    def _fail(self, candidate: Candidate, problem: str) -> None:
        if not candidate.guessed:
            self._note(Reading(candidate.kind, candidate.url, candidate.why, problem=problem))

    def kind_of(self, page: Fetched) -> ChannelKind:
        """Return what a document is; what cannot be read is a page like any other."""
        found = self._document(page, None)
        return found.kind if isinstance(found, Found) else ChannelKind.SECTION

    def _document(self, page: Fetched, kind: ChannelKind | None) -> Found | Unreadable:
        try:
            return self._run(read_document, page.body, page.url, kind, page.content_type)
        except WorkerFailure as failure:
            return Unreadable(str(failure))

    def _child(self, child: FoundLink) -> list[FoundLink]:
        """Return the links of a child sitemap, which is a channel of its own when its address is there to stay."""
        page = self._visitor.get(child.url)
        found = self._document(page, ChannelKind.SITEMAP) if isinstance(page, Fetched) else None
        if not isinstance(page, Fetched) or not isinstance(found, Found):
            return []
        self._asked |= {url_key(child.url), url_key(page.url)}
        links = [link for link in found.links if link.kind == "article"]
        reading = Reading(found.kind, page.url, "in a sitemap index", tuple(links), None, found.language)
        stays = not any(character.isdigit() for character in urlsplit(page.url).path)
        if links and stays and not is_archive(reading, self._now):
            self._note(reading)
        return links

    def _note(self, reading: Reading) -> None:
        key = (reading.kind, url_key(reading.url))
        if all((other.kind, url_key(other.url)) != key for other in self.readings):
            self.readings.append(reading)


def _telling(children: Sequence[FoundLink]) -> list[FoundLink]:
    """Return the children of an index that tell most: those called news, then the newest, then the last listed."""
    oldest = datetime.min.replace(tzinfo=UTC)
    placed = list(enumerate(children))
    placed.sort(key=lambda one: (bool(NEWS_SITEMAP.search(one[1].url)), one[1].updated or oldest, one[0]), reverse=True)
    return [child for _, child in placed[:MOST_CHILDREN]]
