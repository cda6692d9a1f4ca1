"""Load the news agencies, their spellings, and the words of credits that agencies.txt keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipelines.wordfiles import sections

UNNAMED = "agencies"
"""What an article names that says "agencies" and tells no name."""
BYLINE, DATELINE, CREDIT, START, ENDING = "byline", "dateline", "credit", "start", "ending"
"""Places where a name may stand."""
EDGE = " \t\xa0.,:;*'\"“”„«»…|()[]{}（）【】「」《》〔〕<>–—-/_"
"""Signs around a name that are none of it."""
WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters in which names stand in longer words."""
UNSPACED = ("zh", "ja", "ko")
"""Languages that are written without spaces, so that a name is no word of its own."""
_LANGUAGE = re.compile(r"[a-z]{2}")
_MARKS = "()/,.:;|-–—©[]（）：，。।\"“”«»_'’&+"
_BLANKS = str.maketrans(dict.fromkeys(_MARKS, " "))
_COMMON = {
    *("agency", "business", "city", "international", "media", "national", "news", "press", "reports", "service"),
    *("services", "united"),
}
"""Words of names that many other texts have."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a spelling stands for, and where: in texts of these languages, in these places; in all if it says none."""

    agency: str
    languages: frozenset[str]
    places: frozenset[str]


@cache
def spellings() -> Mapping[str, tuple[Spelling, ...]]:
    """Return what each spelling stands for."""
    found: dict[str, tuple[Spelling, ...]] = {}
    for agency, groups, _ in _entries():
        for group in groups.split(";"):
            conditions, _, listed = group.rpartition(":")
            words = frozenset(conditions.split())
            languages = frozenset(word for word in words if _LANGUAGE.fullmatch(word))
            for spelling in listed.split(","):
                if spelling.strip():
                    name = Spelling(agency, languages, words - languages)
                    found[key_of(spelling)] = (*found.get(key_of(spelling), ()), name)
    return found


@cache
def wide_spellings() -> tuple[str, ...]:
    """Return the spellings in Chinese, Japanese and Korean, and those that stand among them, longest first."""
    found = {key for key in spellings() if WIDE.search(key)} | {"AFP", "AP"}
    return tuple(sorted(found, key=len, reverse=True))


def whose(url: str) -> str | None:
    """Return the agency whose site an address belongs to."""
    labels = url.partition("://")[2].partition("/")[0].lower().split(".")
    return _outlets().get(".".join(labels[-2:])) or _outlets().get(".".join(labels[-3:]))


@cache
def words_of(section: str, after: str = "", before: str = "") -> re.Pattern[str]:
    """Return one expression for the words of a section, with what stands before and after them."""
    words = [word.replace("_", " ") for line in _sections()[section] for word in line.split()]
    return re.compile(f"{before}(?:{'|'.join(words)})(?:{after})", re.IGNORECASE)


def may_name(text: str, language: str | None = None) -> bool:
    """Tell whether a text has a word that one of the names has: most have none, and are not looked at closely."""
    return language in UNSPACED or not _signs().isdisjoint(tokens(text))


def key_of(text: str) -> str:
    """Return a name as it is looked up: short ones as they are written, longer ones in small letters."""
    bare = " ".join(text.split()).strip(EDGE)
    bare = bare[4:] if bare[:4] in ("the ", "The ", "THE ") else bare
    return bare if len(bare) <= 4 else bare.lower()


def tokens(text: str) -> list[str]:
    """Return the words of a text, in small letters, without the signs beside them."""
    bare = text.lower()
    if bare.isascii():
        return bare.translate(_BLANKS).split()
    for mark in _MARKS:
        if mark in bare:
            bare = bare.replace(mark, " ")
    return bare.split()


@cache
def _signs() -> frozenset[str]:
    """Return a word of each spelling, one that few other texts have, and that of credits which tell no name."""
    words = [tokens(key) for key in spellings()]
    return frozenset({max(set(each) - _COMMON or each, key=len) for each in words} | {"feed"})


@cache
def _outlets() -> Mapping[str, str]:
    return {domain.strip(): agency for agency, _, domains in _entries() if domains for domain in domains.split(",")}


@cache
def _entries() -> list[tuple[str, str, str]]:
    parts = [[part.strip() for part in line.split("|")] for line in _sections()["agencies"]]
    return [(agency, groups, domains) for agency, groups, domains in parts]


@cache
def _sections() -> dict[str, list[str]]:
    return sections("agencies.txt")
