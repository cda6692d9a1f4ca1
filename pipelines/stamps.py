"""Choose when an article was published and changed among all the dates that a page has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from lxml.html import HtmlElement

from pipelines import jsonld, microdata
from pipelines.clocks import on_own_clock
from pipelines.dates import COARSE, from_url, read_stamp, stamp_of
from pipelines.shown import first_seen, is_of_change
from pipelines.told import Told
from storage.types import DateSource, Stamp

PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "article:published", "article:publicationdate", "date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "dc.date", "dcterms.date", "sailthru.date", "parsely-pub-date", "pubdate", "pub_date",
    "publish-date", "publish_date", "published_at", "publication_date", "publicationdate", "publishdate",
    "article.published", "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime",
    "citation_publication_date", "citation_date", "shareaholic:article_published_time", "rnews:datepublished",
    "bt:pubdate", "dateissued",
)  # fmt: skip
MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "article:modified",
    "last-modified", "dcterms.modified", "dc.date.modified", "lastmod", "article.updated", "article_date_updated",
    "revised", "shareaholic:article_modified_time", "bt:moddate",
)  # fmt: skip
_DATE_NAME = re.compile(
    r"(?:publi[sc]|pub|post|creat|issue|release|story)\w*[-_.: ]?(?:date|time|on|at)\b|date[-_.:]?publi", re.IGNORECASE
)
"""Names of meta tags that say when an article was published, in outlets' own vocabularies."""
_TEASERS = ("a", "aside", "nav", "footer", "li", "h2", "h3", "h4")
SAME_DAY = timedelta(hours=38)
NEAR_URL = timedelta(days=3)


def stamps_of(told: Told) -> tuple[Stamp | None, Stamp | None]:
    """Return when the article was published and when it was changed, each on the page's own clock."""
    published, modified = _published(told), _modified(told)
    return _on_clock(told, published, modified, PUBLISHED), _on_clock(told, modified, published, MODIFIED)


def _on_clock(told: Told, stamp: Stamp | None, also: Stamp | None, names: tuple[str, ...]) -> Stamp | None:
    if stamp is None or stamp.precision in COARSE or stamp.source is DateSource.TEXT:
        return stamp
    moved = on_own_clock(stamp, list(told.shown_in_meta(names)))
    return moved if moved is not stamp else on_own_clock(stamp, told.shown, also)


def _published(told: Told) -> Stamp | None:
    """Return the first exact date that the page's markup tells, unless it has the day from a better source."""
    day: Stamp | None = None
    for stamp in _marked(told):
        if day is not None and abs(day.value - stamp.value) > SAME_DAY:
            continue
        if stamp.precision not in COARSE:
            return stamp
        day = day or stamp
    return day or _unmarked(told)


def _marked(told: Told) -> Iterator[Stamp]:
    raws = [(told.says("datePublished"), DateSource.JSON_LD)]
    raws += [(told.meta[name], DateSource.META) for name in PUBLISHED if name in told.meta]
    yield from _read(told, raws)
    yield from _read(told, [(raw, DateSource.META) for name, raw in told.meta.items() if _DATE_NAME.search(name)])
    yield from _read(told, [(str(jsonld.page_node(told.scan.blocks).get("datePublished", "")), DateSource.JSON_LD)])
    if told.scan.props:
        yield from _read(
            told,
            [(microdata.first_of(told.item, name), DateSource.META) for name in ("datePublished", "created", "date")],
        )
    near = set(told.around)
    times = [element for element in told.scan.times if element in near or element.get("pubdate") is not None]
    times = [element for element in times or _lone_time(told) if not is_of_change(element)]
    raws = [((element.get("datetime") or ""), DateSource.META) for element in times[:3]]
    yield from _read(told, raws)


def _lone_time(told: Told) -> list[HtmlElement]:
    """Return the page's only time element that is no teaser's, wherever it stands."""
    dated = [element for element in told.scan.times if element.get("datetime")]
    free = [element for element in dated if next(element.iterancestors(*_TEASERS), None) is None]
    return free if len(free) == 1 else []


def _read(told: Told, raws: list[tuple[str, DateSource]]) -> Iterator[Stamp]:
    for raw, source in raws:
        stamp = read_stamp(raw, source, told.now, told.locale)
        if stamp is not None:
            yield stamp


def _unmarked(told: Told) -> Stamp | None:
    """Return the date that readers see about the headline, or the day in the address where that is another."""
    linked = from_url(told.url, told.now)
    seen = _seen(told, changed=False)
    if seen is not None and (linked is None or abs(seen.value - linked.value) <= NEAR_URL):
        return seen
    return linked


def _seen(told: Told, changed: bool) -> Stamp | None:
    shown = first_seen(told.shown, changed)
    return stamp_of(shown.reading, shown.raw, DateSource.TEXT, told.now) if shown else None


def _modified(told: Told) -> Stamp | None:
    raws = [(told.says("dateModified"), DateSource.JSON_LD)]
    raws += [(told.meta[name], DateSource.META) for name in MODIFIED if name in told.meta]
    first = next(_read(told, raws), None)
    if first is None and told.scan.props:
        first = next(_read(told, [(microdata.first_of(told.item, "dateModified"), DateSource.META)]), None)
    return first or _seen(told, changed=True)
