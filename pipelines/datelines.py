"""Datelines: the agencies that the beginning of a text names before its first sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.agencies import DATELINE, ENDING, START, WIDE, wide_spellings
from pipelines.agencynames import PICTURE, Names
from pipelines.roles import is_particle

SHORT = 100
"""Characters: a line may begin in any way that is no longer than this."""
_WIDE_PIECES = re.compile(r"[=＝・/,、\s\u3000]+")
_OPENING = ("(", "[", "（", "【", "［", "/", "|", " –", " —", "- ", "电", "電", "।")
"""One of them stands in every dateline."""
_HANGUL = re.compile("[가-힣]")
_INDIAN = re.compile(r"^(?P<one>[^,।(]{2,25}),\s(?P<other>[^,।(]{2,25})।")
"""As in "पीटीआई, नई दिल्ली।"."""
_BRACKETED = re.compile(
    r"^[\s\"“”„«»*•–-]{0,3}(?P<place>[^()\[\]（）【】［］]{0,80}?)\s*"
    r"[(\[（【［〔](?P<names>[^()\[\]（）【】［］]{2,60})[)\]）】］〕](?P<rest>.{0,3})"
)
_IN_STATE = re.compile(r"(?<=\w)\s\([^()]{2,30}\)(?:\s\[[^\[\]]{3,20}\])?(?=,|\s\()")
"""As in "Mumbai (Maharashtra) [India], November 26 (ANI)"."""
_SLASHED = re.compile(
    r"^(?P<place>[^/]{2,60}?)[\s.,–—-]+/\s?(?:[Кк]орр\.\s)?(?P<names>[^/]{2,30}?)\s?/(?P<rest>.{0,3})"
)
_DASHED = re.compile(r"^(?P<place>[^.—–:;()]{2,30},\s\d{1,2}\s\w{3,9}\.?)\s*[—–-]\s*(?P<names>[^.,(:]{2,30})[.,]")
_DOTTED = re.compile(
    r"^(?P<place>\w[\w -]{1,30}\.(?:\s\d{1,2}\s\w{3,9}\.)?)\s(?P<names>[\w.«»-]{3,25}(?: [\w-]+)?)\s?[–—-]\s"
)
_BARRED = re.compile(r"^(?P<place>[^\W\d_][\w/ -]{1,24}?)\s(?P<names>[\w/]{2,20})\s?\|\s")
_BARE = re.compile(r"^(?:\w[\w ]{1,20}\s[–—-]\s)?(?P<names>[^\W\d_][\w./-]{1,20}?)\.?\s?[–—|-]\s+(?=\S)")
_GOES_ON = re.compile(r"\s*[-–—―−:.,;=|।]|\s*[^\W\d_a-zß-öø-ÿа-яё]|\s*[\"“„«»‘'¿¡\d]")
_SEPARATED = re.compile(r"\s*[-–—―−:.,;=|।]")


def in_dateline(lines: Iterable[str], names: Names) -> list[str]:
    """Return the agencies of the first of a text's first lines that begins with a dateline."""
    for line in lines:
        found = _before_text(line, names)
        if found:
            return found
    return []


def may_begin(line: str) -> bool:
    """Tell whether a line may begin with a dateline: most do not, and are not looked at closely."""
    return len(line) <= SHORT or any(mark in line for mark in _OPENING)


def _before_text(line: str, names: Names) -> list[str]:
    """Return the agencies in the dateline that a line begins with."""
    found = _BRACKETED.match(_IN_STATE.sub("", line)) or _SLASHED.match(line)
    if found is not None:
        place, told, rest = found["place"], found["names"], found["rest"]
        agencies = _wide_names(told, names) if WIDE.search(told) and not place else names.all_of(told, DATELINE)
        if agencies and _is_place(place, told) and _leads_on(place, rest):
            return agencies
    dashed = _DASHED.match(line) or _DOTTED.match(line) or _BARRED.match(line)
    if dashed is not None and _is_place(dashed["place"], ""):
        return names.all_of(dashed["names"], DATELINE)
    indian = _INDIAN.match(line)
    if indian is not None:
        return names.all_of(indian["one"], START) or names.all_of(indian["other"], START)
    if WIDE.match(line.lstrip("（(【")):
        return _wide_start(line, names)
    bare = _BARE.match(line)
    told = bare["names"] if bare else ""
    return names.all_of(told, START) if told and (told.islower() or not any(map(str.islower, told))) else []


def _leads_on(place: str, rest: str) -> bool:
    """Tell whether what follows a dateline's bracket is the beginning of a text."""
    caseless = bool(place) and not any(character.isupper() or character.isdigit() for character in place)
    return (_SEPARATED if caseless else _GOES_ON).match(rest) is not None


def _is_place(text: str, names: str) -> bool:
    """Tell whether a text may be a place with a date, and the name after it is not an abbreviation of it."""
    words = text.split()
    if not words:
        return True
    if len(words) > 9 or text[0].islower():
        return False
    dated = [any(map(str.isdigit, word)) for word in words]
    for number, word in enumerate(words):
        beside = any(dated[max(0, number - 1) : number + 2])
        if word[:1].islower() and not beside and len(word) > 3 and not is_particle(word.strip(",")):
            return False
    initials = "".join(word[0] for word in words if word[0].isupper()) if "," not in text else ""
    return sum(not one for one in dated) <= 6 and not (len(names) > 1 and initials.endswith(names.upper()))


def _wide_names(text: str, names: Names) -> list[str]:
    """Return the agencies in a bracket as in 【東京共同】, (서울=연합뉴스), （新华社北京11月26日电）."""
    found: list[str] = []
    pieces = [piece for piece in _WIDE_PIECES.split(text) if piece]
    if PICTURE.search(text) or (_HANGUL.search(text) and all(names.named(piece, DATELINE) for piece in pieces)):
        return []  # a caption's credit: [AP=연합뉴스]
    for piece in pieces:
        ending = next((one for one in wide_spellings() if piece.endswith(one) and piece != one), "")
        joined = ending or re.search(rf"[=＝]{re.escape(piece)}$", text)
        agency = names.named(piece, DATELINE) or (names.named(ending or piece, ENDING) if joined else None)
        found += [agency] if agency else []
    return found or _wide_start(text, names)


def _wide_start(line: str, names: Names) -> list[str]:
    """Return the agency of a Chinese dateline: 新华社北京11月26日电."""
    head = re.split("[，。,：:]", line[:40].lstrip("（(【据據"))[0]
    name = next((one for one in wide_spellings() if head.startswith(one)), None)
    agency = names.named(name, DATELINE) if name and re.search("[电電]", head) else None
    return [agency] if agency else []
