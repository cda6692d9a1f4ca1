"""Which month a word names, in the languages of months.txt."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files


def month_of(word: str, language: str | None = None) -> int | None:
    """Return the month (1-12) that a word names: in the page's language, else in the first that knows the word."""
    word = unicodedata.normalize("NFC", word.casefold()).strip(".\u200e\u200f")
    told = _by_language().get((language or "")[:2].lower(), {}).get(word)
    return told or _everywhere().get(word)


@cache
def _by_language() -> dict[str, dict[str, int]]:
    lines = files(__package__).joinpath("months.txt").read_text("utf-8").splitlines()
    pairs = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {
        language: {form: at for at, forms in enumerate(row.split(" | "), 1) for form in forms.split()}
        for language, row in pairs
    }


@cache
def _everywhere() -> dict[str, int]:
    found: dict[str, int] = {}
    for forms in _by_language().values():
        for form, month in forms.items():
            found.setdefault(form, month)
            found.setdefault(_bare(form), month)
    return found


def _bare(form: str) -> str:
    """Return a form as people type it without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", form) if not unicodedata.combining(letter))
