"""Probe a home page: find its feeds, sitemaps and section pages, score them, and preview what they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import lxml.html
from protego import Protego

from crawler.config import Config
from crawler.discovery.charset import decode
from crawler.discovery.document import read_document, sniff
from crawler.fetch_once import Fetched, fetch
from pipelines.clean import clean_text
from pipelines.extract import extract
from pipelines.language import code_of
from pipelines.urls import host_of, url_key
from storage.errors import FailureError
from storage.types import Article, ChannelKind, Found, FoundLink, Page

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml")
FEED_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/feed.json", "/index.xml")
SITEMAP_PATHS = ("/news-sitemap.xml", "/sitemap_news.xml", "/sitemap-news.xml", "/sitemap.xml")
MOST_CANDIDATES = 12
MOST_CHILDREN = 3
PREVIEWS = 3
NEW_SHARE = 0.2
"""A channel is worth polling when at least this share of its links is not in the channels chosen before it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A channel that was found, with what it lists. `overlap` is the share that chosen channels list already."""

    kind: ChannelKind
    url: str
    links: int
    newest: datetime | None
    per_day: float | None
    overlap: float = 0.0
    chosen: bool = False
    why: str = ""
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Preview:
    """An article as it would be stored."""

    url: str
    headline: str
    published: datetime | None
    authors: tuple[str, ...]
    words: int
    start: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What a site offers."""

    title: str
    home: str
    language: str | None
    channels: tuple[Candidate, ...]
    previews: tuple[Preview, ...]


class _Site:
    """Fetches pages of one site as its robots.txt allows."""

    def __init__(self, home: str, config: Config) -> None:
        self._config = config
        parts = urlsplit(home)
        self.root = f"{parts.scheme}://{parts.netloc}"
        robots = self._try(f"{self.root}/robots.txt")
        text = decode(robots.body) if robots is not None and robots.status < 400 else ""
        self._rules = Protego.parse(text)
        self.sitemaps = list(dict.fromkeys(self._rules.sitemaps))

    def get(self, url: str) -> Fetched | None:
        """Return a page, None when it is not to be had."""
        if host_of(url) and urljoin(url, "/") == f"{self.root}/" and not self._rules.can_fetch(url, self._config.agent):
            return None
        found = self._try(url)
        return found if found is not None and found.status < 400 else None

    def _try(self, url: str) -> Fetched | None:
        try:
            return fetch(url, self._config)
        except FailureError:
            return None


def probe(url: str, config: Config) -> Probe:
    """Return what a site offers. Raises FailureError when the page cannot be had, UsageError for no URL."""
    page = fetch(url, config)
    if page.status >= 400:
        raise FailureError(f"{url}: HTTP {page.status}")
    site = _Site(page.url, config)
    if sniff(page.body, page.content_type) is not ChannelKind.SECTION:
        return _of_channel(page, site)
    tree = lxml.html.document_fromstring(
        decode(page.body, page.charset).encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8")
    )
    candidates = [one for document in _documents(tree, page, site) for one in _candidates(document, site)]
    chosen = choose(candidates)
    return Probe(
        title=_title(tree) or host_of(page.url),
        home=page.url,
        language=code_of(tree.get("lang")),
        channels=tuple(candidate for candidate, _ in chosen),
        previews=_previews(chosen, site),
    )


def _title(tree: lxml.html.HtmlElement) -> str:
    named = tree.xpath('string(//meta[@property="og:site_name"]/@content)')
    return clean_text(str(named) or tree.findtext(".//title") or "", 120)


def _of_channel(page: Fetched, site: _Site) -> Probe:
    """The URL is itself a feed or sitemap."""
    chosen = choose(list(_candidates(page, site)))
    found = read_document(page.body, page.url, None, page.content_type)
    title = found.title if isinstance(found, Found) and found.title else host_of(page.url)
    language = found.language if isinstance(found, Found) else None
    return Probe(title, f"{site.root}/", language, tuple(one for one, _ in chosen), _previews(chosen, site))


def _documents(tree: lxml.html.HtmlElement, page: Fetched, site: _Site) -> Iterator[Fetched]:
    """Yield the documents that may be channels: declared feeds, usual paths, sitemaps, and the page itself."""
    declared = [urljoin(page.url, href) for href in _declared(tree)]
    feeds = [f for url in list(dict.fromkeys(declared))[:MOST_CANDIDATES] if (f := site.get(url))]
    if not feeds:
        guesses = (site.get(f"{site.root}{path}") for path in FEED_PATHS)
        feeds = [next((f for f in guesses if f is not None and sniff(f.body) is ChannelKind.FEED), None)]  # type: ignore[list-item]
    yield from (feed for feed in feeds if feed is not None)
    sitemaps = site.sitemaps or [f"{site.root}{path}" for path in SITEMAP_PATHS]
    yield from (s for url in sitemaps[:MOST_CANDIDATES] if (s := site.get(url)) is not None)
    yield page


