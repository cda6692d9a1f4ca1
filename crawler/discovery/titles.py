"""Titles as channels write them, to plain text."""

from __future__ import annotations

import html

import nh3

from pipelines.clean import clean_text

_LONGEST = 10_000
_ESCAPES = 3
"""`&amp;amp;lt;b&amp;amp;gt;` has been seen."""


def plain_title(raw: str, limit: int = 500) -> str | None:
    """Return a title without markup, however often it was escaped; None when nothing is left of it."""
    text = raw[:_LONGEST]
    for _ in range(_ESCAPES):
        before = text
        if "<" in text:
            text = nh3.clean(text, tags=set())
        text = html.unescape(text) if "&" in text else text
        if text == before:
            break
    return clean_text(text, limit) or None
