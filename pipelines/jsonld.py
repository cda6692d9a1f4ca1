"""Read schema.org JSON-LD from a page: graphs, arrays, and blocks that are broken. One bad block costs itself alone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from pipelines.mending import read_json

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
PAGE_TYPES = {"WebPage", "ItemPage", "AboutPage", "QAPage", "MedicalWebPage"}
_DEEPEST = 6
_INSIDE = (
    "@graph",
    "mainEntity",
    "mainEntityOfPage",
    "itemListElement",
    "item",
    "hasPart",
    "subjectOf",
    "liveBlogUpdate",
)
_WANTED = ("headline", "datePublished", "author", "articleBody", "dateModified", "articleSection")


def read_block(text: str) -> Any:
    """Return what a JSON-LD block says, mended where it can be; None when it cannot be read."""
    return read_json(text)


def nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every object of a block, outer ones first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value[:200]:
            yield from nodes(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in _INSIDE:
            if isinstance(value.get(name), (dict, list)):
                yield from nodes(value[name], depth + 1)


def types_of(node: dict[str, Any]) -> set[str]:
    """Return the types of an object, without the namespace."""
    found = node.get("@type", ())
    names = found if isinstance(found, list) else [found]
    return {str(name).rsplit("/", 1)[-1] for name in names if isinstance(name, str)}


def article_node(blocks: list[Any], url: str = "", title: str = "") -> dict[str, Any] | None:
    """Return the object that describes the page's article: the one with the most to say, of this page if it tells."""
    candidates = [node for block in blocks for node in nodes(block) if types_of(node) & ARTICLE_TYPES]
    return max(candidates, key=lambda node: _weight(node, url, title), default=None)


def _weight(node: dict[str, Any], url: str, title: str) -> int:
    told = sum(bool(node.get(name)) for name in _WANTED)
    headline = node.get("headline") or node.get("name")
    if isinstance(headline, str) and headline and title and _plain(headline)[:60] in _plain(title):
        told += 4
    links = [node.get("url"), node.get("@id"), *texts(node.get("mainEntityOfPage"), "@id", "url")]
    path = _path(url)
    return told + 6 if path and any(isinstance(link, str) and _path(link) == path for link in links) else told


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", html.unescape(text).casefold())


def _path(url: str) -> str:
    return re.sub(r"^(?:https?:)?//[^/]*|[?#].*$|/$", "", url)


def page_node(blocks: list[Any]) -> dict[str, Any]:
    """Return what is said of the page itself, where nothing is said of an article."""
    found = (node for block in blocks for node in nodes(block) if types_of(node) & PAGE_TYPES)
    return next((node for node in found if "datePublished" in node), {})


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
        for name in (*names, "@value", "@list", "@set"):
            found = texts(value.get(name), *names)
            if found:
                return found
    return []


def persons(value: Any) -> tuple[list[str], list[str]]:
    """Return the names of the people, and those of the organisations, in what an object says of its authors."""
    people: list[str] = []
    others: list[str] = []
    for part in value[:50] if isinstance(value, list) else [value]:
        if isinstance(part, dict) and ("@list" in part or "@set" in part):
            more = persons(part.get("@list") or part.get("@set"))
            people += more[0]
            others += more[1]
            continue
        names = texts(part, "name", "alternateName")
        if not names and isinstance(part, dict):
            whole = " ".join(texts([part.get("givenName"), part.get("familyName")]))
            names = [whole] if whole else []
        organised = isinstance(part, dict) and any(name.endswith("Organization") for name in types_of(part))
        (others if organised else people).extend(names)
    return people, others
