"""From a page's bytes to markup that is safe to parse: decoded, measured, without scripts."""

from __future__ import annotations

import re
from html import unescape

from w3lib.encoding import html_to_unicode

from storage.types import Drop, Page

MAX_BYTES = 20 * 1024 * 1024
MAX_TAGS = 500_000
"""`<` in the raw page, where scripts count too: more is not even looked at."""
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 1_000
SAMPLE = 16_000
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SCRIPTS = re.compile(r"<(script|style|svg)\b[^<>]{0,2000}>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|svg|noscript|template)\b[^<>]{0,2000}>|<!--", re.IGNORECASE)
_CLOSING = {
    name: re.compile(rf"</{name}[^<>]{{0,200}}>", re.IGNORECASE)
    for name in ("script", "style", "svg", "noscript", "template")
} | {"!--": re.compile("-->")}
_TAG = re.compile(r"<[^<>]{0,5000}>")
_ELEMENT = re.compile(r"<[A-Za-z]")
_LONG_CHUNK = re.compile(rf"<[^<]{{{2 * MAX_ATTRIBUTES},}}")
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b")
_TAGS = re.compile(rb"<[^<>]{0,2000}>")


def oversize(body: bytes) -> Drop | None:
    """Return why a page is too big to be read, before anything is done with it."""
    if len(body) > MAX_BYTES:
        return Drop("too-big", f"{len(body)} bytes")
    if len(body) > MAX_TAGS and body.count(b"<") > MAX_TAGS:
        return Drop("too-big", f"more than {MAX_TAGS} tags")
    return None


def foreign(body: bytes) -> Drop | None:
    """Return why bytes are no page: empty, another kind of document, or binary."""
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start and not body.strip():
        return Drop("empty", "the page is empty")
    if start.startswith((b"%pdf", b"\x89png", b"gif8", b"\xff\xd8\xff", b"pk\x03\x04", b"\x1f\x8b", b"{", b"[{")):
        return Drop("not-html", "another kind of document")
    if _FEED.search(start) and b"<html" not in start:
        return Drop("not-html", "a feed or sitemap")
    plain = b"<" not in body and b"<\x00" not in body[:4000]
    return Drop("not-html", "no markup at all") if plain else None


def overgrown(text: str) -> Drop | None:
    """Return why markup without scripts is too much for the parsers: masses of elements, or of attributes in a tag."""
    if text.count("<") > MAX_ELEMENTS and len(_ELEMENT.findall(text)) > MAX_ELEMENTS:
        return Drop("too-big", f"more than {MAX_ELEMENTS} elements")
    for chunk in _LONG_CHUNK.findall(text):
        if len(_QUOTED.sub(" ", chunk).partition(">")[0].split()) > MAX_ATTRIBUTES:
            return Drop("too-big", f"a tag with more than {MAX_ATTRIBUTES} attributes")
    return None


def without_scripts(text: str) -> str:
    """Return the markup without script, style and svg elements, but with JSON-LD. One pass, whatever the input."""
    return _without(text, _SCRIPTS, "ld+json")


def visible(text: str, most: int = 20_000) -> str:
    """Return the first of what a reader sees of markup, enough to know a wall by."""
    seen = _without(text[: 10 * most], _UNSEEN)
    return unescape(" ".join(_TAG.sub(" ", seen).split()))[:most]


def _without(text: str, opening: re.Pattern[str], kept: str = "") -> str:
    """Return a text without what stands between openings and their closings, save openings that hold `kept`.

    An opening that is never closed is left alone, and so are those of its kind that follow: no text is searched twice.
    """
    parts: list[str] = []
    at, copied = 0, 0
    endless: set[str] = set()
    for found in opening.finditer(text):
        name = (found.group(1) or "!--").lower()
        if found.start() < at or name in endless:
            continue
        closing = _CLOSING[name].search(text, found.end())
        if closing is None:
            endless.add(name)
            continue
        at = closing.end()
        if not kept or kept not in found.group(0).lower():
            parts.append(text[copied : found.start()])
            copied = at
    return "".join([*parts, text[copied:]])


def decode(page: Page) -> str:
    """Return the page's text: as UTF-8 when it is, else by the header's charset, the page's own, or detection."""
    body = page.body
    if not body.isascii():
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    header = f"text/html; charset={page.charset}" if page.charset else None
    _, text = html_to_unicode(header, body, auto_detect_fun=_detect)
    return text if _readable(text) else body.decode(_detect(body), "replace")


def _readable(text: str) -> bool:
    """Tell whether a text was decoded well: hardly any of its letters could not be read."""
    lost = text.count("\ufffd")
    return lost <= 3 or lost * 20 < sum(1 for character in text if character > "\x7f")


def _detect(body: bytes) -> str:
    if _readable(body.decode("utf-8", "replace")):
        return "utf-8"
    from charset_normalizer import from_bytes

    sample = _TAGS.sub(b" ", body[: 50 * SAMPLE])
    first = next((place for place, byte in enumerate(sample) if byte > 0x7F), 0)
    best = from_bytes(sample[first : first + SAMPLE], steps=3, chunk_size=2048).best()
    return best.encoding if best is not None else "cp1252"
