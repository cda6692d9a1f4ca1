"""Choose a page's headline among what JSON-LD, meta tags, h1 and title say, without the outlet's name."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_SEPARATOR = re.compile(r"\s+[|·•»«–—-]\s+|\s*\|\s*|\s+::\s+")
_LABEL = (
    r"(?:opinion|editorials?|commentary|column|analysis|letters?|guest (?:column|essay)|op-?ed|exclusive|video|watch"
    r"|photos|kommentar|meinung|kolumne|tribune|édito|opinión|análisis|editoriale|opinião)"
)
_LABEL_FRONT = re.compile(rf"^{_LABEL}\s*[|:·–—-]\s+(?=\S)|^{_LABEL}\s*\|\s*", re.IGNORECASE)
_LABEL_END = re.compile(
    rf"\s+[|·–—-]\s+{_LABEL}$|\s*\|\s*{_LABEL}$|\s+[\[(](?:watch|video|photos?|gallery|listen|updated?)[\])]$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
ENOUGH = 0.34


def without_outlet(title: str, site: str) -> str:
    """Return a title without the outlet's name, or a rubric's, after (or before) a separator."""
    parts = _SEPARATOR.split(title)
    if len(parts) > 1 and site and _same(parts[-1], site):
        title = title[: title.rfind(parts[-1])].rstrip(" |·•»–—-:")
    elif len(parts) > 1 and site and _same(parts[0], site):
        title = title[len(parts[0]) :].lstrip(" |·•»–—-:")
    return _LABEL_END.sub("", _LABEL_FRONT.sub("", title)) or title


def _same(part: str, site: str) -> bool:
    a, b = (re.sub(r"\W+|\.(?:com|org|net|de|fr|es|it|co\.uk)$", "", text.casefold()) for text in (part, site))
    return bool(a and b) and (a == b or (len(a) > 3 and (a in b or b in a)))


def best_headline(told: str, og: str, h1: list[str], title: str, site: str) -> str:
    """Return the headline that readers see: the h1, where the page's other titles bear it out, else what they say.

    Outlets write other titles for search engines than for readers, and put labels into their h1s.
    """
    told, og, title = (without_outlet(text, site) for text in (told, og, title))
    shown = [without_outlet(text, site) for text in h1 if len(text) > 10 and not _same(text, site)]
    said = [text for text in (told, og) if len(text) > 3 and not _same(text, site)]
    for text in shown:
        for candidate in said:
            if _holds(text, candidate):
                return candidate
        if any(_akin(text, other) for other in (*said, title) if other):
            return text
    if said:
        return said[0]
    if len(shown) == 1:
        return shown[0]
    longest = max(_SEPARATOR.split(title), key=len)
    return (longest if len(longest) > 10 else title) or (shown[0] if shown else "")


def _holds(shown: str, candidate: str) -> bool:
    """Tell whether the h1 is the candidate with a label before or after it ("Opinion What I will pray for")."""
    a, b = shown.casefold(), candidate.casefold()
    return (
        len(b) > 15 and len(b) >= 0.6 * len(a) and (a.endswith(b) or (a.startswith(b) and not _cut(candidate, shown)))
    )


def _cut(candidate: str, text: str) -> bool:
    """Tell whether the candidate is the text, cut off ("… in the ci…")."""
    return len(text) > len(candidate) and (candidate.endswith(("…", "...")) or text[len(candidate)].isalnum())


def _akin(one: str, other: str) -> bool:
    """Tell whether two titles speak of the same: they share words, or, in scripts without spaces, characters."""
    a, b = (set(_WORD.findall(text.casefold())) for text in (one, other))
    if len(a & b) >= 2 and len(a & b) / min(len(a), len(b)) >= ENOUGH:
        return True
    return SequenceMatcher(None, one, other).ratio() > 0.5
