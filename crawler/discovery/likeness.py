"""How much a link looks like an article's: by its address, the place where it stands, and its words."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.discovery.anchors import Target

ENOUGH = 3.0

_DATED = re.compile(
    r"/(?:19|20)\d{2}[/-](?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]\d{1,2})?(?:/|$|-)|(?:/|-|_)(?:19|20)\d{2}-?\d{2}-?\d{2}(?!\d)",
    re.I,
)
_NUMBERED = re.compile(
    r"(?:[/_-]|[/_-][a-z]{1,7})\d{5,}(?:[._-][a-z]{1,6})?/?$|/\d{5,}(?:/|-)|[-_.,~]\d{4,}(?:\.\w{2,5})?/?$"
    r"|[-/][a-f\d]{12,}(?:\.html?)?/?$|\b(?:id|p|aid|articleid|article_id|story_id|newsid|no|idx\w{0,4})=\w{0,4}\d{3,}",
    re.I,
)
_PAGES = re.compile(r"\.(?:s?html?|php|aspx?|jsp|ece|story|cms)$", re.I)
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|avif|pdf|mp[34]|m3u8|zip|css|js|xml|rss|json|ico|ics|exe|apk)$", re.I)
_NO_ARTICLE = re.compile(
    r"/(?:tags?|topics?|themen?|thema|tema|temas|sujets?|categor(?:y|ies|ia|ias)|kategorien?|categories|sections?|rubri(?:k|que|ques|ca)"
    r"|authors?|autor(?:en|es)?|auteurs?|autori|profiles?|people|staff|journalists?|users?|members?|contributors?"
    r"|search|suche|buscar?|recherche|ricerca|login|log-in|signin|sign-in|signup|sign-up|register|account|mypage|konto|abo|abonnements?"
    r"|abonnieren|suscripciones|subscribe|subscriptions?|newsletters?|about(?:-us)?|contact(?:-us|os?)?|kontakt|contatti|impressum|imprint"
    r"|privacy(?:-[\w-]+)?|datenschutz(?:-?[\w-]+)?|terms(?:-[\w-]+)?|cookies?(?:-[\w-]+)?|legal(?:-[\w-]+)?|mentions-legales|aviso-legal|agb|help"
    r"|hilfe|faqs?|jobs|careers?|stellenangebote|advertis\w{0,6}|werbung|media-?kit|mediadaten|publicidad|shop|store|rss|feeds?|sitemaps?|archives?"
    r"|archiv|archivo|hemeroteca|epaper|e-paper|page|seite|pagina|weather|wetter|meteo|podcasts?|horoscopes?|games|puzzles|crosswords?|tv-guide"
    r"|wp-admin|wp-login\.php|wp-content|cart|apps?|donate|accessibility|corrections|quizz?(?:es)?)(?:/|\.html?$|\.php$|$)",
    re.I,
)
_VIDEO = re.compile(r"/(?:videos?|watch|live-?tv|audio|galler(?:y|ies)|fotos?|photos?|bilder|slideshows?)(?:/|$)", re.I)
_PAGINATION = re.compile(
    r"(?:^|[?&])(?:page|paged|p|pg|offset|start|seite)=\d{1,4}(?:&|$)|/page/\d+/?$|/(?:p|page-?)\d{1,4}/?$", re.I
)
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE = re.compile(r"[.!?:;,…“”„»«\"]|\d")


def likeness(target: Target, page: str) -> float:
    """Return how much a link looks like an article's; ENOUGH and more is one."""
    parts = urlsplit(target.url)
    path = unquote(parts.path)
    if _is_listing(path, parts.query, urlsplit(page).path):
        return -9.0
    return _address(path, parts.query) + _words(target) + _place(target)


def _is_listing(path: str, query: str, page: str) -> bool:
    """Return whether an address cannot be an article's: a front page, a file, a page of a list, the parent list."""
    if path in ("", "/") and not query:
        return True
    if _FILES.search(path) or _PAGINATION.search(f"?{query}" if query else path):
        return not _articles_number(path, query)
    return not query and page.startswith(path.rstrip("/") + "/")


def _articles_number(path: str, query: str) -> bool:
    """Return whether `?p=1234` at the root is WordPress' number of an article."""
    return path in ("", "/", "/index.php") and re.fullmatch(r"p=\d{3,}", query) is not None


def _address(path: str, query: str) -> float:
    segments = [part for part in path.split("/") if part]
    slug = max(segments[-2:], key=_hyphens, default="")
    score = _date(path)
    score += 1.5 if _NUMBERED.search(f"{path}?{query}" if query else path) else 0.0
    score += {0: 0.0, 1: 0.0, 2: 1.0}.get(_hyphens(slug), 2.0)
    score += 0.5 if _PAGES.search(path) else 0.0
    score += 0.25 if len(segments) > 1 else 0.0
    score -= 3.0 if _NO_ARTICLE.search(path) else 0.0
    return score - (1.0 if _VIDEO.search(path) else 0.0)


def _date(path: str) -> float:
    """Return what a date in a path tells: with a name behind it an article, alone an archive."""
    found = _DATED.search(path)
    if found is None:
        return 0.0
    if any(character.isalpha() for character in path[found.end() :]):
        return 4.0
    return 2.0 if "-" in path[: found.start()] else -1.0


def _hyphens(slug: str) -> int:
    """Return how many hyphens or underscores join words; unspaced scripts and camel case have none."""
    return slug.count("-") + slug.count("_") + slug.count("+")


def _words(target: Target) -> float:
    title = target.title or ""
    words, unspaced = len(title.split()), len(_UNSPACED.findall(title))
    if words >= 5 or unspaced >= 12:
        return 2.0 + (0.5 if words >= 7 or unspaced >= 20 or _SENTENCE.search(title) else 0.0)
    if words == 4 or unspaced >= 7:
        return 1.5
    if words == 3:
        return 0.5
    return 0.0 if not title else -1.0


def _place(target: Target) -> float:
    score = 1.0 if target.headlines else 0.0
    score += 0.5 if target.in_article else 0.0
    score += 0.25 if target.with_image else 0.0
    score += 0.5 if target.dated else 0.0
    return score - (2.5 if target.in_aside else 0.0)
