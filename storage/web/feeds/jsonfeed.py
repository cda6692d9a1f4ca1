"""A feed as JSON Feed 1.1."""

from __future__ import annotations

import json
from typing import Any

from storage.web.feeds.atom import stamp
from storage.web.feeds.entries import Entry, Feed

MEDIA_TYPE = "application/feed+json"


def write_json_feed(feed: Feed) -> bytes:
    """Return the feed as JSON Feed."""
    record = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _item(entry: Entry) -> dict[str, Any]:
    record = {
        "id": entry.id,
        "url": entry.page,
        "external_url": entry.url,
        "title": entry.title,
        "content_html": entry.content,
        "summary": entry.summary,
        "image": entry.image,
        "date_published": stamp(entry.published or entry.updated),
        "date_modified": stamp(entry.updated),
        "authors": [{"name": name} for name in entry.authors or (entry.source,)],
        "tags": list(entry.categories),
        "language": entry.language,
    }
    return {name: value for name, value in record.items() if value not in (None, "", [])}
