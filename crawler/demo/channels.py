"""Render what lists the demo's links: RSS, Atom and JSON feeds, sitemaps and their index, and robots.txt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

XML = '<?xml version="1.0" encoding="utf-8"?>\n'
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


@dataclass(frozen=True, slots=True)
class Entry:
    """What a channel says of one page. Times are aware UTC; `updated` is the last change, if there was one."""

    url: str
    title: str
    published: datetime
    updated: datetime | None = None

    @property
    def changed(self) -> datetime:
        """The time of the last change, which is the publication at first."""
        return self.updated or self.published


def latest(entries: Sequence[Entry]) -> datetime:
    """Return when a document that lists these entries has changed last."""
    return max(entry.changed for entry in entries)


def rss(title: str, base: str, entries: Sequence[Entry]) -> str:
    """Return an RSS 2.0 document; only entries that have changed carry an atom:updated."""
    items = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{escape(entry.url)}</link>"
        f'<guid isPermaLink="false">{escape(entry.url)}</guid><pubDate>{format_datetime(entry.published)}</pubDate>'
        + (f"<atom:updated>{entry.updated.isoformat()}</atom:updated>" if entry.updated else "")
        + "</item>\n"
        for entry in entries
    )
    return (
        f'{XML}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>{escape(title)}</title>'
        f"<link>{base}/</link><description>{escape(title)}</description>"
        f"<lastBuildDate>{format_datetime(latest(entries))}</lastBuildDate>\n{items}</channel></rss>"
    )


def atom(title: str, base: str, entries: Sequence[Entry]) -> str:
    """Return an Atom feed."""
    items = "".join(
        f"<entry><title>{escape(entry.title)}</title><id>{escape(entry.url)}</id>"
        f'<link rel="alternate" href="{escape(entry.url)}"/><published>{entry.published.isoformat()}</published>'
        f"<updated>{entry.changed.isoformat()}</updated></entry>\n"
        for entry in entries
    )
    return (
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom"><id>{base}/</id><title>{escape(title)}</title>'
        f"<updated>{latest(entries).isoformat()}</updated>\n{items}</feed>"
    )


def json_feed(title: str, base: str, entries: Sequence[Entry]) -> str:
    """Return a JSON Feed 1.1."""
    items = [
        {
            "id": entry.url,
            "url": entry.url,
            "title": entry.title,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.changed.isoformat(),
        }
        for entry in entries
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": f"{base}/"}
    return json.dumps({**feed, "items": items}, ensure_ascii=False, indent=1)


def news_sitemap(title: str, language: str, entries: Sequence[Entry]) -> str:
    """Return a news sitemap: dates and titles of what is new."""
    items = "".join(
        f"<url><loc>{escape(entry.url)}</loc><lastmod>{entry.changed.isoformat()}</lastmod><news:news>"
        f"<news:publication><news:name>{escape(title)}</news:name>"
        f"<news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{entry.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(entry.title)}</news:title></news:news></url>\n"
        for entry in entries
    )
    return f"{XML}<urlset {SITEMAP} {NEWS}>\n{items}</urlset>"


def archive_sitemap(entries: Sequence[Entry]) -> str:
    """Return a plain sitemap: addresses and times of change."""
    items = "".join(
        f"<url><loc>{escape(entry.url)}</loc><lastmod>{entry.changed.isoformat()}</lastmod></url>\n"
        for entry in entries
    )
    return f"{XML}<urlset {SITEMAP}>\n{items}</urlset>"


def sitemap_index(children: Sequence[tuple[str, datetime]]) -> str:
    """Return an index of sitemaps, each with its time of change."""
    items = "".join(
        f"<sitemap><loc>{escape(url)}</loc><lastmod>{changed.isoformat()}</lastmod></sitemap>\n"
        for url, changed in children
    )
    return f"{XML}<sitemapindex {SITEMAP}>\n{items}</sitemapindex>"


def robots(base: str, delay: float | None = None) -> str:
    """Return robots.txt: everything but /private/ is allowed."""
    pace = f"Crawl-delay: {delay}\n" if delay is not None else ""
    return f"User-agent: *\n{pace}Disallow: /private/\n\nSitemap: {base}/sitemap.xml\n"
