"""Notes of corrections in a line: where they begin and end."""

from __future__ import annotations

import re

from pipelines.changewords import note_labels, note_phrases
from pipelines.counters import SHORT, kinds_of
from pipelines.fingerprint import plain

_AFTER_LABEL = re.compile(r"\s*(?:$|[:\])】」]|\.\s|-+\s)")
_SENTENCE = re.compile(r"[.!?。]['\")]? +|[。！？(\[【]")
_CLOSING = {"(": ")", "[": "]", "【": "】"}


def note_in(line: str) -> tuple[int, int]:
    """Return where a line tells of a correction: from the start of that sentence to its bracket, or the line's end."""
    said = note_phrases().search(line)
    starts = [max((found.end() for found in _SENTENCE.finditer(line, 0, said.start())), default=0)] if said else []
    labels = [
        found for found in note_labels().finditer(line) if _ends_label(line[found.end() :], within=bool(found.start()))
    ]
    starts += [found.start("label") for found in labels]
    if not starts:
        return 0, 0
    start = min(starts)
    end = line.find(_CLOSING.get(line[start - 1 : start], "\n"), start)
    if end < 0 or any(found.end() == end for found in labels):  # "[Correction] …": the bracket is the label's own
        return start if end < 0 else start - 1, len(line)
    return start - 1, end + 1


def is_label(line: str) -> bool:
    """Tell whether a line is the label of a note that the next line holds."""
    found = note_labels().match(plain(line)) if len(line) <= SHORT else None
    return found is not None and kinds_of(plain(line)[found.end() :]) is not None


def _ends_label(rest: str, *, within: bool) -> bool:
    """Tell whether what follows makes a word a label: a colon, perhaps after a date; as a line begins, a dash too."""
    dates = [rest[: found.start()] for found in re.finditer(":" if within else ":|$", rest[:SHORT])]
    return (not within and bool(_AFTER_LABEL.match(rest))) or any(kinds_of(date) is not None for date in dates)
