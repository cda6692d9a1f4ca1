"""Read the dates that readers see about a headline, and those in the page's time elements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lxml.html import HtmlElement

from pipelines.bywords import any_of
from pipelines.clocks import Shown
from pipelines.dates import read
from pipelines.scan import text_of
from pipelines.written import LONGEST, Reading, read_written
from storage.types import DatePrecision

MOST = 12
SENTENCE = 80
"""Characters; a longer text with a date in it speaks of something else."""
CHANGED = re.compile(any_of("changed"), re.IGNORECASE)
_PUBLISHED = re.compile(any_of("published"), re.IGNORECASE)
_LABEL = re.compile(rf"{any_of('published')}|{any_of('changed')}", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d|[12٠-٩][٠-٩]{3}|\b\d{1,2}([./-])\d{1,2}\1\d\d\b")
_CAPTION = re.compile(r"caption|credit|copyright", re.IGNORECASE)


class ShownDates:
    """The dates about a headline, nearest first, then those of the page's time elements; read as they are asked for."""

    def __init__(self, around: Iterable[HtmlElement], times: Iterable[HtmlElement], language: str | None) -> None:
        self._read: list[Shown] = []
        self._more = chain(_about(around, language), _in_times(times, language))

    def __iter__(self) -> Iterator[Shown]:
        yield from self._read[:]
        at = len(self._read)
        while at < len(self._read) or self._pull():
            yield self._read[at]
            at += 1

    def _pull(self) -> bool:
        found = next(self._more, None)
        if found is not None:
            self._read.append(found)
        return found is not None


def _about(around: Iterable[HtmlElement], language: str | None) -> Iterator[Shown]:
    seen: set[str] = set()
    for element in around:
        if not _has_year(element) or _is_caption(element):
            continue
        changed = is_of_change(element)
        for raw in (part for text in _dated(element) for part in _parted(text)):
            reading = read_written(raw, language) if raw not in seen else None
            if reading is not None:
                seen.add(raw)
                yield Shown(raw, reading, True, changed or bool(CHANGED.search(raw)))
        if len(seen) >= MOST:
            return


def _in_times(times: Iterable[HtmlElement], language: str | None) -> Iterator[Shown]:
    for element in islice(times, MOST):
        raw = (element.get("datetime") or element.get("content") or "").strip()
        for text in (raw, text_of(element, 60)):
            reading = read_written(text, language) if text is not raw else _machine(raw, language)
            if reading is not None and reading.offset is not None:
                yield Shown(text, reading, seen=False)


def _machine(raw: str, language: str | None) -> Reading | None:
    return read(raw, language) if 8 <= len(raw) <= 60 else None


def is_of_change(element: HtmlElement) -> bool:
    """Tell whether an element's classes, or the words before its date, say that this is when the page was changed."""
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
    if CHANGED.search(names[:LONGEST]) and not _PUBLISHED.search(names[:LONGEST]):
        return True
    before, parent = element.getprevious(), element.getparent()
    said = (before.tail or before.text) if before is not None else (parent.text if parent is not None else "")
    return bool(CHANGED.search((said or "")[-30:]))


def _parted(text: str) -> list[str]:
    """Return the parts of a text with the date of the publication and that of the last change."""
    starts = [found.start() for found in _LABEL.finditer(text)]
    if not starts:
        return [text]
    parts = [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]
    return [part.rstrip(" |•·–—-,;(") for part in parts if _YEAR.search(part)] or [text]


def _is_caption(element: HtmlElement) -> bool:
    """Tell whether an element stands below a picture."""
    if next(element.iterancestors("figure", "figcaption"), None) is not None or element.tag == "figcaption":
        return True
    parent = element.getparent()
    names = f"{element.get('class') or ''} {parent.get('class') or '' if parent is not None else ''}"
    return bool(_CAPTION.search(names[:LONGEST]))


def _has_year(element: HtmlElement) -> bool:
    own, after = element.text, element.tail
    return bool((own and _YEAR.search(own)) or (after and _YEAR.search(after)))


def _dated(element: HtmlElement) -> Iterator[str]:
    """Yield the short text in or after an element that has a year, and that of what it stands in, with the time."""
    own = element.text or ""
    if not _YEAR.search(own):
        own, element = element.tail or "", element.getparent()
    if len(own) > LONGEST:
        return
    text = text_of(element, LONGEST + 1)
    yield text if len(text) <= LONGEST else " ".join(own.split())
    wider = _wider(element, text)
    if wider != text and len(wider) <= LONGEST:
        yield wider


def _wider(element: HtmlElement, text: str) -> str:
    """Return the text of what an element stands in; beside a headline, that of the element and the next one."""
    parent = element.getparent()
    if parent is None or len(parent) > 8:
        return text
    if next(parent.iter("h1", "h2"), None) is None:
        return text_of(parent, LONGEST + 1)
    following = element.getnext()
    return f"{text} {text_of(following, LONGEST)}" if following is not None else text


def first_seen(shown: Iterable[Shown], changed: bool = False) -> Shown | None:
    """Return the first date that readers see: of the publication, or of the last change."""
    fit = [one for one in shown if one.seen and one.changed is changed]
    fit = [one for one in fit if one.brief or _LABEL.search(one.raw)] or [
        one for one in fit if len(one.raw) <= SENTENCE
    ]
    exact = (one for one in fit if one.reading.precision is not DatePrecision.DAY)
    first = next(iter(fit), None)
    finer = next(exact, None)
    if first is not None and finer is not None and finer.reading.local.date() == first.reading.local.date():
        return finer
    return first
