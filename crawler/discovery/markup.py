"""Mend XML that is not quite XML, and parse it so that one bad character never loses a document."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

_ROOT = re.compile(
    r"<(?:[a-z][\w.-]{0,30}:)?(rss|rdf|feed|channel|urlset|sitemapindex|html|opml)(?=[\s>/])", re.IGNORECASE
)
_PROLOG = 64 * 1024
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&(#[xX]?[0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});")
_BARE = re.compile(r"&(?!(?:#\d{1,8}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")
_XML = {"amp", "lt", "gt", "quot", "apos"}
_LONGEST_COMMENT = 4_000
_LONGEST_PIECE = 1_000_000
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "video": "http://www.google.com/schemas/sitemap-video/1.1",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
_WRAP = "<piece " + " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items()) + ">"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a document. `whole` tells that the parser met no error, so that nothing is missing from it."""

    root: etree._Element
    whole: bool


def mend(text: str) -> str:
    """Return XML text from its root on, with HTML entities and illegal characters replaced."""
    found = _ROOT.search(text, 0, _PROLOG)
    text = text[found.start() if found else max(0, text.find("<")) :]
    text = _ILLEGAL.sub("", text)
    return _BARE.sub("&amp;", _REFERENCE.sub(_entity, text)) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    name = found.group(1)
    if name in _XML:
        return found.group(0)
    if name.startswith("#"):
        return _numeric(name)
    read = html.unescape(found.group(0))
    return read if read != found.group(0) else f"&amp;{name};"


def _numeric(name: str) -> str:
    """Return a character reference that XML allows; those to Windows' private quotes mean the quotes."""
    try:
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    except ValueError:
        return ""
    if 0x80 <= number <= 0x9F:
        number = ord(html.unescape(f"&#{number};") or " ")
    legal = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
    return f"&#{number};" if legal or 0x10000 <= number <= 0x10FFFF else ""


def parse(text: str) -> Parsed | None:
    """Return the tree of XML text, however broken; None when there is no element in it."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    return Parsed(root, is_whole(parser.error_log)) if root is not None else None


def is_whole(errors: etree._ListErrorLog) -> bool:
    """Return whether a parser's log holds nothing worse than a prefix without a namespace."""
    return all(error.domain == etree.ErrorDomains.NAMESPACE for error in errors)


def pieces(text: str, names: str) -> Iterator[str]:
    """Yield the text of each element of these names (`item|entry`) by itself: what breaks one does not reach the next.

    A piece ends at its closing tag, at the next opening one, or at the end of the last whole tag of a text cut off.
    """
    text = without_comments(text)
    starts = [found.start() for found in re.finditer(rf"<(?:\w{{1,20}}:)?(?:{names})(?=[\s>/])", text, re.IGNORECASE)]
    closing = re.compile(rf"</(?:\w{{1,20}}:)?(?:{names})\s{{0,20}}>", re.IGNORECASE)
    for start, following in zip(starts, [*starts[1:], len(text)], strict=False):
        found = closing.search(text, start, following)
        end = found.end() if found else following if following < len(text) else _last_whole(text, start)
        yield text[start : min(end, start + _LONGEST_PIECE)]


def _last_whole(text: str, start: int) -> int:
    """Return where the last element that is whole ends, in a text that is cut off; `start` when there is none."""
    closing = text.rfind("</", start)
    closed = text.find(">", closing) + 1 if closing >= 0 else 0
    return max(closed, text.rfind("/>", start) + 2, start)


def parse_piece(piece: str) -> etree._Element | None:
    """Return the element of a piece."""
    parsed = parse(f"{_WRAP}{piece}</piece>")
    return next(iter(parsed.root), None) if parsed is not None else None


def without_comments(text: str) -> str:
    """Return text without comments; one that does not end soon has lost its end, and would hide the rest: kept."""
    parts, at, end = [], 0, -1
    start = text.find("<!--")
    while start >= 0:
        end = end if end >= start + 4 else text.find("-->", start + 4)
        if end < 0:
            break
        if end - start <= _LONGEST_COMMENT:
            parts.append(text[at:start])
            at = end + 3
        start = text.find("<!--", max(at, start + 4))
    return "".join([*parts, text[at:]]) if parts else text


def local(element: etree._Element) -> str:
    """Return an element's name without namespace, in lower case; empty for a comment or the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def prefix_of(element: etree._Element) -> str:
    """Return the prefix that an element is written with, in lower case, whether or not it is declared."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return (element.prefix or tag.rpartition("}")[2].rpartition(":")[0]).lower()


def root_of(text: str) -> str:
    """Return the name of the root that tells what a document is, in lower case; empty when none is known."""
    if text[:200].lstrip().lower().startswith("<!doctype html"):
        return "html"
    found = _ROOT.search(text, 0, _PROLOG)
    return found.group(1).lower() if found else ""


def text_of(element: etree._Element) -> str:
    """Return all text in an element."""
    return "".join(element.itertext()).strip()
