"""Links as documents write them, to absolute http(s) URLs."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from lxml import etree

from pipelines.hosts import host_of

LONGEST = 4_000
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile("&(?:amp;)+")
"""An ampersand that was escaped, perhaps again and again."""
_BARE_HOST = re.compile(r"www\.[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)", re.ASCII)


def absolute(base: str, link: str) -> str | None:
    """Return a link made absolute; None for an empty one and for what is no http(s) URL."""
    link = _UNSEEN.sub("", link.strip()).strip()
    link = _AMPERSAND.sub("&", link)
    if not link or len(link) > LONGEST:
        return None
    if _BARE_HOST.match(link):
        link = f"//{link}"
    try:
        url = urljoin(base, link).replace(" ", "%20")
        return url if host_of(url) else None
    except ValueError:
        return None


def base_of(element: etree._Element, base: str) -> str:
    """Return the base URL at an element: xml:base of it and its ancestors, upon the document's."""
    told = [
        part for node in (element, *element.iterancestors()) if (part := node.get(_XML_BASE) or node.get("xml:base"))
    ]
    for part in reversed(told):
        base = absolute(base, part) or base
    return base
