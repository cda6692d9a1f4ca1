"""Fold text so that one full-text index finds words in any script, whatever their case and diacritics.

Both databases index and query the same folded text. Letters lose case and marks (Latin, Greek, Cyrillic,
Arabic, Hebrew); scripts that put no spaces between words are split into single characters, so that
a word of theirs is found as a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "ø": "o",
        "Ø": "o",
        "ł": "l",
        "Ł": "l",
        "đ": "d",
        "Đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "Æ": "ae",
        "œ": "oe",
        "Œ": "oe",
        "ı": "i",
        "İ": "i",
        "ـ": "",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ى": "ي",
        "ة": "ه",
        "’": "'",
    }
)
_MARKED = re.compile(r"[^\x00-\x7f]")
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0002fa1f])"
)
_WORD = re.compile(r"\w+", re.UNICODE)
_STRIPPABLE = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "COMBINING")


@lru_cache(maxsize=8192)
def _strippable(mark: str) -> bool:
    return unicodedata.combining(mark) != 0 and unicodedata.name(mark, "").startswith(_STRIPPABLE)


def fold(text: str) -> str:
    """Return the text in lower case without diacritics, length not kept."""
    text = text.translate(_LETTERS) if _MARKED.search(text) else text
    text = text.casefold()
    if not _MARKED.search(text):
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not _strippable(c)))


def index_text(text: str) -> str:
    """Return the folded words of the text, separated by single spaces: what the index stores."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """Return the folded words of the text in order; unspaced scripts give one word a character."""
    return [word for run in _WORD.findall(fold(text)) for word in _UNSPACED.sub(r" \1 ", run).split()]
