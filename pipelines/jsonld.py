"""Read schema.org JSON-LD from a page: graphs, arrays, and blocks that are broken. One bad block costs itself alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

ARTICLE_TYPES = {
    "Article",
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "BackgroundNewsArticle",
    "ReviewNewsArticle",
    "AskPublicNewsArticle",
    "BlogPosting",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "Report",
    "TechArticle",
    "ScholarlyArticle",
    "Review",
}
_DEEPEST = 6
_LONGEST = 1_000_000
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")


def read_block(text: str) -> Any:
    """Return what a JSON-LD block says, mended where it can be; None when it cannot be read."""
    text = _WRAPPING.sub("", text[:_LONGEST]).strip().rstrip(";")
    for mend in (_as_is, _lenient, _unescaped):
        try:
            return json.loads(mend(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _as_is(text: str) -> str:
    return text


def _lenient(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", text)


def _unescaped(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", html.unescape(text))


def nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every object of a block, outer ones first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value[:200]:
            yield from nodes(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart"):
            if name in value:
                yield from nodes(value[name], depth + 1)


def types_of(node: dict[str, Any]) -> set[str]:
    """Return the types of an object, without the namespace."""
    found = node.get("@type", ())
    names = found if isinstance(found, list) else [found]
    return {str(name).rsplit("/", 1)[-1] for name in names if isinstance(name, str)}


def article_node(blocks: list[Any]) -> dict[str, Any] | None:
    """Return the object that describes the page's article: the one with the most to say."""
    candidates = [node for block in blocks for node in nodes(block) if types_of(node) & ARTICLE_TYPES]
    wanted = ("headline", "datePublished", "author", "articleBody", "dateModified")
    return max(candidates, key=lambda node: sum(name in node for name in wanted), default=None)


def resolved(node: dict[str, Any], blocks: list[Any]) -> dict[str, Any]:
    """Return an object with its references ({"@id": …}) replaced by what they name, one level deep."""
    known = {
        str(other["@id"]): other for block in blocks for other in nodes(block) if len(other) > 1 and "@id" in other
    }
    return {name: _looked_up(value, known) for name, value in node.items()}


def _looked_up(value: Any, known: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_looked_up(part, known) for part in value[:50]]
    if isinstance(value, dict) and "@id" in value and not {"name", "url"} & value.keys():
        return known.get(str(value["@id"]), value)
    return value


def kinds(blocks: list[Any]) -> set[str]:
    """Return every type that the page's blocks name."""
    return {name for block in blocks for node in nodes(block) for name in types_of(node)}


def texts(value: Any, *names: str) -> list[str]:
    """Return the texts in a value that may be a string, an object with one of these names, or a list of such."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for part in value[:50] for text in texts(part, *names)]
    if isinstance(value, dict):
        for name in names:
            found = texts(value.get(name), *names)
            if found:
                return found
    return []
