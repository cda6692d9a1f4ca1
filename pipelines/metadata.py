"""Read an article's metadata: JSON-LD first, then meta tags, then microdata; Trafilatura for what none of them says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipelines import jsonld
from pipelines.authors import clean_authors, is_person
from pipelines.clean import DESCRIPTION, clean_text
from pipelines.dates import from_url, read_stamp
from pipelines.headlines import best_headline
from pipelines.urls import host_of
from storage.types import DateSource, Stamp

PUBLISHED = ("article:published_time", "og:published_time", "datepublished", "date", "dc.date.issued", "dcterms.created",
             "dc.date", "dcterms.date", "sailthru.date", "parsely-pub-date", "pubdate", "publish-date", "publication_date",
             "article.published", "cxenseparse:recs:publishtime", "citation_publication_date")  # fmt: skip
MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified", "lastmod",
            "article.updated", "revised")  # fmt: skip
AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
           "citation_author", "cxenseparse:author", "article.author")  # fmt: skip
MOST_TAGS = 30
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|staff|contributors?|by|people|profiles?|journalists?|columnists?|autor(?:en|es)?|auteurs?|autori)/[^/?#]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of its article."""

    headline: str = ""
    canonical: str | None = None
    authors: tuple[str, ...] = ()
    published: Stamp | None = None
    modified: Stamp | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None
    image: str | None = None
    site: str | None = None
    node: dict[str, Any] | None = None
    kinds: frozenset[str] = frozenset()
    meta: dict[str, str] = field(default_factory=dict)


def read_metadata(tree: HtmlElement, url: str, now: datetime) -> Facts:
    """Return the facts of a parsed page. Everything is clean text; nothing raises for a strange page."""
    meta = _meta(tree)
    blocks = [
        jsonld.read_block(script.text or "") for script in tree.iterfind(".//script[@type]") if _is_jsonld(script)
    ]
    blocks = [block for block in blocks if block is not None]
    node = jsonld.article_node(blocks)
    node = jsonld.resolved(node, blocks) if node else None
    site = clean_text(meta.get("og:site_name") or _first(jsonld.texts((node or {}).get("publisher"), "name")) or "")
    head_title = clean_text(tree.findtext(".//title") or "")
    return Facts(
        headline=_headline(tree, meta, node, head_title, site),
        canonical=_canonical(tree, meta, url),
        authors=_authors(tree, meta, node, site),
        published=_published(tree, meta, node, url, now),
        modified=_modified(tree, meta, node, now),
        language=tree.get("lang") or meta.get("og:locale") or meta.get("content-language"),
        section=_section(meta, node),
        tags=_tags(meta, node, tree),
        description=_description(meta, node),
        image=_image(meta, node, url),
        site=site or None,
        node=node,
        kinds=frozenset(jsonld.kinds(blocks) | {f"og:{meta.get('og:type', '')}"}),
        meta=meta,
    )


def _is_jsonld(script: HtmlElement) -> bool:
    return (script.get("type") or "").strip().lower().startswith("application/ld+json")


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if not name or not content or not content.strip():
            continue
        name = name.strip().lower()
        if name in ("article:tag", "article:author", "author", "citation_author") and name in found:
            found[name] = f"{found[name]};{content.strip()}"
        else:
            found.setdefault(name, content.strip())
    return found


def _first(values: list[str]) -> str | None:
    return next((value for value in values if value.strip()), None)


def _headline(tree: HtmlElement, meta: dict[str, str], node: dict[str, Any] | None, title: str, site: str) -> str:
    told = _first(jsonld.texts((node or {}).get("headline"))) or ""
    og = meta.get("og:title") or meta.get("twitter:title") or ""
    first = [clean_text(element.text_content()) for element in tree.iter("h1")][:8]
    prop = [clean_text(e.text_content()) for e in tree.xpath('.//*[@itemprop="headline"]')[:1]]
    return best_headline(clean_text(told), clean_text(og), [*prop, *first], title, site)


def _canonical(tree: HtmlElement, meta: dict[str, str], url: str) -> str | None:
    links = (e.get("href") for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split())
    href = next((link for link in links if link and link.strip()), None) or meta.get("og:url")
    if not href:
        return None
    try:
        found = urljoin(url, href.strip())
    except ValueError:
        return None
    return found if host_of(found) else None


def _authors(tree: HtmlElement, meta: dict[str, str], node: dict[str, Any] | None, site: str) -> tuple[str, ...]:
    """Return the people that the first source names which names any, else the first agency or desk."""
    agency: tuple[str, ...] = ()
    for raw in _author_sources(tree, meta, node or {}):
        found = clean_authors(raw, site)
        if any(map(is_person, found)):
            return found
        agency = agency or found
    return agency


