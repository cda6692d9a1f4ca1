"""Read an article's metadata: JSON-LD first, then meta tags, microdata, and what readers see about the headline."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml.html import HtmlElement

from pipelines import jsonld
from pipelines.access import gated_words
from pipelines.bylines import seen_bylines
from pipelines.clean import DESCRIPTION, clean_text
from pipelines.credits import authors_of
from pipelines.kinds import live_entries
from pipelines.scan import absolute, scan
from pipelines.sections import section_of, tags_of
from pipelines.stamps import stamps_of
from pipelines.told import Told
from storage.types import Stamp


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of its article.

    `bylines` are texts about the headline that name who wrote it, as readers see them.
    `counts` are the page's elements of some kinds (figure, video, iframe, time) and its `entries` as a live blog has
    them. `gated` is the number of words in the part that JSON-LD calls closed, None where it names no part.
    """

    headline: str = ""
    canonical: str | None = None
    authors: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
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
    counts: dict[str, int] = field(default_factory=dict)
    path: str = ""
    gated: int | None = None


def read_metadata(tree: HtmlElement, url: str, now: datetime) -> Facts:
    """Return the facts of a parsed page. Everything is clean text; nothing raises for a strange page."""
    told = Told(scan(tree), url, now)
    published, modified = stamps_of(told)
    section = section_of(told)
    found = told.scan
    return Facts(
        headline=told.headline,
        canonical=absolute(url, found.canonical or told.meta.get("og:url")),
        authors=authors_of(told),
        bylines=seen_bylines(told.around),
        published=published,
        modified=modified,
        language=told.language,
        section=section,
        tags=tags_of(told, section),
        description=_description(told),
        image=_image(told),
        site=told.site or None,
        node=told.node,
        kinds=frozenset(jsonld.kinds(found.blocks) | {f"og:{told.meta.get('og:type', '')}"}),
        meta=told.meta,
        counts={**found.counts, "entries": live_entries(found.times)},
        path=told.path,
        gated=gated_words(told.node, tree),
    )


def _description(told: Told) -> str | None:
    names = ("og:description", "description", "twitter:description")
    said = next((told.meta[name] for name in names if told.meta.get(name)), "") or told.says("description")
    return clean_text(said, DESCRIPTION) or None


def _image(told: Told) -> str | None:
    names = ("og:image:secure_url", "og:image", "twitter:image", "twitter:image:src")
    said = [told.meta.get(name) for name in names]
    said += jsonld.texts((told.node or {}).get("image"), "url", "contentUrl")
    return next((found for raw in said if (found := absolute(told.url, raw))), None)
