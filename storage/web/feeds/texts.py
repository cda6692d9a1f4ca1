"""Texts of strangers as they may stand in XML and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str | None) -> str:
    """Return a text without the characters that XML 1.0 has no way to write."""
    return _FORBIDDEN.sub("", text or "")


def one_line(text: str | None) -> str:
    """Return a text on one line."""
    return " ".join(clean(text).split())


def web_address(url: str | None) -> str | None:
    """Return an http(s) URL without what cannot stand in one, None for any other."""
    found = "".join(clean(url).split())
    return found if found.lower().startswith(("http://", "https://")) else None


def paragraphs(lines: Iterable[str]) -> str:
    """Return lines as paragraphs of HTML, with nothing in them that could be markup."""
    return "".join(f"<p>{escape(clean(line))}</p>" for line in lines if line.strip())


def link(url: str, text: str) -> str:
    """Return a link as HTML."""
    return f'<a href="{escape(url)}" rel="noreferrer noopener">{escape(clean(text))}</a>'
