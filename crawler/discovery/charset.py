"""Bytes of a document to text: byte order marks, declarations, and what to do when they lie."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""")


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the document's text. The charset of the header counts first, then the document's own, then UTF-8."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    if body[:2] == b"<\x00" or body[1:2] == b"\x00":
        return body.decode("utf-16-le", "replace")
    if body[:1] == b"\x00":
        return body.decode("utf-16-be", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    found = _DECLARED.search(body[:2000])
    for declared in (charset, found.group(1).decode("ascii") if found else None):
        try:
            if declared and codecs.lookup(declared).name != "utf-8":
                return body.decode(declared, "replace")
        except (LookupError, UnicodeDecodeError):
            continue
    return _mostly_utf8(body)


def _mostly_utf8(body: bytes) -> str:
    """Return text of bytes that claim UTF-8 and are not: one bad byte is replaced, many are another charset."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    good = sum(1 for byte in body if byte >= 0xC2) - wrong
    return text if wrong <= max(3, good) else body.decode("cp1252", "replace")
