"""Render what lists the demo's links: one RSS feed an outlet, and robots.txt."""

from __future__ import annotations

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
