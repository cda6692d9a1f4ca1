"""Fingerprints of a text: the exact content hash."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_GAP = re.compile(r"\s+")
_QUOTES = str.maketrans("‘’‚‛“”„‟«»‹›′″–—‐‑", '\'\'\'\'""""""""\'"----')


def content_hash(headline: str, body: str) -> str:
    """Return the SHA-256 (hex) of a text, blind to white space, typographic quotes and dashes, and Unicode form."""
    digest = hashlib.sha256()
    digest.update(_plain(headline).encode("utf-8", "replace"))
    digest.update(b"\n")
    digest.update(_plain(body).encode("utf-8", "replace"))
    return digest.hexdigest()


def _plain(text: str) -> str:
    return _GAP.sub(" ", unicodedata.normalize("NFKC", text).translate(_QUOTES)).strip()
