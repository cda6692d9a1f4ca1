"""OPML: the lists of feeds that readers exchange, to sources and back. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from crawler.sources import Source
from crawler.sources_file import free_name, name_of, slug
from pipelines.clean import clean_text
from pipelines.hosts import host_of
from pipelines.language import code_of
from storage.errors import FailureError

MAX_BYTES = 10 * 1024 * 1024
MAX_OUTLINES = 20_000
_BARE = re.compile(rb"&(?!(?:#\d{1,8}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WRAPPED = re.compile(r"^feed:(?://)?(?=https?:)", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"^feed://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What an OPML file lists. `unusable` are the addresses in it that are no http(s) URL."""

    sources: tuple[Source, ...]
    unusable: tuple[str, ...] = ()


def read_opml(body: bytes) -> Subscriptions:
    """Return the subscriptions of an OPML file as sources, however broken its XML. Raises FailureError for none.

    Feeds of one title and home are one source; folders and categories are its labels.
    """
    if len(body) > MAX_BYTES:
        raise FailureError(f"larger than {MAX_BYTES} bytes")
    outlines = _outlines(body)
    if not outlines:
        raise FailureError("no OPML: there is no outline in it")
    found: dict[tuple[str, str], Source] = {}
    feeds: set[str] = set()
    unusable: list[str] = []
    for source in (_source(outline) for outline in outlines if _address(outline)):
        if not host_of(source.feeds[0]):
            unusable.append(source.feeds[0])
        elif source.feeds[0] not in feeds:
            feeds.add(source.feeds[0])
            key = (source.title, source.home or host_of(source.feeds[0]))
            found[key] = _joined(found[key], source) if key in found else source
    return Subscriptions(_named(list(found.values())), tuple(unusable))


def _outlines(body: bytes) -> list[etree._Element]:
    """Return the outlines of a file in order; nothing outside the file is read for it."""
    if not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = _BARE.sub(b"&amp;", _CONTROL.sub(b"", body))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except etree.XMLSyntaxError:
        return []
    return [] if root is None else list(root.iter("{*}outline"))[:MAX_OUTLINES]


def _attributes(outline: etree._Element) -> dict[str, str]:
    return {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}


def _address(outline: etree._Element) -> str:
    told = _attributes(outline).get("xmlurl", "")
    return _FEED_SCHEME.sub("http://", _WRAPPED.sub("", told)).replace(" ", "%20")


def _source(outline: etree._Element) -> Source:
    """Return the source of an outline that names a feed, as yet without a name."""
    told = _attributes(outline)
    home = told.get("htmlurl", "")
    return Source(
        name="",
        title=clean_text(told.get("title") or told.get("text") or "", 200),
        home=home if host_of(home) and not any(character.isspace() for character in home) else None,
        feeds=(_address(outline),),
        language=code_of(told.get("language")),
        labels=_labels(outline, told.get("category", "")),
    )


def _labels(outline: etree._Element, category: str) -> tuple[str, ...]:
    """Return the folders that an outline lies in, the outermost first, then its categories (`/a/b,c`)."""
    folders = [_attributes(parent) for parent in outline.iterancestors("{*}outline")]
    names = [folder.get("title") or folder.get("text") or "" for folder in reversed(folders)]
    names += category.split(",")
    cleaned = (clean_text(name, 100).strip("/ ") for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))


def _joined(first: Source, second: Source) -> Source:
    return replace(
        first,
        feeds=first.feeds + second.feeds,
        labels=tuple(dict.fromkeys(first.labels + second.labels)),
        language=first.language or second.language,
    )


def _named(sources: Sequence[Source]) -> tuple[Source, ...]:
    taken: set[str] = set()
    named = []
    for source in sources:
        address = source.home or source.feeds[0]
        name = free_name(slug(source.title) or name_of(address), taken)
        taken.add(name)
        named.append(replace(source, name=name, title=source.title or host_of(address)))
    return tuple(named)


def write_opml(sources: Sequence[Source], now: datetime) -> str:
    """Return OPML 2.0 with an outline for each feed, in a folder for its source's first label.

    OPML knows feeds only: sitemaps and section pages are left out.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "newsdesk sources"
    etree.SubElement(head, "dateCreated").text = format_datetime(now.astimezone(UTC), usegmt=True)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        parent = body
        if source.labels and source.feeds:
            label = clean_text(source.labels[0])
            if label not in folders:
                folders[label] = etree.SubElement(body, "outline", text=label, title=label)
            parent = folders[label]
        for feed in source.feeds:
            etree.SubElement(parent, "outline", _outline(source, feed))
    return str(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True).decode())


def _outline(source: Source, feed: str) -> dict[str, str]:
    title = clean_text(source.title) or source.name
    told = {"type": "rss", "text": title, "title": title, "xmlUrl": feed}
    categories = ",".join(clean_text(label).replace(",", " ") for label in source.labels)
    optional = {"htmlUrl": source.home, "category": categories, "language": source.language}
    return told | {name: value for name, value in optional.items() if value}
