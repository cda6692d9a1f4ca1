"""Where the channels of a site may be: what its home page declares and links, and where they usually are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from crawler.discovery.addresses import absolute
from pipelines.clean import clean_text
from pipelines.hosts import host_of, registrable_domain
from pipelines.language import code_of
from pipelines.markup import decode, overgrown, oversize, without_scripts
from pipelines.urls import url_key
from storage.types import ChannelKind, Page

FEED_PATHS = ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "feed.json", "index.xml")
SITEMAP_PATHS = ("sitemap.xml", "news-sitemap.xml", "sitemap_news.xml")
NEWS_SITEMAP = re.compile(r"news(?!letter)|google|latest|recent|actual|noticias|nachrichten", re.IGNORECASE)

_FEED_TYPES = re.compile(r"^(?:application|text)/(?:(?:rss|atom|rdf|feed)\+(?:xml|json)|xml|json)$")
_FEED_LINK = re.compile(r"(?:^|/)(?:feeds?|rss|atom)/?$|\.(?:rss|atom)$|/(?:feed|rss|atom|index)\.(?:xml|rdf|json)$")
_COMMENTS = re.compile(r"comment|kommentar|coment[aá]rio|reacties|отзыв|комментари|コメント", re.IGNORECASE)
_OEMBED = re.compile(r"oembed|wp-json", re.IGNORECASE)
_BARS = {"nav", "header", "menu"}
_BAR_NAMES = re.compile(r"(?:^|[-_ ])(?:nav\w*|menu|sections?|ressorts?|rubri\w+)(?:$|[-_ ])", re.IGNORECASE)
_NEWS_WORDS = re.compile(
    r"/(?:news|latest|world|politics|business|economy|local|national|international|uk|us|europe|nachrichten|aktuell\w*"
    r"|politik|wirtschaft|welt|inland|ausland|panorama|actualites?|politique|economie|monde|societe|noticias|politica"
    r"|economia|mundo|internacional|nacional|sociedad|notizie|cronaca|mondo|esteri|nieuws|binnenland|buitenland"
    r"|nyheter|nyheder|wiadomosci|kraj|swiat)(?:/|$)",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"/(?:login|sign|register|account|subscri|abo|newsletter|about|contact|kontakt|impressum|privacy|datenschutz|terms"
    r"|shop|store|jobs|careers|search|suche|help|faq|weather|wetter|games|podcast|video|live|tv|epaper|e-paper|rss|feed)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s+[|·•»«–—:-]+\s+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be a channel, and why that is thought. `guessed` ones are no news when they are not there."""

    kind: ChannelKind
    url: str
    why: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """What a home page says of its outlet. `heading` may be its name too, or what it says today."""

    title: str | None = None
    heading: str | None = None
    language: str | None = None
    feeds: tuple[Candidate, ...] = ()
    sections: tuple[Candidate, ...] = ()


def read_home(body: bytes, url: str, charset: str | None = None) -> Home:
    """Return what a home page says: who it is, which feeds it declares or links, which sections it has."""
    text = without_scripts(decode(Page(url, body, charset)).replace("\x00", "")) if oversize(body) is None else ""
    if not text.strip() or overgrown(text) is not None:
        return Home()
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8")
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Home()
    found = tree.find(".//base[@href]")
    base = (absolute(url, found.get("href") or "") if found is not None else None) or url
    feeds = _distinct([*_declared(tree, base), *_linked(tree, base, url)])
    title, heading = _titles(tree, url)
    return Home(title, heading, code_of(tree.get("lang")), feeds, _sections(tree, base, url))


def guessed_feeds(home: str) -> list[Candidate]:
    """Return where the feed of a site usually is: below the page itself, then at the root."""
    folder = urlsplit(home).path.rstrip("/")
    paths = [f"{folder}/{name}" for name in FEED_PATHS[:3]] if folder else []
    paths += [f"/{name}" for name in FEED_PATHS]
    urls = [url for path in paths if (url := absolute(home, path)) is not None]
    return [Candidate(ChannelKind.FEED, url, "a usual place", guessed=True) for url in urls]


