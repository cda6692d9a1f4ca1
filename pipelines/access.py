"""What a reader without a subscription gets to see of a page: free, metered, paywalled, consent wall, bot wall."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lxml.html import HtmlElement

from pipelines.phrases import phrases
from pipelines.scan import text_of
from storage.types import Access

_TIERS = ("article:content_tier", "content_tier", "og:article:content_tier", "sailthru.content_tier", "article:opinion_tier", "cxenseparse:recs:paywall",
          "access", "content-access", "paywall", "ispaid", "premium", "article:access", "article.access", "content_access")  # fmt: skip
_LOCKED = re.compile(r"\b(?:locked|paid|premium|subscriber|subscription|closed|plus|true|yes|abo)\b")
_NAME = re.compile(r"([.#])([\w-]+)")
SHORT = 120
"""Words; a page with more of its own text than this is no stub."""
START = 3_000
_CONSENT = re.compile(
    r"cookies?\b|consent|privacy|einwillig|zustimm|datenschutz|consentement|vie privée|privacidad|privacidade|consenso"
    r"|toestemming|samtyck|samtykk|zgod[ęya]|соглас|конфиденциальн|çerez|クッキー|쿠키|隐私",
    re.IGNORECASE,
)


def is_bot_wall(title: str, text: str) -> bool:
    """Tell whether a page without an article asks the visitor to prove to be human."""
    return _says("bot wall", title, text)


def is_consent_wall(title: str, text: str, words: int) -> bool:
    """Tell whether a page without an article only asks for consent to cookies.

    Most pages ask for it somewhere; here it must be nearly all that the page says.
    """
    return words < SHORT and len(text) < 6_000 and _says("consent wall", title, text)


def speaks_of_consent(body: str) -> bool:
    """Tell whether what was taken for a page's text is about cookies and data, or there is none."""
    return not body or _CONSENT.search(body) is not None


def is_missing_page(title: str, headline: str) -> bool:
    """Tell whether a page answers that there is no such page."""
    return any(phrases("missing page").search(text) for text in (title, headline))


def _says(kind: str, title: str, text: str) -> bool:
    return bool(phrases(kind).search(title) or phrases(kind).search(text[:START]))


def access_of(
    node: dict[str, Any] | None,
    meta: dict[str, str],
    text: Callable[[], str],
    words: int,
    gated: int | None = None,
) -> Access:
    """Return the access that a page's markup and words tell of. `text`, what a reader sees, is asked for if needed.

    `gated` is the number of words in the part of the page that its markup calls closed: where they are there, the
    text is there.
    """
    tier = _tier(meta)
    closed = _is_closed(node) or tier == "locked"
    if closed and gated is not None and gated >= SHORT // 2:
        return Access.METERED
    if words < SHORT or closed:
        said = text()
        walled = bool(phrases("paywall").search(said) or (closed and phrases("paywall login").search(said)))
        if walled or (closed and words < SHORT and tier != "metered"):
            return Access.PAYWALLED
    return Access.METERED if closed or tier == "metered" else Access.FREE


def _tier(meta: dict[str, str]) -> str:
    """Return free | metered | locked | empty from the meta tags that say it."""
    said = " ".join(meta[name] for name in _TIERS if name in meta).lower()
    if not said:
        return ""
    if _LOCKED.search(said):
        return "locked"
    return "metered" if "meter" in said else "free"


def _is_closed(node: dict[str, Any] | None) -> bool:
    told = [(node or {}).get("isAccessibleForFree")]
    told += [part.get("isAccessibleForFree") for part in _parts(node)]
    return any(str(value).rsplit("/", 1)[-1].strip().lower() in ("false", "no", "0") for value in told)


def _parts(node: dict[str, Any] | None) -> list[dict[str, Any]]:
    parts = (node or {}).get("hasPart")
    return [part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)]


def gated_words(node: dict[str, Any] | None, tree: HtmlElement) -> int | None:
    """Return the number of words in the parts of a page that JSON-LD calls closed, None where it names none."""
    if not _is_closed(node):
        return None
    raws = [part.get("cssSelector") for part in _parts(node) if _is_closed(part)]
    names = [found for raw in raws if isinstance(raw, str) for found in _NAME.findall(raw)[-3:]]
    if not names:
        return None
    elements = [element for kind, name in names[:6] for element in _named(tree, kind, name)[:50]]
    return sum(len(text_of(element, 20_000).split()) for element in elements)


def _named(tree: HtmlElement, kind: str, name: str) -> list[HtmlElement]:
    if kind == "#":
        return list(tree.xpath("//*[@id=$name]", name=name))
    found = tree.xpath("descendant::*[contains(@class, $name)]", name=name)
    return [element for element in found if name in element.get("class").split()]
