"""Bytes of a document to text: byte order marks, declarations, and what to do when they lie."""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import resolve_encoding

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:encoding|charset)\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9._:-]{2,40})""")
# Python knows codecs that are no charsets of documents, and some that take quadratic time (punycode).
_CHARSETS = re.compile(
    r"ascii|utf-(?:16|32)(?:-[lb]e)?|iso8859-\d+|latin\w*|cp\d+|koi8-[a-z]|gb\w+|big5\w*|shift_jis\w*|euc_\w+"
    r"|iso2022_\w+|hz|tis-620|mac-\w+|johab|ptcp154"
)
_ESCAPES = (b"\x1b$", b"~{")
"""Marks of the charsets that hide behind ASCII: ISO 2022 and HZ."""
_MOST_REPAIRS = 10_000


def decode(body: bytes) -> str:
    """Return the document's text: by its byte order mark, as UTF-8 if it is, as it declares itself, else mended."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    if re.match(rb"[<{\s]\0[^\0]\0", body):
        return body.decode("utf-16-le", "replace")
    if re.match(rb"\0[<{\s]\0[^\0]", body):
        return body.decode("utf-16-be", "replace")
    declared = _declared(body)
    if declared and declared.startswith(("iso2022", "hz")) and any(mark in body for mark in _ESCAPES):
        return body.decode(declared, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(declared, "replace") if declared else _repaired(body)


def _declared(body: bytes) -> str | None:
    """Return the codec that a document names, None when it names UTF-8, none, or one that cannot be meant."""
    found = _DECLARED.search(body[:4096])
    name = resolve_encoding(found.group(1).decode("ascii")) if found else None
    if name is None or name.startswith(("utf-8", "utf-16", "utf-32")):
        return None  # what begins with ASCII bytes is no UTF-16, whatever it says
    return name if _CHARSETS.fullmatch(name) else None


def _repaired(body: bytes) -> str:
    """Return text of bytes that should be UTF-8: what is not is read as Windows-1252, byte by byte."""
    if body.decode("utf-8", "replace").count("\ufffd") > _MOST_REPAIRS:
        return body.decode("cp1252", "replace")
    return body.decode("utf-8", "cp1252-bytes")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("cp1252-bytes", _as_cp1252)
