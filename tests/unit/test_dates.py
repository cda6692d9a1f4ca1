"""Dates as pages write them mean one moment, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.dates import read_stamp
from storage.types import DateSource

NOW = datetime(2026, 11, 25, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "hour", "minute"),
    [
        ("Tue, 24 Nov 2026 10:00:00 +01:00", 9, 0),
        ("Tue, 24 Nov 2026 10:00:00 +0100", 9, 0),
        ("Tue, 24 Nov 2026 10:00:00 GMT", 10, 0),
        ("Tue, 24 Nov 2026 10:00:00 EST", 15, 0),
        ("Tue, 24 Nov 2026 10:00:00 CET", 9, 0),
        ("24 Nov 2026 10:00 CET", 9, 0),
        ("Nov 24, 2026 3:05 PM", 15, 5),
        ("2026-11-24 03:05 PM", 15, 5),
        ("2026-11-24T10:00:00+05:30", 4, 30),
        ("2026-11-24T10:00:00.123Z", 10, 0),
        ("1795514700", 10, 5),
    ],
)
def test_a_moment_is_read_with_its_zone(raw: str, hour: int, minute: int) -> None:
    stamp = read_stamp(raw, DateSource.META, NOW)
    assert stamp is not None and stamp.raw == raw
    assert (stamp.value.day, stamp.value.hour, stamp.value.minute) == (24, hour, minute)


@pytest.mark.parametrize("raw", ["", "soon", "2031-01-01T00:00:00Z", "1971-01-01", "99", "x" * 200])
def test_what_is_no_date_or_lies_ahead_is_none(raw: str) -> None:
    assert read_stamp(raw, DateSource.META, NOW) is None
