"""Clean text before it is stored: no markup, no control characters, nothing that a database refuses."""

from __future__ import annotations

import html
import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u200b\u2060\ufeff]")
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")

HEADLINE = 500
DESCRIPTION = 2_000
BODY = 2_000_000


def clean_text(text: str, limit: int = HEADLINE) -> str:
    """Return a one-line text: entities read, tags and control characters gone, white space single, at most `limit`
    characters.
    """
    for _ in range(2):  # &amp;lt;b&amp;gt; is common in feeds
        text = html.unescape(text) if "&" in text else text
    text = _TAG.sub("", text) if "<" in text else text
    text = " ".join(unicodedata.normalize("NFC", _printable(text)).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean_body(text: str, limit: int = BODY) -> str:
    """Return a body: paragraphs as lines with a blank line between, control characters gone."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\u2028", "\n"))
    lines = (" ".join(_printable(line).split()) for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line)[:limit]


def _printable(text: str) -> str:
    """Return a text without control characters; most have none, which is quickly seen."""
    return text if text.isprintable() else _CONTROL.sub("", text)