def _declared(tree: lxml.html.HtmlElement) -> Iterator[str]:
    for link in tree.iter("link"):
        kind = (link.get("type") or "").lower().partition(";")[0].strip()
        if "alternate" in (link.get("rel") or "").lower() and kind in FEED_TYPES and link.get("href"):
            text = f"{link.get('title') or ''} {link.get('href')}".lower()
            if "comment" not in text and "kommentar" not in text:
                yield str(link.get("href"))
    for anchor in tree.iter("a"):
        path = urlsplit(anchor.get("href") or "").path.rstrip("/").lower()
        if path.endswith((".rss", "/rss", "/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/feed.json")):
            yield str(anchor.get("href"))


def _candidates(page: Fetched, site: _Site) -> Iterator[tuple[Candidate, tuple[FoundLink, ...]]]:
    """Yield the document as a candidate; of an index also its newest children's links."""
    found = read_document(page.body, page.url, None, page.content_type)
    if not isinstance(found, Found):
        return
    links = tuple(link for link in found.links if link.kind == "article")
    children = [link for link in found.links if link.kind == "sitemap"]
    children.sort(key=lambda link: link.updated or datetime.min.replace(tzinfo=UTC), reverse=True)
    for child in children[:MOST_CHILDREN]:
        answer = site.get(child.url)
        inner = read_document(answer.body, answer.url, ChannelKind.SITEMAP) if answer is not None else None
        if isinstance(inner, Found):
            links += tuple(link for link in inner.links if link.kind == "article")
    if links:
        yield _measure(found.kind, page.url, links), links


def _measure(kind: ChannelKind, url: str, links: tuple[FoundLink, ...]) -> Candidate:
    dates = sorted((link.published or link.updated for link in links if link.published or link.updated), reverse=True)  # type: ignore[type-var]
    newest = dates[0] if dates else None
    oldest = dates[-1] if dates else None
    span = (newest - oldest).total_seconds() / 86400 if newest and oldest else 0
    per_day = round(len(dates) / max(span, 1 / 24), 1) if len(dates) > 1 else None
    return Candidate(kind, url, len(links), newest, per_day, keys=frozenset(url_key(link.url) for link in links))


def choose(
    found: Iterable[tuple[Candidate, tuple[FoundLink, ...]]],
) -> list[tuple[Candidate, tuple[FoundLink, ...]]]:
    """Mark the channels to poll: feeds first, then sitemaps, then section pages, each for what it adds."""
    rank = {ChannelKind.FEED: 0, ChannelKind.SITEMAP: 1, ChannelKind.SECTION: 2}
    distinct = {candidate.url: (candidate, links) for candidate, links in found}
    ordered = sorted(distinct.values(), key=lambda pair: (rank[pair[0].kind], -_freshness(pair[0])))
    covered: set[str] = set()
    marked = []
    for candidate, links in ordered:
        overlap = len(candidate.keys & covered) / max(len(candidate.keys), 1)
        old = candidate.newest is not None and datetime.now(UTC) - candidate.newest > timedelta(days=60)
        chosen = not old and 1 - overlap >= NEW_SHARE
        why = "nothing newer than 60 days" if old else "adds links" if chosen else "lists what the others list"
        marked.append((replace(candidate, overlap=overlap, chosen=chosen, why=why), links))
        if chosen:
            covered |= candidate.keys
    return marked


def _freshness(candidate: Candidate) -> float:
    return candidate.newest.timestamp() if candidate.newest is not None else 0.0


def _previews(chosen: list[tuple[Candidate, tuple[FoundLink, ...]]], site: _Site) -> tuple[Preview, ...]:
    links = {url_key(link.url): link for candidate, found in chosen if candidate.chosen for link in found}
    zero = datetime.min.replace(tzinfo=UTC)
    newest = sorted(links.values(), key=lambda link: link.published or link.updated or zero, reverse=True)
    previews: list[Preview] = []
    for link in newest[: PREVIEWS * 3]:
        page = site.get(link.url)
        result = extract(Page(page.url, page.body, page.charset)) if page is not None else None
        if isinstance(result, Article):
            published = result.published.value if result.published else link.published
            start = " ".join(result.body.split())[:200]
            previews.append(
                Preview(
                    page.url if page else link.url, result.headline, published, result.authors, result.word_count, start
                )
            )
        if len(previews) == PREVIEWS:
            break
    return tuple(previews)