def guessed_sitemaps(home: str) -> list[Candidate]:
    """Return where the sitemaps of a site usually are."""
    urls = [url for path in SITEMAP_PATHS if (url := absolute(home, f"/{path}")) is not None]
    return [Candidate(ChannelKind.SITEMAP, url, "a usual place", guessed=True) for url in urls]


def is_about_comments(*texts: str | None) -> bool:
    """Tell whether a feed's title or address says that it lists readers' comments."""
    return any(_COMMENTS.search(text) for text in texts if text)


def _distinct(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple({one.url: one for one in reversed(candidates)}.values())[::-1]


def _declared(tree: HtmlElement, base: str) -> Iterator[Candidate]:
    for link in tree.iter("link"):
        kind = (link.get("type") or "").lower().partition(";")[0].strip()
        href = link.get("href") or ""
        if "alternate" not in (link.get("rel") or "").lower().split() or not _FEED_TYPES.match(kind):
            continue
        url = absolute(base, href)
        if url is None or _OEMBED.search(href) or is_about_comments(link.get("title"), urlsplit(url).path):
            continue
        yield Candidate(ChannelKind.FEED, url, "declared by the page")


def _linked(tree: HtmlElement, base: str, page: str) -> Iterator[Candidate]:
    for anchor in tree.iter("a"):
        url = absolute(base, anchor.get("href") or "")
        if url is None or url_key(url) == url_key(page) or not _FEED_LINK.search(urlsplit(url).path.lower()):
            continue
        near = registrable_domain(url) == registrable_domain(page) or host_of(url).startswith(("feed", "rss"))
        if near and not is_about_comments(urlsplit(url).path):
            yield Candidate(ChannelKind.FEED, url, "linked on the page")


def _titles(tree: HtmlElement, url: str) -> tuple[str | None, str | None]:
    """Return the outlet's name, as declared or as the part of the title that the host agrees with; and a weaker one."""
    for place in ('@property="og:site_name"', '@name="application-name"', '@name="apple-mobile-web-app-title"'):
        named = clean_text(str(tree.xpath(f"string(//meta[{place}]/@content)")), 120)
        if named:
            return named, None
    title = clean_text(tree.findtext(".//title") or "", 200)
    parts = [part for part in _SPLIT.split(title) if part]
    label = _letters(registrable_domain(url).partition(".")[0])
    for part in parts:
        letters = _letters(part)
        if letters and label and (letters in label or label in letters):
            return part, None
    return None, parts[0] if parts else None


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _sections(tree: HtmlElement, base: str, page: str) -> tuple[Candidate, ...]:
    """Return the section pages that navigation leads to, those with news first."""
    outlet, own = registrable_domain(page), url_key(page)
    found: dict[str, Candidate] = {}
    for anchor in tree.iter("a"):
        url = absolute(base, (anchor.get("href") or "").partition("#")[0])
        if url is None or registrable_domain(url) != outlet or not _is_section(url, anchor):
            continue
        if url_key(url) != own:
            found.setdefault(url_key(url), Candidate(ChannelKind.SECTION, url, "a section in the navigation"))
    return tuple(sorted(found.values(), key=lambda one: _NEWS_WORDS.search(urlsplit(one.url).path) is None))


def _is_section(url: str, anchor: HtmlElement) -> bool:
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    words = clean_text(" ".join(anchor.itertext()), 100).split()
    if not 1 <= len(steps) <= 2 or not 1 <= len(words) <= 3 or parts.query or _SERVICE.search(parts.path):
        return False
    if any(step.count("-") > 2 or "." in step or any(c.isdigit() for c in step) for step in steps):
        return False
    return any(
        element.tag in _BARS or _BAR_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        for element in list(anchor.iterancestors())[:6]
    )
