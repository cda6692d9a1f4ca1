"""An article as its pages come in: what is wanted next, what ends it, and what is made of all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.items import Part
from pipelines.whole import MOST_BYTES, MOST_PAGES, Whole
from storage.types import Access, Article, Drop, Hints, Outcome, Removed

URL = "https://gazette.example/2026/harbour-wall-to-be-repaired"


def _page(number: int, following: bool = True, **fields: object) -> Article:
    url = URL if number == 1 else f"{URL}?page={number}"
    article = Article(url, "Harbour wall", f"Deck\n\nText of page {number}.", word_count=5)
    article = replace(article, next_page=f"{URL}?page={number + 1}" if following else None)
    return replace(article, **fields)  # type: ignore[arg-type]


def _part(number: int, **fields: object) -> Part:
    return replace(Part(f"{URL}?page={number}", f"{URL}?page={number}", 200, b"<html>", size=6), **fields)  # type: ignore[arg-type]


def test_pages_are_taken_in_until_the_last() -> None:
    whole = Whole(_page(1, removed=(Removed(1, "Subscribe", "form"),)), 6)
    assert whole.wanted == f"{URL}?page=2"
    assert whole.page(_part(2), Hints(title="T")).hints == Hints(title="T", first_page=URL)
    part = whole.add(_part(2), _page(2, following=False, removed=(Removed(1, "Share", "share"),)))
    assert (part.outcome, part.reason, part.body, whole.wanted) == (Outcome.JOINED, None, b"", None)
    article = whole.article()
    assert article.body == "Deck\n\nText of page 1.\n\nText of page 2."
    assert (article.word_count, article.next_page, article.url) == (9, None, URL)
    assert [(one.place, one.text) for one in article.removed] == [(1, "Subscribe"), (3, "Share")]


@pytest.mark.parametrize(
    ("part", "result", "reason", "missing"),
    [
        (_part(2, reason="http-500", is_missing=True), None, "http-500", True),
        (_part(2, final_url="https://gazette.example/2026/another-article-of-today"), _page(2), "redirected", True),
        (_part(2, final_url=URL), _page(1), "repeated", False),
        (_part(2), Drop("empty", "no text"), "empty", True),
        (_part(2), _page(1), "repeated", False),
        (_part(2), replace(_page(1), body="Deck\n\nText of page 1.\n\nPage 2 of 9"), "repeated", False),
        (_part(2), _page(2, next_page=URL), None, False),
    ],
)
def test_what_ends_an_article(part: Part, result: Article | Drop | None, reason: str | None, missing: bool) -> None:
    whole = Whole(_page(1), 6)
    part = whole.add(part, result)
    assert (part.reason, part.is_missing, whole.wanted) == (reason, missing, None)
    assert whole.article().next_page == (f"{URL}?page=2" if missing else None)


def test_pages_and_bytes_are_bounded() -> None:
    many, large = Whole(_page(1), 6), Whole(_page(1), 6)
    for number in range(2, MOST_PAGES + 1):
        part = many.add(_part(number), _page(number))
    assert many.wanted is None and "20 pages are enough" in (part.detail or "")
    part = large.add(_part(2, size=MOST_BYTES), _page(2))
    assert large.wanted is None and "bytes are enough" in (part.detail or "")
    assert large.article().next_page == f"{URL}?page=3"


def test_a_wall_on_a_later_page_is_the_articles() -> None:
    whole = Whole(_page(1), 6)
    whole.add(_part(2), _page(2, following=False, access=Access.PAYWALLED))
    assert whole.article().access is Access.PAYWALLED
