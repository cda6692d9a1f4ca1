"""Render what lists the demo's links: RSS, Atom and JSON feeds, and robots.txt."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import format_datetime
from html import escape

Entry = tuple[str, str, datetime]


def rss(title: str, base: str, entries: list[Entry], revised: datetime | None = None) -> str:
    """Return an RSS 2.0 document of (url, headline, date) entries; `revised` dates the first one's update."""
    items = "".join(
        f"<item><title>{escape(headline)}</title><link>{escape(url)}?utm_source=rss</link>"
        f"<guid>{escape(url)}</guid><pubDate>{format_datetime(when)}</pubDate>"
        + (f"<atom:updated>{revised.isoformat()}</atom:updated>" if revised and place == 0 else "")
        + "</item>"
        for place, (url, headline, when) in enumerate(entries)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>{escape(title)}</title>"
        f"<link>{base}/</link><description>{escape(title)}</description>{items}</channel></rss>"
    )


def robots() -> str:
    """Return robots.txt: everything but /private/."""
    return "User-agent: *\nCrawl-delay: 0\nDisallow: /private/\n"


def atom(title: str, base: str, entries: list[Entry], revised: datetime | None = None) -> str:
    """Return the entries as an Atom feed; `revised` dates the first one's update."""
    items = "".join(
        f"<entry><title>{escape(headline)}</title><id>{escape(url)}</id>"
        f'<link href="{escape(url)}?utm_source=atom"/>'
        f"<published>{when.isoformat()}</published>"
        f"<updated>{(revised if revised and place == 0 else when).isoformat()}</updated></entry>"
        for place, (url, headline, when) in enumerate(entries)
    )
    latest = revised or max(when for _, _, when in entries)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>{base}/</id>'
        f"<title>{escape(title)}</title><updated>{latest.isoformat()}</updated>{items}</feed>"
    )


def json_feed(title: str, base: str, entries: list[Entry], revised: datetime | None = None) -> str:
    """Return the entries as a JSON Feed 1.1; `revised` dates the first one's update."""
    items = [
        {
            "id": url,
            "url": f"{url}?utm_source=json",
            "title": headline,
            "date_published": when.isoformat(),
            "date_modified": (revised if revised and place == 0 else when).isoformat(),
        }
        for place, (url, headline, when) in enumerate(entries)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": f"{base}/"}
    return json.dumps({**feed, "items": items}, ensure_ascii=False)


def news_sitemap(title: str, language: str, entries: list[Entry]) -> str:
    """Return the entries as a news sitemap."""
    items = "".join(
        f"<url><loc>{escape(url)}</loc><news:news><news:publication><news:name>{escape(title)}</news:name>"
        f"<news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{when.isoformat()}</news:publication_date>"
        f"<news:title>{escape(headline)}</news:title></news:news></url>"
        for url, headline, when in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{items}</urlset>'
    )
