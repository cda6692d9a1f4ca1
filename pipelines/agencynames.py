"""Read names of agencies: which one a text names, and which stand in a list of names or a byline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.agencies import BYLINE, EDGE, key_of, spellings, tokens, whose, words_of
from pipelines.bywords import any_of
from pipelines.hosts import registrable_domain

BY = re.compile(rf"^\W{{0,3}}{any_of('by')}(?:\s*[:：]\s*|\s+)(?=\S)", re.IGNORECASE)
"""What says that names of authors follow."""
PICTURE = re.compile(
    r"photo|foto|getty|image|\bbild|picture|graphic|写真|圖|图片|사진|이미지|제공|자료|캡처|фото|صورة|former",
    re.IGNORECASE,
)
"""Words of credits that are none of the text's."""
_PIECES = re.compile(r"\s*[/,;|&·•、，()（）\[\]]\s*|\s(?:[-–—+]|and|und|et|y|e|og|och|ja|i|и|та|和)\s")
_BYLINE_PIECES = re.compile(
    r"\s*[/,;|&·•、，()（）\[\]]\s*|\s(?:[-–—+]|and|und|et|y|e|og|och|ja|i|и|та|with|mit|avec|con|com|med|for|of|from)\s"
)
_INITIALS = re.compile(r"[a-zäöüßåøæé]{1,4}\.?|[\w-]+\.[a-z]{2,7}|[\w ,.:]{0,12}\d[\w ,.:-]{0,16}")
_HYPHEN = re.compile(r"(?<=\w)[-–](?=\w)")


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean in a text of one language, at an outlet with this name and address."""

    language: str | None
    url: str
    site: str | None

    def named(self, text: str, place: str) -> str | None:
        """Return the agency that a text names and nothing else, None where it names none."""
        key = key_of(text)
        known = spellings().get(key)
        if known is None:  # "Agencia EFE", "Reuters News Agency"
            known = spellings().get(key_of(words_of("called", r"(?=\s|$)", r"(?:^|\s)").sub("", key)), ())
        for name in known:
            right = not name.languages or self.language in name.languages
            if right and (not name.places or place in name.places) and not self._is_own(key):
                return name.agency
        return None

    def _is_own(self, key: str) -> bool:
        """Tell whether a name is that of the outlet, which is none of the agencies."""
        return key.lower() in _own_names(self.url, self.site)

    def all_of(self, text: str, place: str) -> list[str]:
        """Return the agencies in a text that holds their names alone, with initials or a desk perhaps; else none."""
        whole = self.named(text, place)
        if whole is not None:
            return [whole]
        found: list[str] = []
        for piece in _PIECES.split(text):
            names = self._parts(piece, place)
            if not names and not self._is_beside(piece.strip(EDGE)):
                return []
            found += names
        return found

    def some_of(self, text: str) -> list[str]:
        """Return the agencies in a byline, where people may stand beside them."""
        whole = self.named(text, BYLINE)
        if whole is not None or len(text) < 3 or PICTURE.search(text) or "://" in text:
            return [whole] if whole else []
        pieces = [BY.sub("", piece.strip(EDGE)) for piece in _BYLINE_PIECES.split(BY.sub("", text)) if piece]
        pieces = [re.sub(r"\sin\s[A-Z].*$", "", piece) for piece in pieces]
        return [agency for piece in pieces for agency in self._parts(piece, BYLINE) or self.employed(piece)]

    def employed(self, text: str) -> list[str]:
        """Return whom somebody works for: "AP Sports Writer", "AP's Ada Byron", "ADA BYRON Associated Press"."""
        words = text.split()
        for number in range(min(4, len(words) - 1), 0, -1):
            first = " ".join(words[:number])
            agency = self.named(re.sub(r"['’]s?$", "", first), BYLINE)
            if agency and (first[-2:] in ("'s", "’s", "s'", "s’") or any(map(_is_role, words[number : number + 4]))):
                return [agency]
        ends = [" ".join(words[-number:]) for number in (2, 3) if len(words) > number + 1]
        return [agency for end in ends if len(end) > 9 and (agency := self.named(end, BYLINE))][:1]

    def _parts(self, piece: str, place: str) -> list[str]:
        """Return the agency of a piece, or those that a hyphen joins ("ANSA-AFP")."""
        whole = self.named(piece, place)
        if whole is not None or not _HYPHEN.search(piece):
            return [whole] if whole else []
        found = [self.named(part, place) for part in _HYPHEN.split(piece)]
        return [agency for agency in found if agency] if all(found) else []

    def _is_beside(self, piece: str) -> bool:
        return (
            not piece
            or _INITIALS.fullmatch(piece) is not None
            or words_of("beside").fullmatch(piece) is not None
            or any(map(self._is_own, (key_of(piece), *tokens(piece))))
        )


@lru_cache(maxsize=1024)
def _own_names(url: str, site: str | None) -> frozenset[str]:
    """Return the names of an outlet, in small letters; none for an agency's own: there they mean the agency."""
    if whose(url):
        return frozenset()
    label = registrable_domain(url).partition(".")[0]
    return frozenset(key_of(name).lower() for name in (label, site or "") if name)


def _is_role(word: str) -> bool:
    return words_of("role").fullmatch(word.strip(EDGE)) is not None
