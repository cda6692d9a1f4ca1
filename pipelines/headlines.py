"""Choose a page's headline among what JSON-LD, meta tags, h1 and title say, without the outlet's name."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_SEPARATOR = re.compile(r"\s+[|·•»«–—-]\s+|\s*\|\s*|\s+::\s+")


def without_outlet(title: str, site: str) -> str:
    """Return a title without the outlet's name after (or before) a separator."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if site and _same(parts[-1], site):
        return title[: title.rfind(parts[-1])].rstrip(" |·•»–—-:")
    if site and _same(parts[0], site):
        return title[len(parts[0]) :].lstrip(" |·•»–—-:")
    return title


def _same(part: str, site: str) -> bool:
    a, b = (re.sub(r"\W+|\.(?:com|org|net|de|fr|es|it|co\.uk)$", "", text.casefold()) for text in (part, site))
    return bool(a) and (a == b or (len(a) > 3 and (a in b or b in a)))


def best_headline(told: str, og: str, h1: list[str], title: str, site: str) -> str:
    """Return the headline. JSON-LD counts first, unless an h1 is the fuller form of what it cuts off."""
    og, title = without_outlet(og, site), without_outlet(title, site)
    shown = [text for text in h1 if len(text) > 10 and not _same(text, site)]
    for candidate in (told, og):
        if len(candidate) > 3 and not _same(candidate, site):
            fuller = [text for text in shown if _cut(candidate, text)]
            return fuller[0] if fuller else without_outlet(candidate, site)
    agreeing = [text for text in shown if title and SequenceMatcher(None, text, title).ratio() > 0.5]
    if agreeing:
        return agreeing[0]
    if len(shown) == 1:
        return shown[0]
    head = _SEPARATOR.split(title)
    longest = max(head, key=len) if head else ""
    return (longest if len(longest) > 10 else title) or (shown[0] if shown else "")


def _cut(candidate: str, text: str) -> bool:
    """Tell whether the candidate is the text, cut off ("… in the ci…")."""
    stem = candidate.rstrip("….").rstrip()
    return len(text) > len(candidate) and len(stem) > 15 and candidate != stem and text.startswith(stem[:-3])
