"""Stems of words by the article's language, and labels: the tokens that the full-text index holds beside its words.

Each token begins with a character of private use, which no word has: a stem of one language is never taken for a word,
nor for a stem of another language. Both databases index the same tokens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from storage.searchtext import LONGEST_WORD, split, words

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball's stemmer for each ISO 639-1 code."""
SECTION, TAG = "\uf001", "\uf002"
_FIRST_MARK = 0xE000
_SHORTEST = 3
_PLAIN = re.compile(r"[^\W\d_]+")


def stem_tokens(text: str, language: str | None) -> list[str]:
    """Return the token of each stem in a text, once, in order; none for a language without a stemmer."""
    if language not in STEMMERS:
        return []
    found = dict.fromkeys(split(text.lower()))
    return list(dict.fromkeys(token for word in found if (token := _token(word, language))))


def stems_of(word: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the tokens by which a word as it is typed is found in articles of these languages."""
    return tuple(token for language in languages if language in STEMMERS for token in stem_tokens(word, language))


def is_form(word: str, stems: Collection[str], language: str | None) -> bool:
    """Tell whether a word of an article in a language has one of these stems."""
    return language in STEMMERS and _token(word.lower(), language) in stems


def label_token(kind: str, label: str) -> str | None:
    """Return the token of a section or tag, the same whatever its case and diacritics; None when no letter is in it."""
    found = words(label)
    return (kind + kind.join(found))[:LONGEST_WORD] if found else None


def label_tokens(section: str | None, tags: Sequence[str]) -> list[str]:
    """Return the tokens of an article's section and tags."""
    own = [label_token(SECTION, section) if section else None, *(label_token(TAG, tag) for tag in tags)]
    return list(dict.fromkeys(token for token in own if token))


@lru_cache(100_000)
def _token(word: str, language: str) -> str:
    """Return the token of a word's stem; "" when it has none: short words, numbers, characters of unspaced scripts."""
    if len(word) < _SHORTEST or len(word) > LONGEST_WORD or not _PLAIN.match(word):
        return ""
    stem = "".join(words(_stemmer(STEMMERS[language]).stemWord(unicodedata.normalize("NFC", word))))
    return mark(language) + stem if stem else ""


@cache
def mark(language: str) -> str:
    """Return the character that begins the stems of a language (two small Latin letters)."""
    first, second = (ord(letter) - ord("a") for letter in language)
    return chr(_FIRST_MARK + 26 * first + second)


@cache
def _stemmer(name: str) -> Any:
    from Stemmer import Stemmer

    return Stemmer(name, 0)
