"""Render the demo's article and section pages, each outlet in its own markup."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import Any


def _metadata(outlet: str, article: dict[str, Any], published: str) -> str:
    if outlet == "harbour-courier":
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article["headline"],
            "datePublished": published,
            "author": {"@type": "Person", "name": article["author"]},
        }
        text = json.dumps(data)
        if article["slug"] == "library-boat":
            text = text[:-1] + ",]"  # broken on purpose, as on many a real page
        return f'<script type="application/ld+json">{text}</script>'
    if outlet == "talblatt":
        return (
            f'<meta property="og:type" content="article"><meta property="og:title" '
            f'content="{escape(article["headline"])}"><meta property="article:published_time" '
            f'content="{published}"><meta name="author" content="{escape(article["author"])}">'
        )
    return ""


def article_page(outlet: str, info: dict[str, Any], article: dict[str, Any], when: datetime, extra: str = "") -> str:
    """Return one article's page; `extra` is a paragraph that a later pass adds."""
    published = when.isoformat()
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in [*article["body"], extra] if text)
    headline, author = escape(article["headline"]), escape(article["author"])
    links = "".join(
        f'<li><a href="/news/{other["slug"]}">{escape(other["headline"])}</a></li>'
        for other in info["articles"]
        if other is not article
    )
    micro = outlet == "diario-sierra"
    scope = ' itemscope itemtype="https://schema.org/NewsArticle"' if micro else ""

    def prop(name: str) -> str:
        return f' itemprop="{name}"' if micro else ""

    box = "section" if outlet == "talblatt" else "div"
    return (
        f'<!doctype html><html lang="{info["language"]}"><head><meta charset="utf-8"><title>{headline}'
        f" | {escape(info['title'])}</title>{_metadata(outlet, article, published)}</head><body>"
        f'<nav><a href="/">{escape(info["title"])}</a></nav><main><article{scope}>'
        f"<h1{prop('headline')}>{headline}</h1><address{prop('author')}>{author}</address>"
        f'<time{prop("datePublished")} datetime="{published}">{published[:10]}</time>'
        f"<div{prop('articleBody')}>{paragraphs}</div></article></main>"
        f'<aside class="related"><ul>{links}</ul></aside><{box} id="respond" class="comment-respond">'
        f"<h3>{info['leave']}</h3><p>{info['private']}</p><form><textarea></textarea></form></{box}>"
        "</body></html>"
    )


def section_page(info: dict[str, Any]) -> str:
    """Return an outlet's front page: a list of its articles."""
    links = "".join(f'<h2><a href="/news/{a["slug"]}">{escape(a["headline"])}</a></h2>' for a in info["articles"])
    return (
        f'<!doctype html><html lang="{info["language"]}"><head><meta charset="utf-8">'
        f"<title>{escape(info['title'])}</title></head><body><main>{links}</main></body></html>"
    )


def corner_pages(title: str) -> dict[str, str]:
    """Return the pages that give no plain article: a paywall stub, a bot wall, an empty page."""
    stub = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "For subscribers",
        "isAccessibleForFree": False,
    }
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title>'
    return {
        "/news/subscribers": f'{head}<script type="application/ld+json">{json.dumps(stub)}</script></head>'
        "<body><article><h1>For subscribers</h1><p>Subscribe to read on.</p></article></body></html>",
        "/news/wall": f"{head}</head><body><h1>Checking your browser</h1>"
        "<p>Please verify you are a human to continue.</p></body></html>",
        "/news/empty": f"{head}</head><body></body></html>",
    }
