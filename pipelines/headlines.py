"""Choose a page's headline among what JSON-LD, meta tags, h1 and title say, without the outlet's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

_SEPARATOR = re.compile(r"\s+[|·•»«–—-]\s+|\s*\|\s*|\s+::\s+")
_JOINT = re.compile(r"\s*[-_|｜:：·–—／/]\s*$")
"""What stands between headline and outlet where there are no spaces."""
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
    elif site and title.casefold().endswith(site.casefold()):
        title = _JOINT.sub("", title[: -len(site)]) if _JOINT.search(title[: -len(site)]) else title
    return _LABEL_END.sub("", _LABEL_FRONT.sub("", title)) or title


def _same(part: str, site: str) -> bool:
    a, b = (re.sub(r"\W+|\.(?:com|org|net|de|fr|es|it|co\.uk)$", "", text.casefold()) for text in (part, site))
    if not a or not b or a == b:
        return bool(a and b)
    short, long = sorted((a, b), key=len)
    return len(short) > 2 and short in long and (2 * len(short) >= len(long) or len(part.split()) <= 3)


def best_headline(told: str, og: str, h1: list[str], title: str, site: str, others: Iterable[str] = ()) -> str:
    """Return the headline that readers see: the h1, where the page's other titles bear it out, else what they say.

    Outlets write other titles for search engines than for readers, and put labels into their h1s.
    """
    told, og, title = (without_outlet(text, site) for text in (told, og, title))
    shown = [without_outlet(text, site) for text in h1 if _is_long(text) and not _is_site(text, site)]
    said = [text for text in (told, og) if len(text) > 3 and not _is_site(text, site)]
    for known in ((*said, title), others):
        plain = {_plain(text if known is not others else without_outlet(text, site)) for text in known}
        for text in shown:
            if _plain(text) in plain:
                return text
    for text in shown:
        for candidate in said:
            if _holds(text, candidate):
                return candidate
        if any(akin(text, other) for other in (*said, title) if other):
            return text
    if said:
        return said[0]
    if len(shown) == 1:
        return shown[0]
    longest = max(_SEPARATOR.split(title), key=len)
    return (longest if len(longest) > 10 else title) or (shown[0] if shown else "")


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _is_long(text: str) -> bool:
    """Tell whether a text is long enough for a headline; scripts with a word in a sign or two need fewer."""
    return len(text) > 10 or (not text.isascii() and len(text) > 4 and " " not in text)


def _is_site(text: str, site: str) -> bool:
    """Tell whether a whole text is no more than the outlet's name."""
    return _same(text, site) and len(_plain(text)) < 2 * len(_plain(site)) + 4


def _holds(shown: str, candidate: str) -> bool:
    """Tell whether the h1 is the candidate with a label before or after it ("Opinion What I will pray for")."""
    a, b = shown.casefold(), candidate.casefold()
    return (
        len(b) > 15 and len(b) >= 0.6 * len(a) and (a.endswith(b) or (a.startswith(b) and not _cut(candidate, shown)))
    )


def _cut(candidate: str, text: str) -> bool:
    """Tell whether the candidate is the text, cut off ("… in the ci…")."""
    return len(text) > len(candidate) and (candidate.endswith(("…", "...")) or text[len(candidate)].isalnum())


def akin(one: str, other: str) -> bool:
    """Tell whether two titles speak of the same: they share words, or, in scripts without spaces, characters."""
    a, b = (set(_WORD.findall(text.casefold())) for text in (one, other))
    if len(a & b) >= 2 and len(a & b) / min(len(a), len(b)) >= ENOUGH:
        return True
    return SequenceMatcher(None, one, other).ratio() > 0.5
