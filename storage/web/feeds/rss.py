"""A feed as RSS 2.0."""

from __future__ import annotations

from email.utils import format_datetime

from lxml import etree

from storage.web.feeds import atom
from storage.web.feeds.entries import Entry, Feed

MEDIA_TYPE = "application/rss+xml"
_NAMES = {
    "atom": atom.NAMESPACE,
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def write_rss(feed: Feed) -> bytes:
    """Return the feed as RSS."""
    root = etree.Element("rss", version="2.0", nsmap=_NAMES)
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.page)
    _add(channel, "description", feed.title)
    _add(channel, "generator", "newsdesk")
    _add(channel, "lastBuildDate", format_datetime(feed.updated, usegmt=True))
    own = etree.SubElement(channel, f"{{{_NAMES['atom']}}}link")
    own.attrib.update({"rel": "self", "type": MEDIA_TYPE, "href": feed.address})
    for entry in feed.entries:
        _add_item(channel, entry)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _add_item(channel: etree._Element, entry: Entry) -> None:
    item = etree.SubElement(channel, "item")
    _add(item, "title", entry.title)
    _add(item, "link", entry.url)
    _add(item, "guid", entry.id).set("isPermaLink", "false")
    _add(item, "pubDate", format_datetime(entry.published or entry.updated, usegmt=True))
    for name in entry.authors or (entry.source,):
        _add(item, f"{{{_NAMES['dc']}}}creator", name)
    for name in entry.categories:
        _add(item, "category", name)
    _add(item, "description", entry.summary)
    _add(item, f"{{{_NAMES['content']}}}encoded", entry.content)


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, name)
    child.text = text
    return child
