"""All that a page tells of its article: JSON-LD, microdata, the headline's place, each looked for when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines import jsonld, microdata
from pipelines.clean import clean_text
from pipelines.clocks import Shown
from pipelines.dates import read
from pipelines.headlines import akin, best_headline
from pipelines.hosts import host_of, registrable_domain
from pipelines.scan import Scan
from pipelines.shown import ShownDates

_TITLES = ("twitter:title", "parsely-title", "sailthru.title", "title", "dc.title", "citation_title")
_NO_COUNTRY = {"us", "io", "co", "tv", "me", "ai", "to", "fm", "ly", "gg", "cc", "eu"}
LONGEST_PATH = 500
_COUNTRIES = {"uk": "GB"}


@dataclass
class Told:
    """A scanned page with its address and the time of its crawl."""

    scan: Scan
    url: str
    now: datetime

    @property
    def meta(self) -> dict[str, str]:
        """The page's meta tags."""
        return self.scan.meta

    @cached_property
    def node(self) -> dict[str, Any] | None:
        """The JSON-LD object of the article, its references looked up."""
        blocks = self.scan.blocks
        node = jsonld.article_node(blocks, self.url, self.meta.get("og:title") or self.scan.title) if blocks else None
        return jsonld.resolved(node, blocks) if node else None

    def says(self, name: str, *inner: str) -> str:
        """Return the first text of a property of the JSON-LD object, empty when there is none."""
        value = (self.node or {}).get(name)
        texts = [str(value)] if isinstance(value, int) else jsonld.texts(value, *inner)
        return next((text for text in texts if text.strip()), "")

    @cached_property
    def site(self) -> str:
        """The outlet's name as the page has it."""
        return clean_text(self.meta.get("og:site_name") or self.says("publisher", "name"))

    @cached_property
    def outlets(self) -> tuple[str, ...]:
        """All names of the outlet, the host's last."""
        host = registrable_domain(self.url).partition(".")[0]
        return tuple(name for name in (self.site, clean_text(self.says("publisher", "name")), host) if name)

    @cached_property
    def headline(self) -> str:
        """The headline that readers see."""
        prop = [clean_text(e.text_content()) for e in self._marked_headlines]
        others = [clean_text(self.meta.get(name, "")) for name in _TITLES]
        og = clean_text(self.meta.get("og:title") or self.meta.get("twitter:title") or "")
        shown = [*self.scan.headings, *prop]
        return best_headline(clean_text(self.says("headline")), og, shown, self.scan.title, self.site, others)

    @cached_property
    def _marked_headlines(self) -> list[HtmlElement]:
        if self.scan.h1:
            return []
        return [e for e in self.scan.props if "headline" in (e.get("itemprop") or "") and e.tag != "meta"][:1]

    @cached_property
    def heading(self) -> HtmlElement | None:
        """The element of the headline, or where there is none, that of the article."""
        pairs = list(zip(self.scan.h1, self.scan.headings, strict=True))
        same = (element for element, text in pairs if (text and text in self.headline) or self.headline in text)
        like = (element for element, text in pairs if akin(text, self.headline))
        found = next(same, None) if self.headline else None
        if found is None:
            found = next(like, None)
        if found is None and self._marked_headlines:
            found = self._marked_headlines[0]
        return found if found is not None else next((element for element, _ in pairs), None)

    @cached_property
    def around(self) -> list[HtmlElement]:
        """The elements about the headline; where it has no element of its own, those at the article's start."""
        if self.heading is not None:
            return self.scan.around(self.heading)
        return self.scan.start()

    @cached_property
    def item(self) -> microdata.Item:
        """The article's microdata."""
        return microdata.article_item(self.scan.props, self.heading)

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares."""
        tree = self.scan.tree
        declared = (
            tree.get("lang"),
            tree.get("xml:lang"),
            self.meta.get("og:locale"),
            self.meta.get("content-language"),
        )
        return (
            next((name for name in declared if name and name.strip()), None) or self.says("inLanguage", "name") or None
        )

    @cached_property
    def locale(self) -> str | None:
        """The language with the country, from what the page declares and its domain: it orders the parts of dates."""
        told = re.split(r"[,;\s]", (self.language or "").strip())[0].replace("_", "-")
        if "-" in told:
            return told
        locale = self.meta.get("og:locale", "").replace("_", "-")
        if locale[:2].lower() == told.lower() and "-" in locale:
            return locale
        country = host_of(self.url).partition(":")[0].rpartition(".")[2]
        if len(country) != 2 or country in _NO_COUNTRY:
            return told or None
        return f"{told or 'und'}-{_COUNTRIES.get(country, country.upper())}"

    @cached_property
    def shown(self) -> ShownDates:
        """The dates about the headline and in the page's time elements."""
        return ShownDates(self.around, self.scan.times, self.locale)

    def shown_in_meta(self, names: Iterable[str]) -> Iterator[Shown]:
        """Yield the dates in meta tags that say the same, with what is read in them."""
        for raw in {self.meta[name]: None for name in names if name in self.meta}:
            reading = read(raw, self.locale) if len(raw) <= 60 else None
            if reading is not None:
                yield Shown(raw, reading, seen=False, same=True)

    @cached_property
    def path(self) -> str:
        """The path of the page's address."""
        try:
            return urlsplit(self.url).path[:LONGEST_PATH]
        except ValueError:
            return ""
