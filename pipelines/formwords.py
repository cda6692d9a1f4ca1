"""Know a line of a comment form by its words: its heading ("Leave A Reply"), or the note beside its fields."""

from __future__ import annotations

import re

from pipelines.phrases import phrases

_GOES_ON = re.compile(r"[\"”»’']|,? (?:is|was|and|but|said|says)\b")
"""What follows a form's note only where somebody writes about it."""


def is_form_text(text: str) -> bool:
    """Tell whether a short text is the heading of a comment form, or the note in it."""
    return len(text) > 4 and bool(phrases("comment form").search(text) or is_form_note(text))


def is_form_note(text: str) -> bool:
    """Tell whether a short text begins with what is written beside the fields of a comment form."""
    found = phrases("form note").search(text) if len(text) < 260 and text[:1] not in "\"“„«‘'" else None
    return found is not None and found.start() < 40 and not _GOES_ON.match(text, found.end())
