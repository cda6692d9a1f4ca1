"""Render the demo's pages, each outlet in markup of its own: articles, their AMP twins, and lists of articles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template
from typing import Any

from crawler.demo.outlets import Block, BlockKind, DemoArticle, Outlet

MONTHS = {
    "en": "January,February,March,April,May,June,July,August,September,October,November,December",
    "es": "enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre",
}
MODIFIED = {
    "talblatt": '<meta property="article:modified_time" content="{}">',
    "diario-sierra": '<meta itemprop="dateModified" content="{}">',
}
TAGS = {BlockKind.PARAGRAPH: "<p>{}</p>", BlockKind.HEADING: "<h2>{}</h2>", BlockKind.ITEM: "<li>{}</li>",
        BlockKind.QUOTE: "<blockquote><p>{}</p></blockquote>"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """An article as it stands on its page: its address and its dates (aware UTC)."""

    article: DemoArticle
    url: str
    published: datetime
    modified: datetime | None = None


def article_page(outlet: Outlet, sheet: Sheet, related: list[DemoArticle]) -> str:
    """Return an article's page in its outlet's markup, with links to related articles."""
    links = "".join(f'<li><a href="{other.path}">{escape(other.headline)}</a></li>' for other in related)
    article = sheet.article
    return _template(f"{outlet.name}.article").substitute(
        _frame(outlet, article.language, article.headline, sheet.url)
        | _facts(outlet, sheet)
        | {
            name: escape(outlet.words[name])
            for name in ("leave", "private", "related", "newsletter", "newsletter_text")
        }
        | {"links": links, "comments": _comments(outlet, sheet), "comment_count": str(len(outlet.comments))}
    )


def amp_page(outlet: Outlet, sheet: Sheet) -> str:
    """Return the article's AMP page, whose canonical link leads to the article."""
    frame = _frame(outlet, sheet.article.language, sheet.article.headline, sheet.url)
    return _template("amp").substitute(frame | _facts(outlet, sheet))


def list_page(outlet: Outlet, title: str, url: str, entries: list[tuple[str, DemoArticle]]) -> str:
    """Return a front or section page that lists articles under the given addresses."""
    entry = _template(f"{outlet.name}.entry")
    listed = [
        entry.substitute(href=escape(href), headline=escape(article.headline), deck=escape(article.deck))
        for href, article in entries
    ]
    frame = _frame(outlet, outlet.language, title, url)
    return _template(f"{outlet.name}.list").substitute(frame | {"entries": "".join(listed)})


def wall_page(outlet: Outlet) -> str:
    """Return what a bot wall answers in the place of an article."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Just a moment...</title></head><body>'
        f"<h1>{escape(outlet.title)}</h1><p>Checking your browser. Please verify you are a human to continue.</p>"
        "</body></html>"
    )


def empty_page(outlet: Outlet) -> str:
    """Return a page whose article never arrives: a shell that a script was to fill."""
    return (
        f'<!doctype html><html lang="{outlet.language}"><head><meta charset="utf-8">'
        f'<title>{escape(outlet.title)}</title></head><body><div id="app"></div></body></html>'
    )


@cache
def _template(name: str) -> Template:
    return Template(files("crawler.demo").joinpath(f"markup/{name}.html").read_text("utf-8"))


def _frame(outlet: Outlet, language: str, headline: str, canonical: str) -> dict[str, str]:
    """Return what every page of an outlet carries."""
    menu = [f'<a href="/{slug}/">{escape(title)}</a>' for slug, title in outlet.sections.items()]
    return {
        "lang": language,
        "outlet": escape(outlet.title),
        "claim": escape(outlet.claim),
        "headline": escape(headline),
        "canonical": escape(canonical),
        "navigation": " ".join(f"<li>{link}</li>" if outlet.name == "harbour-courier" else link for link in menu),
        "footer": escape(outlet.words["footer"]),
    }


def _facts(outlet: Outlet, sheet: Sheet) -> dict[str, str]:
    """Return what an article's page says of the article."""
    article = sheet.article
    modified = sheet.modified.isoformat() if sheet.modified else None
    mark = MODIFIED.get(outlet.name, "")
    return {
        "deck": escape(article.deck),
        "by": escape(outlet.words["by"]),
        "author": escape(article.author),
        "section": escape(outlet.sections[article.section]),
        "section_path": f"/{article.section}/",
        "tags": "".join(f'<li><a rel="tag" href="/tag/{escape(tag)}/">{escape(tag)}</a></li>' for tag in article.tags),
        "keywords": escape(", ".join(article.tags)),
        "published": sheet.published.isoformat(),
        "modified_meta": mark.format(modified) if modified else "",
        "day": _day(outlet, sheet.published),
        "metadata": _metadata(outlet, sheet),
        "body": _body(outlet, article),
    }


