"""Fold text so that one full-text index finds words in any script, whatever their case and diacritics.

Both databases index and query the same folded words. Letters lose case and marks (Latin, Greek, Cyrillic,
Arabic, Hebrew); in scripts that write words without spaces between them, or with particles attached (Korean),
every character is a word, so that a word of theirs is found as a phrase.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

_LETTERS = str.maketrans(
    dict(zip("øØłŁđĐðÐıİ", "oOlLdDdDii", strict=True))
    | {"þ": "th", "Þ": "th", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "№": "no "}
    | dict.fromkeys("™℠¹²³⁰⁴⁵⁶⁷⁸⁹", " ")
    | dict(zip("أإآٱىیکةۀہھ", "ااااييكهههه", strict=True))
    | {"ـ": None, "\u00ad": None, "\u200b": None, "\u200d": None, "\ufeff": None}
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966) for digit in range(10)}
)
"""What no decomposition tells: strokes, ligatures, footnote marks, Arabic letter forms; invisible ones; digits."""

_MARKED = re.compile(r"[^\x00-\x7f]")
_STRIPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
)
"""Combining marks of scripts that read the same without; elsewhere (が, कि) a mark makes another letter."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
LONGEST_WORD = 100
"""Characters of a word that are indexed; what is longer is no word, and PostgreSQL refuses very long ones."""


@cache
def word_pattern() -> re.Pattern[str]:
    """Return what one word is: a character of an unspaced script, or a run of letters and digits, with its marks."""
    marks = "".join(
        char for char in map(chr, range(0x300, min(sys.maxunicode, 0x11FFF))) if unicodedata.category(char)[0] == "M"
    )
    mark, letter = f"[{_spans(marks)}]", rf"[^\W_{_UNSPACED}]"
    return re.compile(rf"[{_UNSPACED}]{mark}*|{letter}+(?:{mark}+{letter}*)*")


def _spans(characters: str) -> str:
    """Return sorted characters as ranges for a character class."""
    spans: list[list[str]] = []
    for char in characters:
        if spans and ord(char) == ord(spans[-1][1]) + 1:
            spans[-1][1] = char
        else:
            spans.append([char, char])
    return "".join(f"{first}-{last}" for first, last in spans)


def fold(text: str) -> str:
    """Return the text in lower case without diacritics; its length may change."""
    if not _MARKED.search(text):
        return text.lower()
    # Presentation forms hold letters that only come out when they are decomposed: map before and after.
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS)).translate(_LETTERS).casefold()
    return unicodedata.normalize("NFC", _STRIPPED.sub("", decomposed))


def words(text: str) -> list[str]:
    """Return the folded words of the text in order."""
    return [word[:LONGEST_WORD] for word in split(fold(text))]


def split(text: str) -> list[str]:
    """Return the words of the text as they are, in order."""
    return pattern_for(text).findall(text)


def pattern_for(text: str) -> re.Pattern[str]:
    """Return what one word of this text is."""
    return _ASCII_WORD if text.isascii() else word_pattern()


def index_text(text: str) -> str:
    """Return the folded words of the text, separated by single spaces: what the index stores."""
    return " ".join(words(text))
