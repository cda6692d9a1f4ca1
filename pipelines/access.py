"""What a reader without a subscription gets to see of a page: free, metered, paywalled, consent wall, bot wall."""

from __future__ import annotations

import re
from typing import Any

from storage.types import Access

_BOT = re.compile(
    r"verify(?:ing)? (?:that )?you(?:'re| are) (?:a )?human|checking (?:if the site connection is secure|your browser)"
    r"|are you a robot|enable javascript and cookies to continue|pardon our interruption|unusual traffic from your"
    r"|access (?:to this page has been )?denied|attention required! \| cloudflare|just a moment\.\.\.|captcha",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue to|bevor (?:sie|du) .{0,40}fortf|we (?:and our (?:\d+ )?partners )?(?:value|use) (?:your privacy|cookies)"
    r"|wir und unsere (?:\d+ )?partner|nous et nos (?:\d+ )?partenaires|accept all cookies|alle akzeptieren"
    r"|zustimmen und weiter|consent to (?:the use of )?cookies|vous avez choisi de refuser",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:read|continue|unlock)|to continue reading|this article is for subscribers|subscribers only"
    r"|already a subscriber\?|jetzt weiterlesen mit|artikel ist (?:nur )?für abonnent|réservé aux abonnés"
    r"|la suite est réservée|contenido exclusivo para suscriptores|suscríbete para (?:leer|seguir)|per continuare a leggere"
    r"|contenuto riservato agli abbonati|solo para suscriptores|voor abonnees",
    re.IGNORECASE,
)
SHORT = 120
"""Words; a page with more of its own text than this is no wall."""


def is_bot_wall(title: str, text: str) -> bool:
    """Tell whether a page without an article asks the visitor to prove to be human."""
    return bool(_BOT.search(title) or _BOT.search(text[:3000]))


def is_consent_wall(title: str, text: str) -> bool:
    """Tell whether a page without an article only asks for consent to cookies."""
    return bool(_CONSENT.search(title) or _CONSENT.search(text[:3000]))


def access_of(node: dict[str, Any] | None, meta: dict[str, str], text: str, words: int) -> Access:
    """Return the access that a page's markup and words tell of."""
    free = node.get("isAccessibleForFree") if node else None
    tier = meta.get("article:content_tier", "").lower()
    closed = str(free).lower() == "false" or tier == "locked"
    metered = tier == "metered"
    if closed and (words < SHORT or _PAYWALL.search(text)):
        return Access.PAYWALLED
    if metered or closed:
        return Access.METERED
    if words < SHORT and _PAYWALL.search(text):
        return Access.PAYWALLED
    return Access.FREE
