"""Credit lines: the agencies that the end of a text names as its source, or as those who helped."""

from __future__ import annotations

import re

from pipelines.agencies import CREDIT, EDGE, UNNAMED, WIDE, may_name, words_of
from pipelines.agencynames import PICTURE, Names

LONGEST, LONGEST_NAMES = 300, 70
"""Characters of a line that is a credit, and of the names in one."""
_SIGNED = re.compile(r"([A-Z]{3,4})(?: [A-Z]{2,4}){1,5}")
_SENTENCE = re.compile(r".*[.!?…。！？।؟\"”»’)）]\s*(?=\S)", re.DOTALL)
_LAST_BRACKET = re.compile(r"(?:^|[.!?…。！？।؟\"”»’'])\s*[(\[（〔]([^()\[\]（）]{2,70})[)\]）〕][.。।]?$")
_COPYRIGHT = re.compile(
    r"^\W*(?:[\w ]{0,30}\s)?(?:©|\(c\)|\bcopyright\b)[\s©]*(?:\(c\)|copyright)?[\s©]*"
    r"(?:\(?\d{4}\)?(?:\s?[–-]\s?\d{4})?)?[\s,.]*(?:by\s)?(?P<names>[^.©:]{2,60}?)(?:\s\d{4})?\s*"
    r"(?:$|[.:|–—-]|\ball rights|\balle rechte|\btous droits|\btodos |\btutti )",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\bdpa:\d{6}-")


def in_credit(line: str, names: Names, at_end: bool) -> list[str]:
    """Return the agencies of a line that is a credit, or, `at_end`, of one that ends with a credit."""
    if _NUMBERED.search(line):
        return ["dpa"]
    found = whole_credit(line, names) if len(line) <= LONGEST else []
    if found or not at_end:
        return found
    inside = _LAST_BRACKET.search(line[-LONGEST_NAMES - 4 :])
    if inside is not None and (found := _in_names(inside.group(1), names)):
        return found
    end = line.rstrip(" .")[-LONGEST_NAMES:]
    after = _SENTENCE.match(end)
    return _in_names(end[after.end() :], names) if after else []


def in_contribution(line: str, names: Names) -> list[str]:
    """Return the agencies that a line says have helped."""
    inside = _LAST_BRACKET.search(line)
    for text in (line, inside.group(1) if inside else ""):
        bare = text.strip(EDGE)
        if not 3 < len(bare) <= LONGEST or PICTURE.search(bare):
            continue
        material = words_of("material", r"\s+(?:the\s+)?|(?<=['’:])\s*").match(bare)
        if material is not None:
            return names.some_of(bare[material.end() :])
        joined = words_of("with", r"\s+", r".{0,40}?\b").match(bare) if len(bare) <= LONGEST_NAMES else None
        if joined is not None and (found := names.all_of(bare[joined.end() :], CREDIT)):
            return found
        helped = words_of("contributed").search(bare)
        if helped is not None:
            begun = words_of("with", r"\s+").match(bare)
            return names.some_of(bare[begun.end() if begun else 0 : helped.start()].strip())
    return []


def whole_credit(line: str, names: Names) -> list[str]:
    """Return the agencies of a line that is a credit and nothing else."""
    if len(line) <= LONGEST_NAMES and (found := _in_names(line, names)):
        return found
    holder = _COPYRIGHT.match(line)
    if holder is not None and (found := names.all_of(holder["names"], CREDIT)):
        return found
    if "™" in line and (marked := names.named(line.partition("™")[0], CREDIT)):
        return [marked]
    issued = words_of("issued").search(line)
    if issued is not None:
        told = next(filter(None, issued.groups()), None)
        return names.all_of(told, CREDIT) if told else [UNNAMED]
    return ["Reuters"] if _is_signed_off(line) else []


def may_credit(line: str, language: str | None) -> bool:
    """Tell whether a line may hold a credit: most do not, and are not looked at closely."""
    near = line if len(line) <= LONGEST else line[-LONGEST_NAMES:]
    return may_name(near, language) or _is_signed_off(line)


def _in_names(text: str, names: Names) -> list[str]:
    """Return the agencies of a text that is their names, with "Source:" before them perhaps, or initials after."""
    source = words_of("source", r"\s*[:：]\s*").match(text.lstrip(EDGE))
    text = text.lstrip(EDGE)[source.end() :] if source else text
    text = text.split()[0] if source and WIDE.match(text) else text
    signed = _SIGNED.fullmatch(text.strip(EDGE))
    return names.all_of(signed.group(1) if signed else text, CREDIT)


def _is_signed_off(line: str) -> bool:
    """Tell whether a line is the list of who wrote and who edited that Reuters has at the end of its texts."""
    wrote = words_of("wrote", r"\s", r"^\W{0,2}").match(line)
    return wrote is not None and words_of("edited", r"\s", r"[;.,\s]").search(line, wrote.end()) is not None
