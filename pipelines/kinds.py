"""Which kind of page an article is: article, live blog, video or gallery."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from lxml.html import HtmlElement

from pipelines.scan import text_of

FEW_WORDS = 150
LEAST_ENTRIES = 6
"""Entries under their own times, from which on a page is a live blog by its looks alone."""
MOST_ENTRIES = 16
"""More are not looked at."""
_ENTRY = 150
"""Characters; a shorter box with a time in it is a teaser."""
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}|\d\s?[ap]\.?m\b", re.IGNORECASE)
_LIVE = re.compile(
    r"/(?:[^/]*-)?(?:live|live-?blog|live-updates?|live-?ticker|newsticker|en-direct|direct|en-vivo|directo|diretta|ao-vivo|minuto-a-minuto|na-zywo"
    r"|relacja|liverapport|direkt|онлайн|canli)(?:-[^/]*)?(?:/|$)",
    re.IGNORECASE,
)
_VIDEO = re.compile(r"/(?:videos?|watch|mediathek|clips?|wideo)(?:/|$)", re.IGNORECASE)
_GALLERY = re.compile(
    r"/(?:[^/]*-)?(?:galler(?:y|ies)|photos?|photo-?galler(?:y|ies)|slideshows?|bilder|bildergalerien?|fotostrecken?|galerien?|galeri[ae]s?|fotos?"
    r"|fotogaler[ií]as?|diaporamas?|portfolios?|fotogallery|zdjecia|pictures)(?:/|$)",
    re.IGNORECASE,
)


class Seen(Protocol):
    """What a kind is told by."""

    @property
    def kinds(self) -> frozenset[str]:
        """Types of JSON-LD objects, and `og:` with the page's OpenGraph type."""

    @property
    def counts(self) -> dict[str, int]:
        """How many elements of some names the page has."""

    @property
    def path(self) -> str:
        """The address without host and query."""

    @property
    def node(self) -> dict[str, object] | None:
        """The JSON-LD object of the article."""


def kind_of(facts: Seen, words: int) -> str:
    """Return article | live | video | gallery."""
    entries = facts.counts.get("entries", 0)
    if "LiveBlogPosting" in facts.kinds or entries >= LEAST_ENTRIES or (entries >= 3 and _LIVE.search(facts.path)):
        return "live"
    if _is_gallery(facts, words):
        return "gallery"
    return "video" if words < FEW_WORDS and _is_video(facts) else "article"


def _is_video(facts: Seen) -> bool:
    if any(name.startswith("og:video") for name in facts.kinds):
        return True
    if "VideoObject" in facts.kinds and not facts.node:
        return True
    players = facts.counts.get("video", 0) + facts.counts.get("iframe", 0) + ("VideoObject" in facts.kinds)
    return bool(players and _VIDEO.search(facts.path))


def _is_gallery(facts: Seen, words: int) -> bool:
    figures = facts.counts.get("figure", 0)
    if words < FEW_WORDS:
        return (
            bool(facts.kinds & {"ImageGallery", "MediaGallery"})
            or figures >= 8
            or bool(figures >= 3 and _GALLERY.search(facts.path))
        )
    return (
        figures >= 8
        and words < 40 * figures
        and bool(_GALLERY.search(facts.path) or facts.kinds & {"ImageGallery", "MediaGallery"})
    )


def live_entries(times: Sequence[HtmlElement]) -> int:
    """Return how many pieces of text stand each under a time of its own, of one form: a live blog's entries."""
    if len(times) < 3:
        return 0
    groups = Counter(map(_form, times))
    form, many = groups.most_common(1)[0]
    if many < 3:
        return 0
    fit = [element for element in times if _form(element) == form][:MOST_ENTRIES]
    return sum(map(_is_entry, fit))


def _form(element: HtmlElement) -> tuple[str, str]:
    parent = element.getparent()
    return element.get("class") or "", (parent.get("class") or parent.tag) if parent is not None else ""


def _is_entry(element: HtmlElement) -> bool:
    """Tell whether a time has a clock and a text of its own beneath it, which is no link to elsewhere."""
    if not _CLOCK.search(f"{element.get('datetime') or ''} {element.text_content()}"):
        return False
    box = element
    for _ in range(4):
        parent = box.getparent()
        if box.tag in ("a", "body", "article", "main") and box is not element and box.tag != "article":
            return False
        if parent is None or parent.tag in ("body", "main") or sum(1 for _ in parent.iter("time")) > 1:
            break
        box = parent
    texts = [text_of(part, 600) for part in box.iter("p")]
    linked = sum(len(text_of(link, 600)) for link in box.iter("a"))
    length = sum(map(len, texts))
    return length >= _ENTRY and 2 * linked < length
