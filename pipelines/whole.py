"""From one page of an article to the whole of it: its further pages are asked for in order, extracted and joined.

At most MOST_PAGES pages and MOST_BYTES bytes; a page that was there already ends it. A page that cannot be had ends it
too: the article is then what there is, its `next_page` says what is missing, and the part says why.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from pipelines.items import PageItem, Part
from pipelines.lines import count_words
from pipelines.pagenumbers import places
from pipelines.pagination import adds, join
from pipelines.urls import url_key
from storage.types import Access, Article, Drop, Hints, Outcome, Page, Removed

MOST_PAGES = 20
MOST_BYTES = 20_000_000
LACKING: dict[str, Any] = {"outcome": Outcome.DROPPED, "is_missing": True}

FetchPage = Callable[[PageItem, str], Awaitable[Part]]
ExtractPage = Callable[[Page], Awaitable[Article | Drop]]


class Whole:
    """An article as its pages come in: which is `wanted` next, and what they make together. Pure."""

    def __init__(self, first: Article, size: int) -> None:
        self._pages = [first]
        self._bytes = size
        self._asked = {url_key(first.url)}
        self._missing: str | None = None
        self._next = first.next_page

    @property
    def wanted(self) -> str | None:
        """The address of the page to ask for next, None when nothing more is to be asked."""
        return None if self._next is None or self._missing or url_key(self._next) in self._asked else self._next

    def has(self, url: str) -> bool:
        """Tell whether this page has been asked for."""
        return url_key(url) in self._asked

    def page(self, part: Part, hints: Hints) -> Page:
        """Return what extraction needs of a part."""
        return Page(part.final_url or part.url, part.body, part.charset, replace(hints, first_page=self._pages[0].url))

    def add(self, part: Part, result: Article | Drop | None) -> Part:
        """Take in what became of a page that was wanted; return the part with what is to be said of it."""
        self._asked.add(url_key(part.url))
        self._bytes += part.size
        part = replace(part, body=b"")
        if part.reason is None:
            part = self._judged(part, result)
        if part.is_missing:
            self._missing = part.url
        return part

    def _judged(self, part: Part, result: Article | Drop | None) -> Part:
        final = part.final_url or part.url
        if not _same_article(part.url, final):
            return replace(part, reason="redirected", detail=f"leads to {final}", **LACKING)
        if url_key(final) != url_key(part.url) and self.has(final):
            self._next = None
            return replace(part, outcome=Outcome.ALIAS, reason="repeated", detail=f"leads back to {final}")
        if not isinstance(result, Article):
            drop = result or Drop("empty")
            return replace(part, reason=drop.reason, detail=drop.detail, **LACKING)
        self._asked.add(url_key(final))
        return self._joined(part, result)

    def _joined(self, part: Part, page: Article) -> Part:
        if not adds([_lines(page.body) for page in self._pages], _lines(page.body)):
            self._next = None
            return replace(part, outcome=Outcome.ALIAS, reason="repeated", detail="holds nothing new")
        self._pages.append(page)
        self._next = page.next_page
        if self._next is not None and self.has(self._next):
            return replace(part, detail=f"names {self._next} as its next page, which was there already")
        if self.wanted is not None and (len(self._pages) >= MOST_PAGES or self._bytes > MOST_BYTES):
            self._missing = self._next
            said = f"{MOST_PAGES} pages" if len(self._pages) >= MOST_PAGES else f"{MOST_BYTES} bytes"
            return replace(part, detail=f"the article goes on at {self._next}, but {said} are enough")
        return part

    def article(self) -> Article:
        """Return the article of all pages so far."""
        first, body = self._pages[0], _body(self._pages)
        walled = next((page.access for page in self._pages if page.access is not Access.FREE), Access.FREE)
        return replace(
            first,
            body=body,
            word_count=count_words(body) if len(self._pages) > 1 else first.word_count,
            access=walled,
            removed=self._removed(),
            agency=first.agency or next((page.agency for page in self._pages[::-1] if page.agency), None),
            next_page=self._missing,
        )

    def _removed(self) -> tuple[Removed, ...]:
        """Return what was taken out of all pages, each line at its place in the joined text."""
        found = list(self._pages[0].removed)
        for number in range(1, len(self._pages)):
            above = len(_lines(_body(self._pages[:number])))
            found += [replace(one, place=above + one.place) for one in self._pages[number].removed]
        last = len(_lines(_body(self._pages)))
        return tuple(replace(one, place=min(one.place, last)) for one in found)


def _same_article(asked: str, final: str) -> bool:
    """Tell whether a redirect stayed within the article's pages."""
    ours = {url_key(asked), *(place.key for place in places(asked))}
    return url_key(final) in ours or not ours.isdisjoint(place.key for place in places(final))


def _lines(body: str) -> list[str]:
    return [line for line in body.split("\n") if line]


def _body(pages: list[Article]) -> str:
    return pages[0].body if len(pages) == 1 else "\n\n".join(join([_lines(page.body) for page in pages]))


async def complete(item: PageItem, fetch: FetchPage, extract: ExtractPage) -> None:
    """Make the item's article whole. Its parts say what became of each further page."""
    own = item.result
    assert isinstance(own, Article)
    first, size = own, len(item.body)
    if own.first_page is not None:
        part = await fetch(item, own.first_page)
        size = part.size
        begun = await _begin(item, part, extract)
        item.parts.append(begun if isinstance(begun, Part) else replace(part, body=b""))
        if isinstance(begun, Part):
            item.result = replace(own, next_page=own.first_page)
            return
        first = begun
    whole = Whole(first, size)
    await _follow(whole, item, own, fetch, extract)
    if not whole.has(item.url):
        whole.add(Part(item.url), own)
        await _follow(whole, item, own, fetch, extract)
    item.result = whole.article()


async def _begin(item: PageItem, part: Part, extract: ExtractPage) -> Article | Part:
    """Return the article's first page, or the part with the reason why there is none."""
    if part.reason is not None:
        return part
    first = await extract(Page(part.final_url or part.url, part.body, part.charset, item.hints))
    if isinstance(first, Drop):
        return replace(part, body=b"", reason=first.reason, detail=first.detail, **LACKING)
    if first.first_page is not None or url_key(first.url) == url_key(item.url):
        return replace(part, body=b"", reason="not-first", detail="is a later page itself", **LACKING)
    return first


async def _follow(whole: Whole, item: PageItem, own: Article, fetch: FetchPage, extract: ExtractPage) -> None:
    while (url := whole.wanted) is not None:
        if url_key(url) == url_key(item.url):
            whole.add(Part(url), own)
            continue
        part = await fetch(item, url)
        result = await extract(whole.page(part, item.hints)) if part.reason is None else None
        item.parts.append(whole.add(part, result))
