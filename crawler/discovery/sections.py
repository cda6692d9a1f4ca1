"""Read section pages: tell the links to articles from navigation, by address, place and words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from crawler.discovery.charset import decode
from crawler.discovery.markup import join
from pipelines.clean import clean_text
from pipelines.extract import overgrown, oversize, without_scripts
from pipelines.language import code_of
from pipelines.urls import registrable_domain, url_key
from storage.types import ChannelKind, Drop, Found, FoundLink, Unreadable

MAX_LINKS = 1_000
ENOUGH = 3.0

_DATED = re.compile(r"/(?:19|20)\d{2}[/-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]?\d{1,2})?/|/(?:19|20)\d{6}")
_NUMBERED = re.compile(
    r"(?:[/_-]|\b[a-z]{1,4})\d{5,}(?:\.html?)?$|/\d{5,}/|[-_.,]\d{4,}(?:\.\w{2,5})?$|\bid=\d{3,}|\bp=\d+"
)
_NAVIGATION = re.compile(
    r"/(?:tags?|topics?|themen?|thema|categor(?:y|ies|ia)|kategorie|authors?|autor(?:en|es)?|auteurs?|profile|people|users?|members?"
    r"|search|suche|buscar|recherche|login|signin|sign-in|register|account|konto|abo|subscribe|subscriptions?|newsletters?"
    r"|about(?:-us)?|contact|kontakt|contacto|impressum|imprint|privacy(?:-policy)?|datenschutz|terms(?:-[\w-]+)?|cookies?|agb|help|faq"
    r"|jobs|careers|advertis\w*|werbung|shop|store|rss|feeds?|sitemap|archives?|archiv|page|seite|pagina|weather|wetter"
    r"|podcasts?|horoscopes?|games|puzzles|crosswords?|wp-admin|wp-login\.php|cart)(?:/|$|\?)",
    re.IGNORECASE,
)
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|rss|json|ico)$", re.IGNORECASE)
_ASIDE = {"nav", "footer", "header", "form", "menu"}
_ASIDE_NAMES = re.compile(
    r"(?:^|[-_ ])(?:nav(?:bar|igation)?|menu|footer|breadcrumbs?|social|share|cookie|login)(?:$|[-_ ])", re.IGNORECASE
)
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class _Seen:
    """Every anchor of one address: its texts, and the best place it stands in."""

    url: str
    texts: list[str] = field(default_factory=list)
    in_heading: bool = False
    in_article: bool = False
    in_navigation: bool = True
    with_image: bool = False

    @property
    def title(self) -> str:
        return max(self.texts, key=len, default="")


def read_section(body: bytes, url: str) -> Found | Unreadable:
    """Return the links of a section page that lead to articles, in document order."""
    problem = oversize(body)
    text = without_scripts(decode(body).replace("\x00", "")) if problem is None else ""
    problem = problem or overgrown(text)
    if isinstance(problem, Drop):
        return Unreadable(f"{problem.reason}: {problem.detail}")
    if not text.strip():
        return Unreadable("the document is empty")
    try:
        tree = lxml.html.document_fromstring(
            text.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        return Unreadable(f"not HTML: {error}")
    seen = _anchors(tree, _base(tree, url), url)
    links = [FoundLink(one.url, one.title or None) for one in seen if _score(one, url) >= ENOUGH]
    return Found(
        ChannelKind.SECTION,
        tuple(links[:MAX_LINKS]),
        title=clean_text(tree.findtext(".//title") or "") or None,
        language=code_of(tree.get("lang")),
        truncated=max(0, len(links) - MAX_LINKS),
    )


def _base(tree: HtmlElement, url: str) -> str:
    base = tree.find(".//base[@href]")
    return (join(url, base.get("href") or "") if base is not None else None) or url


def _anchors(tree: HtmlElement, base: str, url: str) -> list[_Seen]:
    own, outlet = url_key(url), registrable_domain(url)
    seen: dict[str, _Seen] = {}
    for anchor in tree.iter("a"):
        href = anchor.get("href")
        if not href or len(href) > 2000 or href.startswith(("#", "javascript:", "mailto:")):
            continue
        address = join(base, href.partition("#")[0])
        if address is None or registrable_domain(address) != outlet:
            continue
        key = url_key(address)
        if key != own:
            _note(seen.setdefault(key, _Seen(address)), anchor)
    return list(seen.values())


def _note(seen: _Seen, anchor: HtmlElement) -> None:
    heading = next((h for h in anchor.iter("h1", "h2", "h3", "h4", "h5")), None)
    text = clean_text(" ".join((heading if heading is not None else anchor).itertext()), 300)
    if text:
        seen.texts.append(text)
    around = [anchor, *list(anchor.iterancestors())[:12]]
    names = [str(element.tag) for element in around]
    seen.in_heading = (
        seen.in_heading or heading is not None or any(n in ("h1", "h2", "h3", "h4", "h5") for n in names[:4])
    )
    seen.in_article = seen.in_article or "article" in names
    seen.with_image = seen.with_image or next(anchor.iter("img", "picture"), None) is not None
    aside = any(name in _ASIDE for name in names) and "article" not in names and "main" not in names
    aside = aside or any(_ASIDE_NAMES.search(f"{e.get('class') or ''} {e.get('id') or ''}") for e in around[:6])
    seen.in_navigation = seen.in_navigation and aside


def _score(seen: _Seen, page: str) -> float:
    """Return how much a link looks like an article's: ENOUGH and more is one."""
    parts = urlsplit(seen.url)
    path = parts.path
    if (path in ("", "/") and not parts.query) or _FILES.search(path):
        return -9.0
    slug = next((part for part in reversed(path.split("/")) if part), "")
    hyphens = slug.count("-") + slug.count("_")
    score = 0.0
    score += 2.0 if _DATED.search(path) else 0.0
    score += 1.5 if _NUMBERED.search(f"{path}{'?' + parts.query if parts.query else ''}") else 0.0
    score += 2.0 if hyphens >= 3 else 1.0 if hyphens == 2 or len(slug) > 30 else 0.0
    score += 0.5 if path.endswith((".html", ".htm", ".shtml")) else 0.0
    score -= 3.0 if _NAVIGATION.search(path) else 0.0
    return score + _words_score(seen) - (2.5 if seen.in_navigation else 0.0)


def _words_score(seen: _Seen) -> float:
    words = len(seen.title.split())
    characters = len(_UNSPACED.findall(seen.title))
    headline = 2.5 if words >= 5 or characters >= 10 else 1.5 if words == 4 or characters >= 6 else 0.0
    place = (1.0 if seen.in_heading else 0.0) + (0.5 if seen.in_article else 0.0) + (0.25 if seen.with_image else 0.0)
    return headline + place - (1.0 if words <= 2 and characters < 6 else 0.0)
