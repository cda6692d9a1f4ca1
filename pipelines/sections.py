"""Read an article's section and tags from JSON-LD, meta tags, breadcrumbs and links to tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pipelines import jsonld, microdata
from pipelines.bywords import any_of
from pipelines.clean import clean_text
from pipelines.told import Told

MOST_TAGS = 30
MOST_TEXT = 2_000
_SECTIONS = (
    "article:section",
    "parsely-section",
    "og:article:section",
    "sailthru.section",
    "cxenseparse:recs:category",
    "section",
    "category",
)
_HOME = re.compile(rf"^{any_of('home')}$", re.IGNORECASE)
_KIND = re.compile(r"^(?:category|tag|topic|keyword|kategorie|thema)\s*:\s+", re.IGNORECASE)
_CODE = re.compile(
    r"^[@/]|\b[A-Z]+_[A-Z_]+\b"
    r"|^[\w.]*[:=_|][\w.:/=_|-]*$|^[a-f0-9-]{16,}$|^\d+$|^(?:iab|adv|ad|cms|type|layout|tpl|section|author|byline|topic)[-_:]",
    re.IGNORECASE,
)


def section_of(told: Told) -> str | None:
    """Return the section that an article stands in."""
    names = jsonld.texts((told.node or {}).get("articleSection"), "name")
    names += [told.meta[name] for name in _SECTIONS if name in told.meta]
    outlets = {name.casefold() for name in told.outlets}
    found = _first_section(names, outlets)
    if found is not None:
        return found
    trail = _trail(told)
    return _first_section(trail[:-1] or trail, outlets)


def _first_section(names: Iterable[str], outlets: Iterable[str]) -> str | None:
    texts = (clean_text(_first_of(name), 100) for name in names)
    fit = (text for text in texts if text and not _HOME.match(text) and not _CODE.match(text))
    return next((text for text in fit if text.casefold() not in outlets), None)


def _first_of(name: str) -> str:
    """Return the first of several sections in one text; "Waste, Fraud & Abuse" is one."""
    name = name.split(";")[0]
    return name.split(",")[0] if name.count(",") > 1 or re.search(r",\S", name) else name


def _trail(told: Told) -> list[str]:
    """Return the names of the breadcrumbs, without the home page's and the article's own."""
    names = _listed(told.scan.blocks) if told.scan.blocks else microdata.breadcrumbs(told.scan.props)
    texts = [clean_text(name, 100) for name in names]
    return [text for text in texts if text and not _HOME.match(text) and text not in (told.headline, told.site)]


def _listed(blocks: list[Any]) -> list[str]:
    for node in (node for block in blocks for node in jsonld.nodes(block)):
        if "BreadcrumbList" in jsonld.types_of(node) and isinstance(node.get("itemListElement"), list):
            parts = [part for part in node["itemListElement"][:8] if isinstance(part, dict)]
            return [
                name
                for part in parts
                for name in (jsonld.texts(part, "name") or jsonld.texts(part.get("item"), "name"))[:1]
            ]
    return []


def tags_of(told: Told, section: str | None) -> tuple[str, ...]:
    """Return an article's tags, each once, without its section and codes that are no words."""
    names = jsonld.texts((told.node or {}).get("keywords"), "name")
    if not any(names):
        names = [
            told.meta.get("article:tag", "").replace(";", ",")
            or told.meta.get("news_keywords")
            or told.meta.get("keywords", "")
        ]
    if not any(names):
        names = [element.text_content() for element in told.scan.tags[:MOST_TAGS]]
    parts = (part.strip() for text in names for part in re.split(r"[,;]", clean_text(text, MOST_TEXT)))
    found: dict[str, str] = {}
    for part in parts:
        part = _KIND.sub("", part)
        if 1 < len(part) < 80 and not _CODE.match(part) and part != section:
            found.setdefault(part.casefold(), part)
    return tuple(found.values())[:MOST_TAGS]
