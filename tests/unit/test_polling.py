"""When a channel is due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.polling import Schedule, next_due
from crawler.rates import Rhythm, Seen, observe

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
    assert next_due(AUTO, NOW, rhythm=rhythm, ttl_seconds=86400) == NOW + timedelta(hours=1)
    quiet = known(100)
    assert next_due(AUTO, NOW, rhythm=quiet, ttl_seconds=60) == next_due(AUTO, NOW, rhythm=quiet)


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
