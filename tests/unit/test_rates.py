"""What is learned of a channel from its polls."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.rates import Rhythm, Seen, from_json, hour_of_week, observe, tempo_of, to_json

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def watch(days: float, *, every: float = 1.0, new: int = 0, visible: int = 20, start: datetime = MONDAY) -> Rhythm:
    """Return what is known after polls every so many hours that each saw so much."""
    rhythm = observe(None, Seen(start))
    for turn in range(1, int(days * 24 / every) + 1):
        rhythm = observe(rhythm, Seen(start + timedelta(hours=turn * every), new, visible))
    return rhythm


def test_the_rate_is_learned() -> None:
    assert tempo_of(watch(14, new=2)).rate == pytest.approx(48, rel=0.05)


def test_what_was_long_ago_is_forgotten() -> None:
    busy = watch(14, new=2)
    rhythm = busy
    for day in range(1, 29):
        rhythm = observe(rhythm, Seen(busy.polled + timedelta(days=day)))
    assert tempo_of(rhythm).rate < 48 / 8


def test_the_rate_follows_a_change_within_a_half_life() -> None:
    quiet = watch(28, new=0)
    rhythm = quiet
    for hour in range(1, 7 * 24 + 1):
        rhythm = observe(rhythm, Seen(quiet.polled + timedelta(hours=hour), new=1, visible=20))
    assert 10 < tempo_of(rhythm).rate < 14


def test_the_first_document_tells_of_the_past() -> None:
    dates = tuple(MONDAY - timedelta(hours=2 * place) for place in range(1, 21))
    rhythm = observe(None, Seen(MONDAY, 20, 20, dates, dates[-1]))
    assert tempo_of(rhythm).rate == pytest.approx(12, rel=0.15)
    assert rhythm.window == 20


def test_a_first_document_of_years_tells_of_a_month() -> None:
    dates = tuple(MONDAY - timedelta(days=100 * place) for place in range(1, 11))
    assert tempo_of(observe(None, Seen(MONDAY, 10, 10, dates, dates[-1]))).rate < 0.1


def test_a_first_document_without_dates_teaches_nothing() -> None:
    assert tempo_of(observe(None, Seen(MONDAY, 30, 30))).rate == tempo_of(observe(None, Seen(MONDAY))).rate


def test_on_overflow_only_the_time_since_the_oldest_entry_counts() -> None:
    known = watch(1, every=12)
    now = known.polled + timedelta(hours=24)
    dates = tuple(now - timedelta(minutes=6 * place) for place in range(1, 11))
    full = observe(known, Seen(now, 10, 10, dates, dates[-1]))
    part = observe(known, Seen(now, 10, 11, dates, now - timedelta(hours=30)))
    assert tempo_of(full).rate > 1.5 * tempo_of(part).rate


def test_the_hours_are_learned() -> None:
    rhythm = observe(None, Seen(MONDAY))
    for hour in range(1, 14 * 24):
        at = MONDAY + timedelta(hours=hour)
        dates = (at - timedelta(minutes=30),) * (3 if 8 <= at.hour <= 11 else 0)
        rhythm = observe(rhythm, Seen(at, len(dates), 20, dates))
    hours = tempo_of(rhythm).hours
    assert min(hours[7:11]) > 3
    assert max(hours[:7] + hours[11:]) < 0.5


def test_days_that_were_not_watched_are_not_taken_for_silent() -> None:
    weekdays = tempo_of(watch(2, new=3)).weekdays
    assert max(weekdays) / min(weekdays) < 1.3


def test_entries_without_a_date_are_spread_over_the_time_since_the_last_poll() -> None:
    rhythm = observe(observe(None, Seen(MONDAY)), Seen(MONDAY + timedelta(hours=4), new=8, visible=20))
    assert rhythm.hours.entries[:4] == pytest.approx((2, 2, 2, 2))
    assert sum(rhythm.hours.entries) == pytest.approx(8)


def test_hours_of_the_week_are_counted_from_monday() -> None:
    assert hour_of_week(MONDAY.timestamp()) == 0
    assert hour_of_week((MONDAY - timedelta(seconds=1)).timestamp()) == 167
    assert hour_of_week(datetime(2026, 3, 4, 13, 59, tzinfo=UTC).timestamp()) == 48 + 13


def test_json_keeps_what_is_known_and_stays_small() -> None:
    rhythm = watch(60, every=0.7, new=3)
    written = json.dumps(to_json(rhythm))
    assert len(written) < 1200
    again = from_json(json.loads(written))
    assert again is not None
    assert tempo_of(again).rate == pytest.approx(tempo_of(rhythm).rate, rel=1e-3)
    assert tempo_of(again).hours == pytest.approx(tempo_of(rhythm).hours, rel=1e-3)
    assert to_json(again) == to_json(rhythm)


@pytest.mark.parametrize("value", [None, {}, {"form": 99, "polled": "?"}])
def test_json_of_another_form_is_nothing_known(value: dict[str, object] | None) -> None:
    assert from_json(value) is None


moments = st.integers(0, 3 * 365 * 86400).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
polls = st.lists(
    st.tuples(st.integers(0, 40 * 86400), st.integers(0, 60), st.integers(0, 60), st.integers(-3600, 90 * 86400)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(moments, polls)
def test_whatever_polls_see_what_is_known_stays_sound(start: datetime, seen: list[tuple[int, int, int, int]]) -> None:
    rhythm, at = None, start
    for wait, new, visible, age in seen:
        at += timedelta(seconds=wait)
        date = at - timedelta(seconds=age)
        rhythm = observe(rhythm, Seen(at, new, visible, (date,) * (new // 2), date if visible else None))
        tempo = tempo_of(rhythm)
        assert 0 <= tempo.rate < 1e5
        assert min(*tempo.hours, *tempo.weekdays) > 0
        assert sum(tempo.hours) == pytest.approx(24)
        assert sum(tempo.weekdays) == pytest.approx(7)
        assert from_json(to_json(rhythm)) is not None


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(60, 10 * 86400), st.integers(0, 30), st.integers(1, 30))
def test_more_new_entries_never_lower_the_rate(start: datetime, wait: int, fewer: int, more: int) -> None:
    known, at = observe(None, Seen(start)), start + timedelta(seconds=wait)
    rates = [tempo_of(observe(known, Seen(at, new, 100))).rate for new in (fewer, fewer + more)]
    assert rates[0] < rates[1]
