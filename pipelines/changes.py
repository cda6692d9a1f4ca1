"""Decide what of a new version of an article counts as a change: headline, authors, body, correction note. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from pipelines.authors import clean_authors
from pipelines.boilerplate import is_service
from pipelines.corrections import is_label, note_in
from pipelines.counters import is_counter, without_counters
from pipelines.fingerprint import plain
from pipelines.phrases import phrases
from storage.blocks import lines_of
from storage.types import Version as Version

TRUNCATED, LIKE_BEGINNING = 0.5, 0.9
"""Of the old text's length, and likeness to its beginning: a page that has begun to hide the rest."""
COMPARED = 20_000
"""Characters of a beginning: more need not be compared, and takes time that grows with the square."""
MOST_LINES = 5_000
"""Of a text that is read line by line: in a longer one every change counts."""
_COUNT_ALONE = re.compile(r"[\d.,' ]+(?:[km]|mn|mln|mio|tsd|tys|тыс|万|萬|만|천)?\.?", re.IGNORECASE)
_SCALED = re.compile(r"\d+(?:[.,]\d+)? ?(?:k|m|mn|mln|tsd|tys|тыс|万|萬|만|천)\.?", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NO_LETTER = re.compile(r"[\W\d_]+")
_TITLE = re.compile(
    r"^(?:(?:dr|prof|professor|mr|mrs|ms|miss|sir|dame|herr|frau|mme|mlle|sra|srta|dott|dott\.ssa|dhr|mevr)\b\.? *"
    r"|(?:m|sr|sig|sig\.ra|rev|hon|ing|mag|dipl|phil|hc|h\.c)\. *)+"
)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What counts of a line: its prose, and what it says of a correction."""

    prose: str
    note: str = ""


def changes(old: Version, new: Version) -> tuple[str, ...]:
    """Return what has changed so that it counts, of headline, authors, body and correction in this order.

    () means no revision. Blind to white space, typographic signs, Unicode form, counters, clocks, related links, and
    to authors' order, case and titles; a byline that is gone altogether is taken for a fault of the page. A paragraph
    that moved is a change of the body. `correction` means that a line which tells of a correction is new or changed.
    """
    body, correction = _body_changes(old.body, new.body) if _compact(old.body) != _compact(new.body) else (False, False)
    found = {
        "headline": _headline(old.headline) != _headline(new.headline),
        "authors": _has_new_authors(old.authors, new.authors),
        "body": body,
        "correction": correction,
    }
    return tuple(name for name, changed in found.items() if changed)


def is_truncated(old: Version, new: Version) -> bool:
    """Tell whether the new body is hardly more than the beginning of the old one, and less than half as long."""
    if len(_compact(new.body)) >= TRUNCATED * len(_compact(old.body)):
        return False
    whole, rest = (_compact("".join(line.prose for line in _judge(one.body))) for one in (old, new))
    rest = rest.rstrip(".…[]")
    if len(rest) >= TRUNCATED * len(whole):
        return False
    size = min(len(rest), COMPARED)
    return Indel.normalized_similarity(rest[:size], whole[:size]) >= LIKE_BEGINNING


def _compact(text: str) -> str:
    """Return a text as it is compared: no white space, nothing typographic, nothing invisible."""
    return _INVISIBLE.sub("", "".join(plain(text).split()))


def _headline(text: str) -> str:
    return _compact(without_counters(plain(text))) or _compact(text)


def _has_new_authors(old: Iterable[str], new: Iterable[str]) -> bool:
    before, after = _names(old), _names(new)
    return bool(after) and before != after


def _names(authors: Iterable[str]) -> frozenset[str]:
    return frozenset(_NO_LETTER.sub("", _TITLE.sub("", plain(name).casefold())) for name in clean_authors(authors))


def _body_changes(old: str, new: str) -> tuple[bool, bool]:
    """Return whether the text has changed, and whether there is a new note of a correction."""
    shared = set(lines_of(old)) & set(lines_of(new))
    here, there = _judge(old, shared), _judge(new, shared)
    if Counter(here) == Counter(there):  # lines have moved: perhaps only such as do not count
        here, there = _judge(old), _judge(new)
    known, found = _notes(here), _notes(there)
    return _prose(here) != _prose(there) or known > found, not found <= known


def _prose(lines: Iterable[_Judged]) -> str:
    return "".join(_compact(line.prose) for line in lines)


def _notes(lines: Iterable[_Judged]) -> set[str]:
    return {_compact(line.note).casefold() for line in lines if line.note}


def _judge(body: str, shared: Set[str] = frozenset()) -> list[_Judged]:
    """Return what counts of each line; lines that both versions share are left as they are."""
    lines = lines_of(body)
    if len(lines) > MOST_LINES:
        return [_Judged(line) for line in lines]
    judged: list[_Judged] = []
    for place, line in enumerate(lines):
        if line in shared:
            judged.append(_Judged(line))
        elif place and is_label(lines[place - 1]):
            judged.append(_Judged("", line))
        elif _COUNT_ALONE.fullmatch(line) and any(map(is_counter, lines[max(place - 1, 0) : place + 2])):
            judged.append(_Judged(""))
        else:
            judged.append(_judge_line(_INVISIBLE.sub("", plain(line))))
    return judged


def _judge_line(line: str) -> _Judged:
    start, end = note_in(line)
    if end:
        return _Judged(without_counters(line[:start] + line[end:]), line[start:end])
    if (
        _SCALED.fullmatch(line)
        or is_service(line)
        or any(phrases(kind).search(line) for kind in ("related", "comments"))
    ):
        return _Judged("")
    return _Judged(without_counters(line))
