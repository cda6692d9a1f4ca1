"""Clean authors: people and agencies, without "By", roles, e-mail addresses, social names or the outlet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.clean import clean_text

MOST = 12
_BY = re.compile(
    r"^(?:(?:written |posted |story |text |reported |photos? |words )?by|von|par|por|di|da|door|av|af|autor(?:in)?|author|od|от)\b[:\s]+",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"\(?\b[\w.+-]+@[\w-]+\.[\w.-]+\)?")
_HANDLE = re.compile(r"(?:^|\s)\(?@\w+\)?")
_URL = re.compile(r"^(?:https?:|www\.|/)|\.(?:com|org|net|html?)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\s*(?:[,|(–—/]|\s-)\s*(?:the |senior |chief |staff |political |foreign |special |contributing |guest )*"
    r"(?:reporter|writer|editor|correspondent|columnist|journalist|contributor|producer|photographer|redakteur(?:in)?"
    r"|korrespondent(?:in)?|associated press|ap|reuters|afp|dpa|cnn|bbc|usa today|for .+"
    r"|.*\b(?:news|times|post|staff|editor|reporter|writer|correspondent)\b).*$",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:chief|officer|head of|director|president|ceo|cto|founder|professor|manager|fellow|anchor|link copied"
    r"|read more|view (?:all|profile)|follow|published|updated)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,|;|\||/|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|\bog\b|\boch\b|\ben\b)\s+", re.IGNORECASE)
_PAPER = re.compile(
    r"^the \w+|\b(?:journal|times|post|gazette|herald|tribune|news|magazine|telegra(?:m|ph)|daily|press|media|network"
    r"|team|staff|desk|bureau|newsroom|zeitung|redaktion|online|agency|agentur|wires?)$",
    re.IGNORECASE,
)
_COPIED = re.compile(
    r"\s*(?:link copied|copy link|opens in (?:a )?new (?:tab|window)|see all articles.*)\s*$", re.IGNORECASE
)
_NOBODY = {
    *("admin", "administrator", "staff", "editor", "editorial", "newsroom", "redaktion", "redaction", "rédaction"),
    *("redacción", "unknown", "none", "null", "guest", "webmaster", "author", "news", "online", "web", "anonymous"),
    *("superuser", "undefined", "root", "user", "default", "editors", "staffwriter", "staffreporter", "newsdesk"),
}


def clean_authors(raw: Iterable[str], site: str = "") -> tuple[str, ...]:
    """Return the names in what a page says of its authors, in order, each once."""
    found: dict[str, str] = {}
    for text in raw:
        for name in _names(text):
            if _is_name(name, site):
                found.setdefault(name.casefold(), name)
    people = [name for name in found.values() if is_person(name)]
    return tuple(people or found.values())[:MOST]


def is_person(name: str) -> bool:
    """Tell whether a name is not that of a paper, an agency or a desk."""
    return not _PAPER.search(name)


def _names(text: str) -> list[str]:
    text = clean_text(text, 400)
    text = _HANDLE.sub(" ", _EMAIL.sub(" ", text))
    text = _COPIED.sub("", _BY.sub("", text.strip()))
    text = _ROLE.sub("", text).strip(" ,;|")
    whole = _PAPER.search(text) and "&" in text
    return [_proper(_BY.sub("", part)) for part in ([text] if whole else map(_bare, _SPLIT.split(text))) if part]


def _bare(part: str) -> str:
    """Return a name without what was around it, but with the dot of an initial ("Nelson C.J.")."""
    bare = part.strip(" .,;:|-–—()\"'")
    return f"{bare}." if re.search(r"\.[A-Z]$", bare) and f"{bare}." in part else bare


def _proper(name: str) -> str:
    return name.title() if name.isupper() and len(name) > 4 and " " in name else name


def _is_name(name: str, site: str) -> bool:
    if not 2 < len(name) <= 60 or _URL.search(name) or sum(c.isdigit() for c in name) > 2 or _OFFICE.search(name):
        return False
    plain = re.sub(r"\W+", "", name.casefold())
    outlet = re.sub(r"\W+", "", site.casefold())
    return plain not in _NOBODY and plain != outlet and len(name.split()) <= 6
