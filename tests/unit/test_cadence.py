"""When channels are polled next, and what they take of the budget."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cadence import LEAST, START, demand, frequency, next_poll, solve_scale
from crawler.rates import Seen, Tempo, observe, tempo_of

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
EVEN = Tempo(24.0, (1.0,) * 24, (1.0,) * 7, 50)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
BERLIN = ZoneInfo("Europe/Berlin")

moments = st.integers(0, 3 * 365 * 86400).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
shares = st.lists(st.floats(0.05, 5), min_size=24, max_size=24)
tempos = st.builds(
    lambda rate, hours, window: replace(
        EVEN, rate=rate, hours=tuple(hour * 24 / sum(hours) for hour in hours), window=window
    ),
    st.floats(0, 1000),
    shares,
    st.integers(0, 60),
)
scales = st.floats(0, 200)


@settings(max_examples=150, deadline=None)
@given(tempos, scales, moments)
def test_the_next_poll_is_within_its_bounds(tempo: Tempo, scale: float, now: datetime) -> None:
    assert SHORTEST <= next_poll(tempo, scale, now) - now <= LONGEST


@settings(max_examples=150, deadline=None)
@given(tempos, scales, moments, st.floats(0, 500))
def test_a_higher_rate_is_never_polled_later(tempo: Tempo, scale: float, now: datetime, more: float) -> None:
    busier = replace(tempo, rate=tempo.rate + more)
    assert next_poll(busier, scale, now) <= next_poll(tempo, scale, now) + timedelta(milliseconds=1)


@settings(max_examples=100, deadline=None)
@given(tempos, scales, moments)
def test_a_window_never_fills_at_the_rate_that_is_known(tempo: Tempo, scale: float, now: datetime) -> None:
    if tempo.window == 0 or tempo.rate * max(tempo.hours) / tempo.window > 20:
        return  # nothing is polled more often than every 10 minutes
    came, at, until = 0.0, now, next_poll(tempo, scale, now)
    while at < until:
        step = min(timedelta(minutes=5), until - at)
        hour = (at.weekday() * 24 + at.hour) % 168
        came += tempo.rate * tempo.share(hour) * step / timedelta(days=1)
        at += step
    assert came <= 0.5 * tempo.window


def test_an_even_channel_is_polled_by_the_root_of_its_rate() -> None:
    wait = next_poll(EVEN, 2.0, MONDAY) - MONDAY
    assert wait.total_seconds() == pytest.approx(86400 / (2 * math.sqrt(24)), abs=1)


def test_polls_wait_for_the_hours_when_something_comes() -> None:
    hours = tuple(3.0 if 8 <= hour < 15 else 3 / 17 for hour in range(24))
    tempo = replace(EVEN, rate=4.0, hours=hours)
    night, day = MONDAY.replace(hour=20), MONDAY.replace(hour=9)
    assert next_poll(tempo, 5.0, night) - night > 2 * (next_poll(tempo, 5.0, day) - day)


def test_the_frequency_adds_up_over_a_change_of_the_hour() -> None:
    hours = tuple(4.0 if hour == 1 else 20 / 23 for hour in range(24))
    tempo = replace(EVEN, rate=4.0, hours=hours)
    now = MONDAY.replace(minute=30)
    slow, fast = (frequency(tempo, 10.0, hour) for hour in (0, 1))
    rest = (1 - slow / 48) / fast
    wait = next_poll(tempo, 10.0, now) - MONDAY.replace(hour=1)
    assert wait / timedelta(days=1) == pytest.approx(rest, abs=1e-5)


def test_a_silent_channel_slows_down_to_once_a_day() -> None:
    rhythm, now = observe(None, Seen(MONDAY)), MONDAY
    waits = []
    for _ in range(60):
        now = next_poll(tempo_of(rhythm), START, now)
        waits.append(now - rhythm.polled)
        rhythm = observe(rhythm, Seen(now))
    assert waits[0] < timedelta(hours=6)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 10, 25, tzinfo=BERLIN)])
@pytest.mark.parametrize("hours", range(0, 6))
def test_clock_changes_are_harmless(day: datetime, hours: int) -> None:
    now = day.astimezone(UTC) + timedelta(hours=hours, minutes=10)
    shape = tuple(2.0 if hour % 2 else 0.1 for hour in range(24))
    tempo = replace(EVEN, hours=tuple(share * 24 / sum(shape) for share in shape))
    found = next_poll(tempo, 3.0, now)
    assert found == next_poll(tempo, 3.0, now.astimezone(BERLIN))
    assert SHORTEST <= found - now <= LONGEST
    assert found.utcoffset() == timedelta(0)
    seen = Seen(now, 1, 20, (now - timedelta(minutes=50),))
    known = observe(None, Seen(now - timedelta(hours=1)))
    local = replace(seen, at=now.astimezone(BERLIN), dates=(seen.dates[0].astimezone(BERLIN),))
    assert tempo_of(observe(known, seen)) == tempo_of(observe(known, local))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1, 200), min_size=1, max_size=30), st.floats(2, 100))
def test_the_scale_holds_the_budget(rates: list[float], budget: float) -> None:
    channels = [replace(EVEN, rate=rate, window=0) for rate in rates]
    scale = solve_scale([demand(channel) for channel in channels], budget)
    assert sum(frequency(channel, scale, 0) for channel in channels) == pytest.approx(budget * len(channels), rel=1e-3)


def test_floors_win_over_the_budget() -> None:
    tempo = replace(EVEN, rate=200.0, window=10)
    assert solve_scale([demand(tempo)], 8) < 1
    assert frequency(tempo, solve_scale([demand(tempo)], 8), 0) > 70


def test_nothing_known_is_the_scale_to_start_with() -> None:
    assert solve_scale([], 24) == START


def test_the_budget_is_not_spent_on_silence() -> None:
    silent = replace(EVEN, rate=0.001)
    scale = solve_scale([demand(silent)] * 3, 24)
    assert frequency(silent, scale, 0) == LEAST
    assert frequency(replace(EVEN, rate=1.0), scale, 0) == 24


def test_a_channel_of_which_nothing_is_known_is_polled_once_a_day_at_least() -> None:
    assert frequency(replace(EVEN, rate=0.0, window=0), START, 0) == LEAST