def _author_sources(tree: HtmlElement, meta: dict[str, str], node: dict[str, Any]) -> Iterator[list[str]]:
    yield jsonld.texts(node.get("author"), "name") or jsonld.texts(node.get("creator"), "name")
    for name in AUTHORS:
        if meta.get(name):
            yield re.split(r"\s*;\s*", meta[name])
    for path in ('.//*[@itemprop="author"]//*[@itemprop="name"]', './/*[@itemprop="author"]', './/*[@rel="author"]'):
        yield [e.get("content") or e.text_content() for e in tree.xpath(path)[:5]]
    yield _linked_authors(tree)


def _linked_authors(tree: HtmlElement) -> list[str]:
    """Return the texts of the first links to an author's page, with those beside them."""
    for link in tree.iter("a"):
        if (
            _AUTHOR_PAGE.search(link.get("href") or "")
            and next(link.iterancestors("nav", "footer", "aside"), None) is None
        ):
            beside = [link] if link.getparent() is None else link.getparent().findall("a")
            return [e.text_content() for e in beside if _AUTHOR_PAGE.search(e.get("href") or "")]
    return []


def _published(
    tree: HtmlElement, meta: dict[str, str], node: dict[str, Any] | None, url: str, now: datetime
) -> Stamp | None:
    told = read_stamp(_first(jsonld.texts((node or {}).get("datePublished"))), DateSource.JSON_LD, now)
    if told is not None:
        return told
    coarse = None
    for name in PUBLISHED:
        stamp = read_stamp(meta.get(name), DateSource.META, now)
        if stamp is not None and stamp.precision.value in ("second", "minute"):
            return stamp
        coarse = coarse or stamp
    path = './/*[@itemprop="datePublished"]|.//time[@pubdate]|.//article//time[@datetime]'
    for element in tree.xpath(path)[:3]:
        raw = element.get("datetime") or element.get("content") or element.text_content()
        stamp = read_stamp(raw, DateSource.META, now)
        if stamp is not None:
            return stamp
    return coarse or from_url(url, now)


def _modified(tree: HtmlElement, meta: dict[str, str], node: dict[str, Any] | None, now: datetime) -> Stamp | None:
    told = read_stamp(_first(jsonld.texts((node or {}).get("dateModified"))), DateSource.JSON_LD, now)
    if told is not None:
        return told
    raws = [meta.get(name) for name in MODIFIED]
    raws += [e.get("datetime") or e.get("content") for e in tree.xpath('.//*[@itemprop="dateModified"]')[:1]]
    stamps = (read_stamp(raw, DateSource.META, now) for raw in raws)
    return next((stamp for stamp in stamps if stamp is not None), None)


def _section(meta: dict[str, str], node: dict[str, Any] | None) -> str | None:
    told = _first(jsonld.texts((node or {}).get("articleSection"))) or meta.get("article:section")
    text = clean_text(told or meta.get("parsely-section") or "", 100)
    return text or None


def _tags(meta: dict[str, str], node: dict[str, Any] | None, tree: HtmlElement) -> tuple[str, ...]:
    told = jsonld.texts((node or {}).get("keywords"), "name")
    if not told:
        told = [meta.get("article:tag", "").replace(";", ",") or meta.get("news_keywords") or meta.get("keywords", "")]
    if not any(told):
        told = [e.text_content() for e in tree.xpath('.//a[@rel="tag"]')[:MOST_TAGS]]
    parts = [clean_text(part, 80) for text in told for part in re.split(r"[,;\n]", text)]
    return tuple(dict.fromkeys(part for part in parts if 1 < len(part) < 80))[:MOST_TAGS]


def _description(meta: dict[str, str], node: dict[str, Any] | None) -> str | None:
    told = meta.get("og:description") or meta.get("description") or meta.get("twitter:description")
    told = told or _first(jsonld.texts((node or {}).get("description")))
    return clean_text(told or "", DESCRIPTION) or None


def _image(meta: dict[str, str], node: dict[str, Any] | None, url: str) -> str | None:
    told = [meta.get("og:image:secure_url"), meta.get("og:image"), meta.get("twitter:image")]
    told += jsonld.texts((node or {}).get("image"), "url", "contentUrl")
    for raw in told:
        if not raw or len(raw) > 2000:
            continue
        try:
            found = urljoin(url, raw.strip())
        except ValueError:
            continue
        if host_of(found):
            return found
    return None
