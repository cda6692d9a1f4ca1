"""Read JSON that people and templates broke: newlines, trailing commas, entities, comments, quotes, several texts."""

from __future__ import annotations

import html
import json
import re
from typing import Any

LONGEST = 1_000_000
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/[/*]\s*<!\[CDATA\[(?:\s*\*/)?|<!\[CDATA\[)|(?:-->|/[/*]\s*\]\]>(?:\s*\*/)?|\]\]>)\s*;?\s*$"
)
_COMMENT = re.compile(
    r"(?<![:\"'\w])/\*.{0,500}?\*/|(?:^|(?<=[,{}\[\]]))[ \t]*//[^\n]*$|<!--.{0,500}?-->", re.MULTILINE | re.DOTALL
)
MOST_COMMENTS = 500
"""More openings of comments than that are an attack on whoever looks for their ends."""
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_DOUBLE_COMMA = re.compile(r",(?=\s*,)|(?<=[{\[])\s*,")
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])|\\u(?![0-9A-Fa-f]{4})")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_CLOSES = re.compile(r"\s*(?:[}\]:]|,\s*(?:[\"{\[\-\d}\]]|true|false|null)|$)")
_GAP = re.compile(r"\s*[,;]?\s*")
_FIELD = re.compile(
    r'"(@type|headline|datePublished|dateModified|articleSection|isAccessibleForFree|inLanguage)"\s*:\s*'
    r'(?:"((?:[^"\\\n]|\\.){1,1000})"|(true|false))'
)
_AUTHOR = re.compile(r'"(?:author|creator)"\s*:\s*\[?\s*\{[^{}]{0,500}?"name"\s*:\s*"((?:[^"\\\n]|\\.){1,200})"')


def read_json(text: str) -> Any:
    """Return what a text says, mended where it can be: one value, or a list of several; None when there is nothing."""
    text = _WRAPPING.sub("", text[:LONGEST]).strip().rstrip(";")
    if not text:
        return None
    for mend in (_as_is, _lenient, _unescaped, _requoted):
        try:
            return json.loads(mend(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return _several(_lenient(text)) or _salvaged(text)


def _as_is(text: str) -> str:
    return text


def _lenient(text: str) -> str:
    text = text.replace("\ufeff", "")
    if text.count("/*") + text.count("<!--") <= MOST_COMMENTS:
        text = _COMMENT.sub("", text)
    text = _BAD_ESCAPE.sub(r"\\\\", text.replace("\\'", "'"))
    return _TRAILING_COMMA.sub("", _DOUBLE_COMMA.sub("", text))


def _unescaped(text: str) -> str:
    return _lenient(html.unescape(text))


def _requoted(text: str) -> str:
    """Return JSON with the quotes inside of strings escaped: those that neither open nor close one where they stand."""
    text = _lenient(text)
    parts: list[str] = []
    at, inside = 0, False
    for found in _QUOTE.finditer(text):
        if found.group() != '"':
            continue
        here, after = found.start(), found.end()
        parts.append(text[at:here])
        at = after
        if inside and _CLOSES.match(text, after) is None:
            parts.append('\\"')
            continue
        inside = not inside
        parts.append('"')
    return "".join([*parts, text[at:]])


def _several(text: str) -> list[Any]:
    """Return the values of a text that has several one after the other."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text) and len(values) < 50:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
    return values


def _salvaged(text: str) -> dict[str, Any] | None:
    """Return the plain fields of an article that can still be read out of a broken text."""
    found: dict[str, Any] = {}
    for name, value, truth in _FIELD.findall(text):
        found.setdefault(name, _string(value) if value else truth == "true")
    authors = [_string(name) for name in _AUTHOR.findall(text)[:1]]
    if authors:
        found["author"] = authors
    return found if len(found) > 1 else None


def _string(raw: str) -> str:
    try:
        return str(json.loads(f'"{raw}"', strict=False))
    except ValueError:
        return raw
