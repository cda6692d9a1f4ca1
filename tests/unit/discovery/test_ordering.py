"""What is new comes first."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.discovery.ordering import newest_first
from storage.types import FoundLink


def day(number: int) -> datetime:
    return datetime(2025, 11, number, tzinfo=UTC)


def names(links: list[FoundLink]) -> list[str]:
    return [link.url.removeprefix("https://x.org/") for link in newest_first(links)]


def test_dated_ones_by_date_then_undated_ones_as_listed() -> None:
    links = [
        FoundLink("https://x.org/u1"),
        FoundLink("https://x.org/old", published=day(1)),
        FoundLink("https://x.org/u2"),
        FoundLink("https://x.org/changed", published=day(1), updated=day(9)),
        FoundLink("https://x.org/new", published=day(5)),
    ]
    assert names(links) == ["changed", "new", "old", "u1", "u2"]


def test_equal_dates_keep_document_order() -> None:
    assert names([FoundLink(f"https://x.org/{n}", published=day(1)) for n in "bca"]) == ["b", "c", "a"]


def sitemap(name: str, updated: datetime | None = None) -> FoundLink:
    return FoundLink(f"https://x.org/{name}", updated=updated, kind="sitemap")


def test_numbered_sitemaps_come_highest_first_within_their_series() -> None:
    links = [sitemap(name) for name in ("post-2.xml", "post-10.xml", "page.xml", "post-9.xml", "tag-1.xml")]
    assert names(links) == ["post-10.xml", "post-9.xml", "page.xml", "post-2.xml", "tag-1.xml"]
    assert names([sitemap("2024-12.xml"), sitemap("2025-1.xml")]) == ["2025-1.xml", "2024-12.xml"]


def test_a_generators_equal_stamps_leave_it_to_the_numbers() -> None:
    assert names([sitemap("p1.xml", day(3)), sitemap("p2.xml", day(3)), sitemap("q.xml", day(4))]) == [
        "q.xml",
        "p2.xml",
        "p1.xml",
    ]


def test_articles_with_numbers_keep_their_order() -> None:
    assert names([FoundLink("https://x.org/1"), FoundLink("https://x.org/2")]) == ["1", "2"]
