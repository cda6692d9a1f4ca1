"""Read sitemaps: url sets, indexes, news sitemaps, plain text, gzip; one bad entry never loses the others."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from crawler.discovery.charset import decode
from crawler.discovery.feeds import read_feed
from crawler.discovery.markup import join, local, mend, parse
from crawler.discovery.moments import moment, utcnow
from pipelines.clean import clean_text
from pipelines.language import code_of
from storage.types import ChannelKind, Found, FoundLink, Unreadable

MAX_BYTES = 50 * 1024 * 1024
MAX_URLS = 50_000
GZIP = b"\x1f\x8b"


def read_sitemap(body: bytes, url: str) -> Found | Unreadable:
    """Return the links of a sitemap in document order; the children of an index have kind "sitemap"."""
    plain, problem = _unzip(body)
    if len(plain) > MAX_BYTES:
        plain, problem = plain[:MAX_BYTES], f"cut after {MAX_BYTES} bytes"
    text = decode(plain).lstrip("\ufeff \t\r\n")
    if not text:
        return Unreadable(problem or "the document is empty")
    if not text.startswith("<"):
        return _read_text(text, url, problem)
    mended = mend(text)
    root = parse(mended)
    name = local(root) if root is not None else ""
    if name in ("rss", "feed", "rdf"):
        return _as_sitemap(read_feed(plain, url))
    if name == "html" or root is None:
        return Unreadable("this is an HTML page, not a sitemap" if name == "html" else "no XML element in it")
    links, language = _read_tree(root, url)
    if not links and name not in ("urlset", "sitemapindex"):
        return Unreadable(f"no sitemap: its root element is <{name}>")
    return _found(links, problem, language)


def _as_sitemap(found: Found | Unreadable) -> Found | Unreadable:
    if isinstance(found, Unreadable):
        return found
    return Found(ChannelKind.SITEMAP, found.links, found.title, found.language, found.ttl_seconds, found.truncated,
                 found.problem)  # fmt: skip


def _found(links: list[FoundLink], problem: str | None, language: str | None = None) -> Found:
    distinct = list({link.url: link for link in reversed(links)}.values())[::-1]
    return Found(
        ChannelKind.SITEMAP,
        tuple(distinct[:MAX_URLS]),
        language=language,
        truncated=max(0, len(distinct) - MAX_URLS),
        problem=problem,
    )


def _unzip(body: bytes) -> tuple[bytes, str | None]:
    """Return a body without its gzip layers (at most two), within the limit, and what was wrong with them."""
    problem = None
    for _ in range(2):
        if not body.startswith(GZIP):
            break
        stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
        out = io.BytesIO()
        try:
            out.write(stream.decompress(body, MAX_BYTES + 1))
            problem = problem if stream.eof else "the gzip data was cut off"
        except zlib.error as error:
            problem = f"broken gzip data: {error}"
            out = io.BytesIO(_what_inflates(body))
        body = out.getvalue()
    return body, problem


def _what_inflates(body: bytes) -> bytes:
    """Return what can be decompressed before the data breaks."""
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    parts = []
    for start in range(0, len(body), 512):
        try:
            parts.append(stream.decompress(body[start : start + 512]))
        except zlib.error:
            break
    return b"".join(parts)[:MAX_BYTES]


def _read_tree(root: etree._Element, base: str) -> tuple[list[FoundLink], str | None]:
    now = utcnow()
    links: list[FoundLink] = []
    language = None
    for entry in root.iter():
        kind = local(entry)
        if kind not in ("url", "sitemap") or len(links) > MAX_URLS:
            continue
        link, told = _entry(entry, base, now, "sitemap" if kind == "sitemap" else "article")
        language = language or told
        if link is not None:
            links.append(link)
    return links, language


def _entry(entry: etree._Element, base: str, now: datetime, kind: str) -> tuple[FoundLink | None, str | None]:
    """Return one entry's link, and the language that its news block names."""
    values: dict[str, str] = {}
    for name, text in _fields(entry):
        values.setdefault(name, text)
    url = join(base, values.get("loc", "")) if values.get("loc") else None
    if url is None:
        return None, None
    published = moment(values.get("publication_date"), now)
    title = clean_text(values.get("title", "")) or None
    link = FoundLink(url, title, published, moment(values.get("lastmod"), now), kind)
    return link, code_of(values.get("language"))


def _fields(entry: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the entry's own fields and those of its news block; images and videos have a loc and title of their own."""
    for child in entry:
        name = local(child)
        if name in ("loc", "lastmod"):
            yield name, "".join(child.itertext()).strip()
        elif name == "news":
            for part in child.iter():
                if local(part) in ("publication_date", "title", "language"):
                    yield local(part), "".join(part.itertext()).strip()


def _read_text(text: str, base: str, problem: str | None) -> Found | Unreadable:
    """Read a plain-text sitemap: a URL a line."""
    lines = [line.strip() for line in text.splitlines()[: MAX_URLS * 2] if line.strip()]
    links = [FoundLink(url) for line in lines if line.startswith(("http://", "https://")) and (url := join(base, line))]
    if not links:
        return Unreadable("neither XML nor a list of URLs")
    return _found(links, problem)
