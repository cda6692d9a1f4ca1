"""What a reader without a subscription gets to see of a page: free, metered, paywalled, consent wall, bot wall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.phrases import phrases
from storage.types import Access

SHORT = 120
"""Words; a page with more of its own text than this is no stub."""
START = 3_000


def is_bot_wall(title: str, text: str) -> bool:
    """Tell whether a page without an article asks the visitor to prove to be human."""
    return _says("bot wall", title, text)


def is_consent_wall(title: str, text: str, words: int) -> bool:
    """Tell whether a page without an article only asks for consent to cookies.

    Most pages ask for it somewhere; here it must be nearly all that the page says.
    """
    return words < SHORT and len(text) < 6_000 and _says("consent wall", title, text)


def is_missing_page(title: str, headline: str) -> bool:
    """Tell whether a page answers that there is no such page."""
    return any(phrases("missing page").search(text) for text in (title, headline))


def _says(kind: str, title: str, text: str) -> bool:
    return bool(phrases(kind).search(title) or phrases(kind).search(text[:START]))


def access_of(node: dict[str, Any] | None, meta: dict[str, str], text: Callable[[], str], words: int) -> Access:
    """Return the access that a page's markup and words tell of. `text`, what a reader sees, is asked for if needed."""
    tier = meta.get("article:content_tier", "").lower()
    closed = str((node or {}).get("isAccessibleForFree")).lower() in ("false", "no", "0") or tier == "locked"
    if words < SHORT or closed:
        walled = bool(phrases("paywall").search(text()))
        if walled or (closed and words < SHORT):
            return Access.PAYWALLED
    return Access.METERED if closed or tier == "metered" else Access.FREE
