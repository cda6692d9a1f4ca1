"""Cron expressions as cron reads them, through both clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from crawler.cron import firings

SPRING, AUTUMN = "2026-03-27 12:00", "2026-10-23 12:00"
VIENNA = "Europe/Vienna"


def fires(expression: str, zone: str | None, after: str, number: int) -> list[str]:
    begin = datetime.fromisoformat(after).replace(tzinfo=UTC)
    return [f"{at:%m-%d %H:%M}" for at in islice(firings(expression, zone, begin), number)]


def test_a_time_that_is_skipped_fires_once_and_as_much_later_as_the_clock_was_set() -> None:
    # At 2026-03-29 01:00 UTC the clock goes from 2:00 to 3:00: half past two is half past three that day.
    assert fires("30 2 * * *", VIENNA, SPRING, 4) == ["03-28 01:30", "03-29 01:30", "03-30 00:30", "03-31 00:30"]
    assert fires("30 3 * * *", VIENNA, SPRING, 3) == ["03-28 02:30", "03-29 01:30", "03-30 01:30"]
    assert fires("30 2,3 * * *", VIENNA, SPRING, 4) == ["03-28 01:30", "03-28 02:30", "03-29 01:30", "03-30 00:30"]
    assert fires("0 3 * * *", VIENNA, "2026-03-29 00:59", 2) == ["03-29 01:00", "03-30 01:00"]


def test_a_time_that_comes_twice_fires_the_first_time() -> None:
    # At 2026-10-25 01:00 UTC the clock goes from 3:00 back to 2:00.
    assert fires("30 2 * * *", VIENNA, AUTUMN, 4) == ["10-24 00:30", "10-25 00:30", "10-26 01:30", "10-27 01:30"]
    assert fires("30 2 * * *", VIENNA, "2026-10-25 00:30", 1) == ["10-26 01:30"]
    assert fires("30 2 * * *", VIENNA, "2026-10-25 01:00", 1) == ["10-26 01:30"]
    assert fires("0 3 * * *", VIENNA, "2026-10-25 00:40", 2) == ["10-25 02:00", "10-26 02:00"]


@pytest.mark.parametrize("begin", ["2026-03-28 21:07", "2026-10-24 21:07", "2026-06-30 21:07"])
def test_what_fires_all_the_time_follows_the_time_that_passes(begin: str) -> None:
    after = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    found = list(islice(firings("*/20 * * * *", VIENNA, after), 30))
    assert found[0] == after + timedelta(minutes=13)
    assert {b - a for a, b in pairwise(found)} == {timedelta(minutes=20)}


@pytest.mark.parametrize("zone", [VIENNA, "Australia/Lord_Howe", "America/St_Johns", "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("expression", ["30 2 * * *", "*/15 * * * *", "15 */2 * * *", "0 1-3 * * 1-5", "59 23 29 * *"])
def test_each_minute_of_a_year_agrees_with_the_face_of_the_clock(zone: str, expression: str) -> None:
    """Around each change: those found are those that the clock shows, but for what is skipped or comes twice."""
    place, follows = ZoneInfo(zone), any(field.startswith("*") for field in expression.split()[:2])
    for begin in changes(place) or [datetime(2026, 6, 1, tzinfo=UTC)]:
        found = []
        for at in firings(expression, zone, begin):
            if at > begin + timedelta(hours=60):
                break
            found.append(at)
        minutes = [begin + timedelta(minutes=number) for number in range(1, 60 * 60 + 1)]
        shown = [at for at in minutes if matches(expression, at.astimezone(place), follows)]
        skipped = [at for at in found if at not in shown]
        assert sorted({*found} - {*skipped}) == shown and found == sorted({*found})
        assert not (follows and skipped) and len(skipped) <= 1, "one skipped time of the expressions above, at most"


def changes(zone: ZoneInfo) -> list[datetime]:
    """Return times a day before each change of the clock in 2026."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(365)]
    return [
        a - timedelta(days=1)
        for a, b in pairwise(days)
        if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()
    ]


def matches(expression: str, at: datetime, follows: bool) -> bool:
    if at.fold and not follows:
        return False
    minute, hour, day, _, weekday = expression.split()
    values = ((minute, at.minute), (hour, at.hour), (day, at.day), (weekday, at.isoweekday() % 7))
    return all(value in spelled(field) for field, value in values)


def spelled(field: str) -> range:
    field, _, step = field.partition("/")
    first, _, last = field.partition("-")
    return range(0, 60, int(step or 1)) if field == "*" else range(int(first), int(last or first) + 1)


def test_days_of_the_week_are_cron_s_own() -> None:
    monday = "2026-11-23 00:00"
    for field in ("0", "7", "sun", "SUN"):
        assert fires(f"0 9 * * {field}", None, monday, 2) == ["11-29 09:00", "12-06 09:00"]
    assert fires("0 9 * * 1-5", None, monday, 6)[-2:] == ["11-27 09:00", "11-30 09:00"]
    assert fires("0 9 * * 5-7", None, monday, 3) == ["11-27 09:00", "11-28 09:00", "11-29 09:00"]
    assert fires("0 9 * * sat-mon", None, "2026-11-23 10:00", 3) == ["11-28 09:00", "11-29 09:00", "11-30 09:00"]
    assert fires("0 9 * * */3", None, monday, 3) == ["11-25 09:00", "11-28 09:00", "11-29 09:00"]
    assert fires("0 9 13 * 5", None, "2026-11-01 00:00", 4) == [
        "11-06 09:00",
        "11-13 09:00",
        "11-20 09:00",
        "11-27 09:00",
    ]


def test_the_bounds() -> None:
    assert fires("0 0 30 2 *", None, SPRING, 1) == []
    assert fires("0 0 29 2 *", VIENNA, SPRING, 1) == ["02-28 23:00"]
    assert fires("* * * * *", None, "2026-01-01 00:00", 1) == ["01-01 00:01"], "after, not at"
    for wrong in ("0 9 * *", "0 9 * * 8", "0 9 * * x", "61 * * * *"):
        with pytest.raises(ValueError):
            fires(wrong, None, SPRING, 1)
