"""When a channel is due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.cadence import window_fills
from crawler.hints import ChannelHints
from crawler.polling import Schedule, heed, next_due
from crawler.rates import Rhythm, Seen, observe, tempo_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AUTO = Schedule()


def known(polls: int, new: int = 0) -> Rhythm:
    """Return what is known after hourly polls that saw so many new entries each."""
    rhythm = None
    for turn in range(polls):
        rhythm = observe(rhythm, Seen(NOW - timedelta(hours=polls - turn), new, 40))
    assert rhythm is not None
    return rhythm


def test_a_new_channel_is_polled_after_a_quarter_of_an_hour() -> None:
    assert next_due(AUTO, NOW) == NOW + timedelta(minutes=15)


def test_one_poll_teaches_no_rhythm() -> None:
    last_new = NOW - timedelta(hours=3)
    assert next_due(AUTO, NOW, last_new=last_new, rhythm=known(1)) == NOW + timedelta(minutes=30)


def test_a_known_rhythm_decides() -> None:
    quiet, busy = (next_due(AUTO, NOW, last_new=NOW, rhythm=known(100, new)) for new in (0, 4))
    assert timedelta(minutes=10) <= busy - NOW < timedelta(minutes=45)
    assert quiet - NOW > timedelta(hours=6)


def test_a_larger_scale_polls_sooner() -> None:
    rhythm = known(48, new=1)
    assert next_due(AUTO, NOW, rhythm=rhythm, scale=9.0) < next_due(AUTO, NOW, rhythm=rhythm, scale=3.0)


def test_a_ttl_counts_up_to_an_hour() -> None:
    rhythm = known(100, new=4)
    assert next_due(AUTO, NOW, rhythm=rhythm, hints=ChannelHints(ttl=86400)) == NOW + timedelta(hours=1)
    assert next_due(AUTO, NOW, rhythm=rhythm, hints=ChannelHints(fresh=86400)) == NOW + timedelta(hours=1)
    quiet = known(100)
    assert next_due(AUTO, NOW, rhythm=quiet, hints=ChannelHints(ttl=60)) == next_due(AUTO, NOW, rhythm=quiet)


def test_no_ttl_lets_a_window_overflow() -> None:
    rhythm = known(100, new=36)
    free, asked = (next_due(AUTO, NOW, rhythm=rhythm, hints=ChannelHints(ttl=ttl)) for ttl in (0, 86400))
    assert asked <= window_fills(tempo_of(rhythm), NOW) < NOW + timedelta(minutes=20)
    assert free <= asked


@pytest.mark.parametrize(
    ("hours", "days", "due", "moved"),
    [
        ((), (), "03-02 12:20", "03-02 12:20"),
        ((12, 13), (), "03-02 12:20", "03-02 14:20"),
        ((22, 23, 0, 1), (), "03-02 23:59", "03-03 02:59"),
        ((), (0,), "03-02 12:20", "03-03 00:20"),
        ((0, 1), (0,), "03-02 12:20", "03-03 02:20"),
        ((), (0, 1), "03-02 12:20", "03-03 12:20"),
        (tuple(range(12, 24)), (1,), "03-02 12:20", "03-03 12:20"),
    ],
)
def test_a_poll_moves_out_of_hours_and_days_to_skip(
    hours: tuple[int, ...], days: tuple[int, ...], due: str, moved: str
) -> None:
    at, expected = (datetime.strptime(f"2026-{text} +0000", "%Y-%m-%d %H:%M %z") for text in (due, moved))
    hints = ChannelHints(skip_hours=hours, skip_days=days)
    assert heed(hints, NOW, at, at + timedelta(days=9)) == expected
    assert heed(hints, NOW, at, at + timedelta(minutes=5)) <= at + timedelta(minutes=5), "the window would overflow"


def test_hours_to_skip_are_those_of_greenwich() -> None:
    at = datetime(2026, 3, 2, 14, 20, tzinfo=timezone(timedelta(hours=2)))
    assert heed(ChannelHints(skip_hours=(12,)), NOW, at, at + timedelta(days=1)) == NOW + timedelta(minutes=80)


def test_what_is_declared_wins_over_what_a_channel_asks_for() -> None:
    hints = ChannelHints(ttl=3600, fresh=3600, skip_hours=tuple(range(23)))
    assert next_due(Schedule(interval=timedelta(minutes=5)), NOW, hints=hints) == NOW + timedelta(minutes=5)
    assert next_due(Schedule(cron="5 * * * *"), NOW, hints=hints) == NOW + timedelta(minutes=5)


def test_a_declared_interval_needs_no_rhythm() -> None:
    schedule = Schedule(interval=timedelta(minutes=5))
    assert next_due(schedule, NOW, rhythm=known(100, new=4)) == NOW + timedelta(minutes=5)
    assert not schedule.is_automatic
    assert not Schedule(cron="*/5 * * * *").is_automatic
    assert AUTO.is_automatic


def test_cron_moves_on_through_the_hour_that_comes_twice() -> None:
    from crawler.polling import cron_after

    now = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    seen = []
    for _ in range(8):
        now = cron_after("*/30 * * * *", "Europe/Vienna", now)
        seen.append(now)
    assert seen == [datetime(2026, 10, 24, 23, 30, tzinfo=UTC) + timedelta(minutes=30 * turn) for turn in range(8)]
