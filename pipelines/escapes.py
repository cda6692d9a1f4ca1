"""The spelling of addresses: percent signs, entities, and characters that cannot be encoded."""

from __future__ import annotations

import re
from urllib.parse import quote

_AMPERSAND = re.compile(r"&(?:amp;|#0{0,4}38;|#x26;)+", re.IGNORECASE)
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_CLEAN = re.compile(r"[A-Za-z0-9/!$&'()*+,;=:@._~-]*")
_READABLE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,;=:@")


def without_entities(url: str) -> str:
    """Return an address with `&` for what HTML writes for it, however often that was escaped."""
    return _AMPERSAND.sub("&", url)


def encodable(url: str) -> str:
    """Return an address with U+FFFD for what no encoding has: half of a pair of surrogates."""
    try:
        url.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\ufffd", url)
    return url


def escaped(text: str, safe: str) -> str:
    """Return a text with what needs it percent-encoded, and nothing else: `%7e` → `~`, `%c3` → `%C3`, `é` → `%C3…`."""
    if _CLEAN.fullmatch(text):
        return text
    text = _ESCAPE.sub(lambda found: _escape(found.group(1)), text)
    return quote(text, safe=safe + "-._~%", errors="surrogateescape")


def _escape(digits: str | None) -> str:
    if digits is None:
        return "%25"
    return chr(byte) if (byte := int(digits, 16)) in _READABLE else f"%{byte:02X}"
