"""Session ids in addresses: what says who reads, and nothing of what is read."""

from __future__ import annotations

import re

_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?;&]*|;sid=[0-9a-z.-]{16,}", re.IGNORECASE)
_ASP_SESSION = re.compile(r"/\((?:[asfx]\([\w-]{20,}\)){1,4}\)(?=/)", re.IGNORECASE)
_SESSION_NAMES = frozenset({"sid", "s", "sess", "session"})
_TOKEN = re.compile(r"(?=.{0,60}\d)(?=.{0,60}[a-z])[0-9a-z-]{16,128}", re.IGNORECASE)
_SHORT_TOKEN = re.compile(r"(?=.{0,60}\d)(?=.{0,60}[a-z])[0-9a-z-]{8,128}", re.IGNORECASE)


def without_session(text: str) -> str:
    """Return a path or a query without the session ids that stand in it after a semicolon."""
    return _SESSION.sub("", text) if ";" in text else text


def without_asp_session(path: str) -> str:
    """Return a path without ASP's session ids: `/(S(…))/`."""
    return _ASP_SESSION.sub("", path) if "/(" in path else path


def says_session(name: str, value: str) -> bool:
    """Tell whether a parameter is a session by its name; `sessionid=12` may be one of a parliament."""
    return name.lower() in ("sessionid", "session_id") and _SHORT_TOKEN.fullmatch(value) is not None


def is_session(name: str, value: str) -> bool:
    """Tell whether a parameter may be a session: `s=` with a token, which is an article's id at some sites."""
    return name.lower() in _SESSION_NAMES and _TOKEN.fullmatch(value) is not None
