"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.discovery import moments
from crawler.discovery.moments import Moments

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Tue, 03 Nov 2026 10:00:00 +0100", "2026-11-03T09:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 +01:00", "2026-11-03T09:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 CET", "2026-11-03T09:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 EST", "2026-11-03T15:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 GMT+02:00", "2026-11-03T08:00:00"),
        ("Tue, 3 November 2026 10:00 GMT", "2026-11-03T10:00:00"),
        ("03 Nov 26 10:00 GMT", "2026-11-03T10:00:00"),
        ("Tuesday, 03-Nov-26 10:00:00 GMT", "2026-11-03T10:00:00"),
        ("Mi, 14 Okt 2026 10:00:00 +0200", "2026-10-14T08:00:00"),
        ("jeu., 05 nov. 2026 10:00:00 +0100", "2026-11-05T09:00:00"),
        ("вт, 03 ноя 2026 10:00:00 +0300", "2026-11-03T07:00:00"),
        ("Nov 3, 2026 4:05 PM", "2026-11-03T16:05:00"),
        ("Nov 3, 2026 12:05 am EST", "2026-11-03T05:05:00"),
        ("2026-11-03T10:00:00Z", "2026-11-03T10:00:00"),
        ("2026-11-03T10:00:00.123456-05:00", "2026-11-03T15:00:00"),
        ("2026-11-03 10:00:00", "2026-11-03T10:00:00"),
        ("2026-11-03 04:05 PM", "2026-11-03T16:05:00"),
        ("2026-11-03", "2026-11-03T00:00:00"),
        ("2026/11/03 10:00:00 +0900", "2026-11-03T01:00:00"),
        ("03.11.2026 10:00", "2026-11-03T10:00:00"),
        ("3. November 2026, 10:00 Uhr", "2026-11-03T10:00:00"),
        ("Tue, 03 Nov 2026 24:00:00 GMT", "2026-11-04T00:00:00"),
        ("1793700000", "2026-11-03T10:00:00"),
        ("Tue Nov 03 10:00:00 EST 2026", "2026-11-03T15:00:00"),
        ("2026年11月03日 10:00", "2026-11-03T10:00:00"),
        ("2026-11-26T11:00:00Z", "2026-11-26T11:00:00"),
        ("2026-11-26T13:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("2026-13-45", None),
        ("garbage", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_dates(raw: str, expected: str | None) -> None:
    at = Moments(NOW).read(raw)
    assert (at.replace(tzinfo=None).isoformat() if at else None) == expected
    assert at is None or at.tzinfo is UTC


def test_odd_dates_cannot_take_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "PATIENCE", 0.0)
    reader = Moments(NOW)
    assert reader.read("2026年11月03日 10:00") is None
    assert reader.read("2026-11-03T10:00:00Z") == datetime(2026, 11, 3, 10, tzinfo=UTC)
