"""The page's own clock: which day it was where the page was written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.clocks import Shown, on_own_clock
from pipelines.dates import choose, read, read_stamp
from pipelines.shown import CHANGED
from storage.types import DateSource, Hints, Stamp

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def _stamp(raw: str) -> Stamp:
    stamp = read_stamp(raw, DateSource.JSON_LD, NOW)
    assert stamp is not None
    return stamp


def _shown(raw: str, seen: bool = True, same: bool = False) -> Shown:
    reading = read(raw, "en")
    assert reading is not None
    return Shown(raw, reading, seen, bool(CHANGED.search(raw)), same)


@pytest.mark.parametrize(
    ("told", "shown", "raw"),
    [
        ("2026-11-12T03:00:46Z", "November 11, 2026 10:00 PM", "2026-11-11T22:00:46-05:00"),
        ("2026-11-12T03:00:46.074Z", "Nov. 11, 2026 10:00 pm EST", "2026-11-11T22:00:46-05:00"),
        ("2026-11-11T22:03:00+00:00", "12 November 2026 - 9:03AM", "2026-11-12T09:03:00+11:00"),
        ("2026-11-11T18:30Z", "12 November 2026 00:00", "2026-11-12T00:00+05:30"),
        ("2026-11-12T01:30:00Z", "November 12, 2026 1:30 AM", "2026-11-12T01:30:00Z"),
        ("2026-11-12T03:00:46Z", "November 11, 2026 10:07 PM", "2026-11-12T03:00:46Z"),
        ("2026-11-12T03:00:46Z", "October 2, 2026 10:00 PM", "2026-11-12T03:00:46Z"),
        ("2026-11-12T01:00:00Z", "November 11, 2026", "November 11, 2026"),
        ("2026-11-12T01:00:00Z", "November 9, 2026", "2026-11-12T01:00:00Z"),
        ("2026-11-12T14:00:00Z", "November 11, 2026", "2026-11-12T14:00:00Z"),
        ("2026-11-12T03:00:46+01:00", "November 11, 2026 9:00 PM", "2026-11-12T03:00:46+01:00"),
        ("2026-11-12", "November 11, 2026 9:00 PM", "2026-11-12"),
    ],
)
def test_a_moment_in_utc_is_shown_on_the_pages_clock(told: str, shown: str, raw: str) -> None:
    before = _stamp(told)
    after = on_own_clock(before, [_shown(shown)])
    assert after.raw == raw
    assert (after.value, after.source, after.precision) == (before.value, before.source, before.precision)


def test_a_time_without_zone_gets_that_of_the_pages_other_dates() -> None:
    after = on_own_clock(_stamp("2026-11-11T17:06:51"), [_shown("2026-11-12T01:06:51+00:00", seen=False, same=True)])
    assert after.value == datetime(2026, 11, 12, 1, 6, 51, tzinfo=UTC)
    assert after.raw == "2026-11-11T17:06:51-08:00"
    after = on_own_clock(_stamp("2026-11-12 05:00:00"), [_shown("11/12/2026 05:00 AM EST")])
    assert after.value == datetime(2026, 11, 12, 10, tzinfo=UTC)
    assert on_own_clock(_stamp("2026-11-12 05:00:00"), [_shown("11/12/2026 05:00 AM")]).raw == "2026-11-12 05:00:00"


def test_another_stamp_of_the_same_moment_gives_the_zone() -> None:
    after = on_own_clock(_stamp("2026-11-11T18:30:00Z"), [_shown("2026-11-12T05:30:00+11:00", seen=False)])
    assert after.raw == "2026-11-12T05:30:00+11:00"


def test_the_shown_date_may_be_that_of_the_change() -> None:
    changed = _stamp("2026-11-14T04:31:02Z")
    after = on_own_clock(_stamp("2026-11-13T00:00:00Z"), [_shown("Updated: Nov. 13, 2026, 11:31 p.m.")], changed)
    assert after.raw == "2026-11-12T19:00:00-05:00"


def test_a_day_long_before_the_change_is_left_alone() -> None:
    changed = _stamp("2026-11-14T04:31:02Z")
    assert (
        on_own_clock(_stamp("2026-11-12T01:00:00Z"), [_shown("November 11, 2026")], changed).raw
        == "2026-11-12T01:00:00Z"
    )


def test_a_channel_keeps_the_pages_own_day() -> None:
    told = Hints(published=datetime(2026, 11, 13, 1, tzinfo=UTC), published_source=DateSource.FEED)
    chosen = choose(_stamp("2026-11-12"), told, NOW)
    assert chosen is not None and (chosen.raw, chosen.value, chosen.source) == (
        "2026-11-12",
        told.published,
        DateSource.FEED,
    )
    chosen = choose(_stamp("2026-11-13"), told, NOW)
    assert chosen is not None and chosen.raw == "2026-11-13T01:00:00+00:00"


@pytest.mark.parametrize(
    ("told", "other"),
    [
        ("2026-11-12 09:00:00", _shown("Updated: November 12, 2026 1:00 PM EST")),  # another moment
        ("2026-11-12 09:00:00", _shown("2026-11-12T15:00:00+01:00", seen=False)),  # another article's
        ("2026-11-12T09:00:00Z", _shown("2026-11-12 05:00:00", seen=False)),
        ("2026-11-12T09:00:00Z", _shown("Updated November 12, 2026 1:00 PM")),
    ],
)
def test_other_moments_give_no_zone(told: str, other: Shown) -> None:
    assert on_own_clock(_stamp(told), [other]).raw == told
