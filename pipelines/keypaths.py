"""The path of a URL key: without index files, AMP and print versions, sessions, slashes at the end."""

from __future__ import annotations

import re

from pipelines.escapes import escaped, without_entities
from pipelines.keynames import is_slug
from pipelines.sessionids import without_asp_session, without_session

_INDEX = re.compile(r"(?:index|default)\.(?:[spx]?html?|php\d?|aspx?|jspx?|cfm|cms)")
_QUERY_IN_PATH = re.compile(r"(?:&|%3F)(?:utm_[a-z]+|fbclid)(?:=|%3D).*$", re.IGNORECASE)
_PATH_ENDS = ("/", "%20", "%09", "%0A", "%0D")
_PATH_END = re.compile(r"(?:/|%20|%09|%0A|%0D)+$")
_AMP_NAMES = frozenset({"amp", "amp.html", "amp.htm", "amphtml", "sn-amp", "tnamp"})
_TOPICS = frozenset({"", "tag", "tags", "topic", "topics", "label", "keyword", "category", "glossary", "wiki", "thema"})
_AMP_ENDING = re.compile(r"(?<=[^/.])(?:\.amp)+(?=(?:\.(?:html?|php))?$)", re.IGNORECASE)
_AMP_FRONT = re.compile(r"^/(?:platform/amp|google-amp|\.?amp)(?=/)", re.IGNORECASE)
_AMP_INSIDE = re.compile(r"/amp(?=/)|(?<=/)amp_(?=[a-z]+/\d+\.cms$)", re.IGNORECASE)
_NO_WORD = re.compile(r"[^a-z]", re.IGNORECASE)
_MOBILE_FRONT = re.compile(r"^/(?:m|mobile?|touch|wap)(?=/[^/]+/)", re.IGNORECASE)
_PRINT = re.compile(r"(?:print|printable|print-?version|print-?view|drucken)(?:\.html?)?")
_COMMENT_PAGE = re.compile(r"comment-page-\d+")
_LONG_NUMBER = re.compile(r"\d{6}")


def key_path(path: str) -> str:
    """Return a path as URL keys have it."""
    path = tidy(path)
    while (shorter := _without_version(without_end(path))) != path:
        path = shorter
    return path


def tidy(path: str) -> str:
    """Return a path in one spelling, without sessions and what got into it by mistake."""
    path = escaped(path, "/!$&'()*+,;=:@%")
    if "&" in path or "%3F" in path:
        path = _QUERY_IN_PATH.sub("", without_entities(path))
    path = without_asp_session(without_session(path))
    if "//" in path:
        path = re.sub(r"/{2,}", "/", path)
    return path


def without_end(path: str) -> str:
    """Return a path without slashes and spaces at its end, and without dot segments."""
    while path.endswith(_PATH_ENDS) or "/." in path:
        shorter = _without_dots(_PATH_END.sub("", path))
        if shorter == path:
            break
        path = shorter
    return path


def _without_dots(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[max(1, len(parts) - 1) :]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _without_version(path: str) -> str:
    """Return a path without its last part when that is an index file, or says AMP, print or a page of comments."""
    head, _, last = path.rpartition("/")
    last = last.lower()
    above = head.rpartition("/")[2].lower()
    if _INDEX.fullmatch(last):
        return head
    if last in _AMP_NAMES:
        return path if above in _TOPICS else head
    if _PRINT.fullmatch(last):
        return head if is_slug(above) else path
    if _COMMENT_PAGE.fullmatch(last):
        return head or path
    return _without_mark(path)


def _without_mark(path: str) -> str:
    """Return a path without a mark of its AMP or mobile version; one that may be a word where the rest is unique."""
    if "amp" in path.lower():
        path = _AMP_ENDING.sub("", path)
        front = _AMP_FRONT.match(path)
        if front and _NO_WORD.search(path, front.end() + 1):
            path = path[front.end() :]
        path = _if_unique(_AMP_INSIDE.sub("", path), path)
    return _if_unique(_MOBILE_FRONT.sub("", path), path)


def _if_unique(shorter: str, path: str) -> str:
    """Return the shorter path if no other article is likely to have it: it has a long number or many words."""
    if shorter == path:
        return path
    return shorter if _LONG_NUMBER.search(shorter) or shorter.rpartition("/")[2].count("-") > 3 else path
