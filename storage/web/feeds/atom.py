"""A feed as Atom (RFC 4287)."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from storage.web.feeds.entries import AUTHOR, Entry, Feed

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def write_atom(feed: Feed) -> bytes:
    """Return the feed as Atom."""
    root = etree.Element(f"{{{NAMESPACE}}}feed", nsmap={None: NAMESPACE})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", stamp(feed.updated))
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(root, "generator", "newsdesk")
    _add(_add(root, "author"), "name", AUTHOR)
    for entry in feed.entries:
        _add_entry(root, entry)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def stamp(at: datetime) -> str:
    """Return a time as RFC 3339 writes it."""
    return at.isoformat().replace("+00:00", "Z")


def _add_entry(root: etree._Element, entry: Entry) -> None:
    one = _add(root, "entry")
    if entry.language:
        one.set(_LANGUAGE, entry.language)
    _add(one, "id", entry.id)
    _add(one, "title", entry.title)
    _add(one, "updated", stamp(entry.updated))
    if entry.published is not None:
        _add(one, "published", stamp(entry.published))
    for name in entry.authors or (entry.source,):
        _add(_add(one, "author"), "name", name)
    for name in entry.categories:
        _add(one, "category", term=name)
    _add(one, "link", rel="alternate", type="text/html", href=entry.url)
    _add(one, "link", rel="related", type="text/html", href=entry.page, title="newsdesk")
    _add(one, "summary", entry.summary)
    _add(one, "content", entry.content, type="html")


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    child.text = text
    return child
