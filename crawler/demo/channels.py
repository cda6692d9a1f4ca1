"""Render what lists the demo's links: one RSS feed an outlet, and robots.txt."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from html import escape

Entry = tuple[str, str, datetime]


def rss(title: str, base: str, entries: list[Entry]) -> str:
    """Return an RSS 2.0 document of (url, headline, date) entries; every link carries a tracking mark."""
    items = "".join(
        f"<item><title>{escape(headline)}</title><link>{escape(url)}?utm_source=rss</link>"
        f"<guid>{escape(url)}</guid><pubDate>{format_datetime(when)}</pubDate></item>"
        for url, headline, when in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{escape(title)}</title>'
        f"<link>{base}/</link><description>{escape(title)}</description>{items}</channel></rss>"
    )


def robots() -> str:
    """Return robots.txt: everything but /private/."""
    return "User-agent: *\nCrawl-delay: 0\nDisallow: /private/\n"
