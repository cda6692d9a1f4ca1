"""Names of articles' files: safe on every system, unique, and the same as long as the article is at its address."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from storage.types import StoredArticle

LONGEST = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)


def file_name(article: StoredArticle, suffix: str) -> PurePosixPath:
    """Return the relative path of an article's file: source/month/id-words.suffix.

    The month is that of its publication, or of when it was first seen; the words are the last of its address.
    """
    month = (article.date_published or article.first_seen).strftime("%Y-%m")
    words = slug(article.url_key)
    return PurePosixPath(folder(article.source), month, f"{article.id:08d}{f'-{words}' if words else ''}{suffix}")


def folder(source: str) -> str:
    """Return a source's name as that of a directory."""
    name = _UNSAFE.sub("_", source)[:LONGEST].strip(".-") or "_"
    return f"{name}_" if _RESERVED.fullmatch(name) else name


def slug(url_key: str) -> str:
    """Return the last words of an address in a-z, 0-9 and hyphens; empty when it has none."""
    path = url_key.partition("?")[0].rstrip("/")
    if "/" not in path:
        return ""
    last = _SUFFIX.sub("", unquote(path.rpartition("/")[2]))
    plain = normalize("NFKD", last).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-")


def is_file_of(path: str, article_id: int, suffix: str) -> bool:
    """Tell whether a relative path can be that of this article's file, as `file_name` makes them."""
    form = rf"[A-Za-z0-9_][A-Za-z0-9._-]*/\d{{4}}-\d{{2}}/{article_id:08d}(-[a-z0-9-]+)?{re.escape(suffix)}"
    return re.fullmatch(form, path) is not None