def _body(outlet: Outlet, article: DemoArticle) -> str:
    """Return the article's blocks as HTML; behind a paywall, what invites to pay after them."""
    parts: list[str] = []
    for kind, blocks in groupby(article.blocks, key=_kind):
        inner = "\n".join(TAGS[kind].format(escape(block.text, quote=False)) for block in blocks)
        parts.append(f"<ul>\n{inner}\n</ul>" if kind is BlockKind.ITEM else inner)
    if article.paywalled:
        parts.append(f'<div class="paywall"><p>{escape(outlet.words["closed"])}</p></div>')
    return "\n".join(parts)


def _kind(block: Block) -> BlockKind:
    return block.kind


def _comments(outlet: Outlet, sheet: Sheet) -> str:
    """Return readers' comments as WordPress prints them."""
    return "".join(
        f'<li id="comment-{number}" class="comment depth-1"><article class="comment-body"><footer class="comment-meta">'
        f'<b class="fn">{escape(name)}</b> <time datetime="{sheet.published.isoformat()}">'
        f'{_day(outlet, sheet.published)}</time></footer><div class="comment-content"><p>{escape(text)}</p></div>'
        "</article></li>"
        for number, (name, text) in enumerate(outlet.comments, 1)
    )


def _day(outlet: Outlet, when: datetime) -> str:
    """Return a date as the outlet's readers write it."""
    if outlet.language == "de":
        return f"{when:%d.%m.%Y, %H.%M} Uhr"
    month = MONTHS[outlet.language].split(",")[when.month - 1]
    return f"{when.day} de {month} de {when.year}" if outlet.language == "es" else f"{when.day} {month} {when.year}"


def _metadata(outlet: Outlet, sheet: Sheet) -> str:
    """Return the JSON-LD block: the Harbour Courier's on every article, the others' only where readers must pay."""
    article = sheet.article
    if outlet.name != "harbour-courier" and not article.paywalled:
        return ""
    text = json.dumps({"@context": "https://schema.org", "@graph": [_node(outlet, sheet)]}, ensure_ascii=False)
    if article.broken_json_ld:
        text = text[:-1] + ",]"  # as on many a real page
    return f'<script type="application/ld+json">{text.replace("<", chr(92) + "u003c")}</script>'


def _node(outlet: Outlet, sheet: Sheet) -> dict[str, Any]:
    article = sheet.article
    agency = article.author == "Meridian Wire"
    node: dict[str, Any] = {
        "@type": "NewsArticle",
        "mainEntityOfPage": sheet.url,
        "headline": article.headline,
        "description": article.deck,
        "datePublished": sheet.published.isoformat(),
        "author": [{"@type": "Organization" if agency else "Person", "name": article.author}],
        "publisher": {"@type": "Organization", "name": outlet.title},
        "articleSection": outlet.sections[article.section],
        "keywords": list(article.tags),
        "inLanguage": article.language,
    }
    if sheet.modified is not None:
        node["dateModified"] = sheet.modified.isoformat()
    if article.paywalled:
        node["isAccessibleForFree"] = False
        node["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
    return node
