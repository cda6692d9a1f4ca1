"""Mend XML that is not quite XML, and parse it so that one bad character never loses a document."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from lxml import etree

from pipelines.urls import host_of

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&(#[xX]?[0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});")
_BARE = re.compile(r"&(?!(?:#\d{1,8}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?\s*>", re.IGNORECASE)
_XML = {"amp", "lt", "gt", "quot", "apos"}


def mend(text: str) -> str:
    """Return XML text with HTML entities and illegal characters replaced, junk before the root and the DTD removed."""
    start = text.find("<")
    text = text[start:] if start > 0 else text
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text), count=1)
    text = _ILLEGAL.sub("", text)
    if "&" in text:
        text = _BARE.sub("&amp;", _REFERENCE.sub(_entity, text))
    return text


def _entity(found: re.Match[str]) -> str:
    name = found.group(1)
    if name in _XML:
        return found.group(0)
    if name.startswith("#"):
        try:
            number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        except ValueError:
            return ""
        legal = (
            number in (9, 10, 13)
            or 32 <= number <= 0xD7FF
            or 0xE000 <= number <= 0xFFFD
            or 0x10000 <= number <= 0x10FFFF
        )
        return f"&#{number};" if legal else ""
    read = html.unescape(found.group(0))
    return read if read != found.group(0) else f"&amp;{name};"


def parse(text: str) -> etree._Element | None:
    """Return the root of XML text, however broken; None when there is no element in it."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def local(element: etree._Element) -> str:
    """Return an element's name without namespace, in lower case; empty for a comment or the like."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def base_of(element: etree._Element, base: str) -> str:
    """Return the base URL at an element: xml:base of it and its ancestors, upon the document's."""
    own = [
        node.get("{http://www.w3.org/XML/1998/namespace}base") or node.get("xml:base")
        for node in [*reversed(list(element.iterancestors())), element]
    ]
    for part in own:
        if part:
            base = join(base, part) or base
    return base


def join(base: str, link: str) -> str | None:
    """Return a link made absolute, None for what is no http(s) URL."""
    try:
        url = urljoin(base, "".join(link.split()) if "\n" in link else link.strip())
    except ValueError:
        return None
    url = url.replace(" ", "%20")
    return url if host_of(url) else None
