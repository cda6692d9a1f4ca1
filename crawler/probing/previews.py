"""Preview what a source would give: its newest articles, as they would be stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.probing.explorer import Run
from crawler.probing.selection import date_of
from crawler.probing.visitor import Miss, Visitor
from pipelines.extract import extract
from pipelines.urls import url_key
from pipelines.workers import WorkerFailure
from storage.types import DateSource, Drop, FoundLink, Hints, Page

PREVIEWS = 3
MOST_TRIES = 6


@dataclass(frozen=True, slots=True)
class Preview:
    """An article as it would be stored. `problem` says why its page gives none."""

    url: str
    headline: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    words: int = 0
    text: str = ""
    problem: str | None = None


def preview(links: Iterable[FoundLink], visitor: Visitor, run: Run) -> tuple[Preview, ...]:
    """Return previews of the newest pages. Pages that give no article only fill up what is missing."""
    good: list[Preview] = []
    bad: list[Preview] = []
    for link in _newest(links)[:MOST_TRIES]:
        one = _preview(link, visitor, run)
        if one.problem is not None:
            bad.append(one)
        elif one.headline not in [other.headline for other in good]:  # else the same article at another address
            good.append(one)
        if len(good) == PREVIEWS:
            break
    return tuple([*good, *bad][:PREVIEWS])


def _newest(links: Iterable[FoundLink]) -> Sequence[FoundLink]:
    distinct = list({url_key(link.url): link for link in links}.values())
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(distinct, key=lambda link: date_of(link) or oldest, reverse=True)


def _preview(link: FoundLink, visitor: Visitor, run: Run) -> Preview:
    page = visitor.get(link.url)
    if isinstance(page, Miss):
        return Preview(link.url, link.title or "", link.published, problem=page.reason)
    hints = Hints(link.title, link.published, DateSource.FEED if link.published else None)
    try:
        found = run(extract, Page(page.url, page.body, page.charset, hints))
    except WorkerFailure as failure:
        found = Drop("unreadable", str(failure))
    if isinstance(found, Drop):
        reason = f"{found.reason}: {found.detail}" if found.detail else found.reason
        return Preview(page.url, link.title or "", link.published, problem=reason)
    return Preview(
        url=page.url,
        headline=found.headline,
        published=found.published.value if found.published else link.published,
        authors=found.authors,
        language=found.language,
        words=found.word_count,
        text=" ".join(found.body.split()),
    )
