"""OPML: the list of feeds that readers exchange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from crawler.sources import Source
from pipelines.clean import clean_text
from pipelines.urls import host_of
from storage.errors import UsageError


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML file, with the folders that it lies in."""

    title: str
    feed: str
    home: str | None
    labels: tuple[str, ...]


def read_opml(path: Path) -> list[Outline]:
    """Return the feeds of a file, in order, each once. Raises UsageError for a file without any."""
    try:
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
    except (OSError, etree.XMLSyntaxError) as error:
        raise UsageError(f"{path}: cannot be read as OPML: {error}") from None
    found: dict[str, Outline] = {}
    for outline in root.iter("outline") if root is not None else ():
        feed = outline.get("xmlUrl") or ""
        if not host_of(feed):
            continue
        folders = [parent.get("text") or parent.get("title") for parent in outline.iterancestors("outline")]
        home = outline.get("htmlUrl")
        title = clean_text(outline.get("title") or outline.get("text") or host_of(feed), 200)
        labels = tuple(clean_text(folder, 100) for folder in reversed(folders) if folder)
        found.setdefault(feed, Outline(title, feed, home if home and host_of(home) else None, labels))
    if not found:
        raise UsageError(f"{path}: no feed in it (no outline with an xmlUrl)")
    return list(found.values())


def write_opml(sources: Sequence[Source]) -> str:
    """Return OPML 2.0 with an outline for each feed, in a folder for its source's first label."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "newsdesk sources"
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        parent = body
        if source.labels:
            label = source.labels[0]
            if label not in folders:
                folders[label] = etree.SubElement(body, "outline", text=label, title=label)
            parent = folders[label]
        for feed in source.feeds:
            values = {"type": "rss", "text": source.title, "title": source.title, "xmlUrl": feed}
            etree.SubElement(parent, "outline", values | ({"htmlUrl": source.home} if source.home else {}))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True).decode()
