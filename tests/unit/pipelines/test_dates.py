"""Dates as pages write them: zone, precision, provenance, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.dates import choose, from_url, read_stamp
from storage.types import DatePrecision, DateSource, Hints, Stamp

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SECOND, MINUTE, DAY, MONTH = DatePrecision.SECOND, DatePrecision.MINUTE, DatePrecision.DAY, DatePrecision.MONTH


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2026-11-12T14:05:06Z", datetime(2026, 11, 12, 14, 5, 6), SECOND),
        ("2026-11-12T14:05:06.789+01:00", datetime(2026, 11, 12, 13, 5, 6), SECOND),
        ("2026-11-12T14:05:06-0500", datetime(2026, 11, 12, 19, 5, 6), SECOND),
        ("2026-11-12T14:05+05:30", datetime(2026, 11, 12, 8, 35), MINUTE),
        ("2026-11-12 14:05", datetime(2026, 11, 12, 14, 5), MINUTE),
        ("20261112T140506Z", datetime(2026, 11, 12, 14, 5, 6), SECOND),
        ("2026-11-12", datetime(2026, 11, 12), DAY),
        ("2026-11", datetime(2026, 11, 1), MONTH),
        ("Thu, 12 Nov 2026 14:05:06 +0100", datetime(2026, 11, 12, 13, 5, 6), SECOND),
        ("Thu, 12 Nov 2026 14:05:06 GMT", datetime(2026, 11, 12, 14, 5, 6), SECOND),
        ("1794492306", datetime(2026, 11, 12, 14, 5, 6), SECOND),
        ("1794492306000", datetime(2026, 11, 12, 14, 5, 6), SECOND),
        ("November 12, 2026", datetime(2026, 11, 12), DAY),
        ("12. November 2026", datetime(2026, 11, 12), DAY),
        ("12 novembre 2026", datetime(2026, 11, 12), DAY),
        ("12 de noviembre de 2026", datetime(2026, 11, 12), DAY),
        ("12 ноября 2026", datetime(2026, 11, 12), DAY),
        ("November 12, 2026 14:05 CET", datetime(2026, 11, 12, 13, 5), MINUTE),
        ("2026-11-26", datetime(2026, 11, 26), DAY),
    ],
)
def test_what_is_read(raw: str, value: datetime, precision: DatePrecision) -> None:
    stamp = read_stamp(raw, DateSource.META, NOW)
    assert stamp == Stamp(value.replace(tzinfo=UTC), raw, DateSource.META, precision)


@pytest.mark.parametrize(
    "raw",
    [None, "", "  ", "yesterday", "2 hours ago", "Tuesday", "2027-01-01", "2026-12-12T00:00:00Z", "1970-01-01T00:00:00Z",
     "0001-01-01T00:00:00", "2026-13-40", "9999999999", "2026", "12", "x" * 500, "{{ article.date }}", "November"],
)  # fmt: skip
def test_what_is_refused(raw: str | None) -> None:
    assert read_stamp(raw, DateSource.META, NOW) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/11/12/council", datetime(2026, 11, 12, tzinfo=UTC)),
        ("https://a.example/news/2026-11-12-council", datetime(2026, 11, 12, tzinfo=UTC)),
        ("https://a.example/20261112/council", datetime(2026, 11, 12, tzinfo=UTC)),
        ("https://a.example/2026/13/12/council", None),
        ("https://a.example/story-120261112345", None),
        ("https://a.example/2027/01/01/council", None),
    ],
)
def test_the_day_in_a_url(url: str, day: datetime | None) -> None:
    found = from_url(url, NOW)
    assert (found.value if found else None) == day


TOLD = datetime(2026, 11, 12, 14, 5, tzinfo=UTC)
HINTS = Hints(published=TOLD, published_source=DateSource.SITEMAP)


@pytest.mark.parametrize(
    ("page", "hinted"),
    [
        (None, True),
        (Stamp(TOLD.replace(hour=0, minute=0), "2026-11-12", DateSource.META, DAY), True),
        (Stamp(TOLD - timedelta(days=9), "x", DateSource.META, DAY), False),
        (Stamp(TOLD - timedelta(minutes=3), "x", DateSource.JSON_LD, SECOND), False),
        (Stamp(TOLD - timedelta(days=9), "x", DateSource.TEXT, DAY), True),
    ],
)
def test_page_or_channel(page: Stamp | None, hinted: bool) -> None:
    found = choose(page, HINTS, NOW)
    assert found is not None
    assert (found.source is DateSource.SITEMAP) == hinted
    assert found.value == TOLD if hinted else found is page


def test_a_channel_in_the_future_is_not_believed() -> None:
    assert choose(None, Hints(published=NOW + timedelta(days=2)), NOW) is None
