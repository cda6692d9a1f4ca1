"""When pushed channels are polled, and how far their other polls may wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.push.trust import Polled, has_missed, is_believed, pushed, slowed
from storage.pushes import Polls, PushState, Subscription

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
HELD = Subscription(
    1, "https://hub.example/", "https://paper.example/feed", "token", "secret", PushState.ACTIVE,
    asked_at=NOW - DAY, lease_until=NOW + DAY, pushed_at=NOW - 3 * HOUR, pushes=3,
)  # fmt: skip
POLL = Polled(NOW, NOW - SECOND, 0, NOW - HOUR, NOW - 2 * HOUR, NOW + 5 * DAY)


def test_a_push_polls_at_once_and_a_burst_only_once() -> None:
    polls = Polls(NOW - HOUR, NOW - HOUR, 0)
    first, at = pushed(HELD, polls, NOW)
    assert at == NOW + SECOND and (first.pushes, first.pushed_at) == (4, NOW)
    second, _ = pushed(first, polls, NOW + SECOND / 2)
    assert second.pushes == 4, "no poll lay between"
    after = Polls(NOW + SECOND, NOW + SECOND, 0)
    assert pushed(second, after, NOW + 2 * SECOND)[1] == NOW + 16 * SECOND
    assert pushed(replace(HELD, pushed_at=None), Polls(None, None, 0), NOW)[1] == NOW + SECOND


def test_pushes_that_bring_nothing_and_channels_that_fail_are_polled_less() -> None:
    barren = Polls(NOW - SECOND, NOW - DAY, 0)
    assert pushed(HELD, barren, NOW)[1] == NOW + 119 * SECOND
    failing = Polls(NOW - SECOND, NOW - SECOND, 1)
    assert pushed(HELD, failing, NOW)[1] == NOW + 119 * SECOND


def test_belief() -> None:
    assert is_believed(HELD, NOW)
    for doubtful in (
        replace(HELD, pushes=2),
        replace(HELD, state=PushState.LAPSED),
        replace(HELD, lease_until=NOW),
        replace(HELD, lease_until=None),
        replace(HELD, pushed_at=None),
        replace(HELD, pushed_at=NOW - 7 * DAY),
    ):
        assert not is_believed(doubtful, NOW)
        assert slowed(NOW + HOUR, doubtful, POLL) == NOW + HOUR


def test_believed_channels_wait_four_times_as_long_within_bounds() -> None:
    assert slowed(NOW + HOUR, HELD, POLL) == NOW + 4 * HOUR
    assert slowed(NOW + 8 * HOUR, HELD, POLL) == NOW + DAY
    assert slowed(NOW + 2 * DAY, HELD, POLL) == NOW + 2 * DAY, "never sooner than without pushes"
    assert slowed(NOW + HOUR, HELD, replace(POLL, floor=NOW + 3 * HOUR)) == NOW + 3 * HOUR
    assert slowed(NOW + HOUR, HELD, replace(POLL, floor=None)) == NOW + HOUR, "a declared time is the user's own"


def test_what_no_push_announced_is_a_miss() -> None:
    assert not has_missed(HELD, POLL), "nothing was new"
    assert has_missed(HELD, replace(POLL, new=1)), "the last push was before the poll before"
    assert not has_missed(replace(HELD, pushed_at=NOW - MINUTE), replace(POLL, new=1))
    assert not has_missed(replace(HELD, pushed_at=NOW - HOUR - MINUTE), replace(POLL, new=1)), "a cache that lags"
    assert not has_missed(HELD, replace(POLL, new=1, last_polled=None)), "the first poll finds the past"
    assert has_missed(replace(HELD, pushed_at=None), replace(POLL, new=1))


def test_after_a_push_that_brought_nothing_the_channel_is_looked_at_again() -> None:
    def due(pushed_ago: timedelta, **poll: object) -> datetime:
        return slowed(NOW + 3 * HOUR, replace(HELD, pushes=0, pushed_at=NOW - pushed_ago), replace(POLL, **poll))  # type: ignore[arg-type]

    assert due(2 * SECOND) == NOW + 30 * SECOND
    assert due(2 * MINUTE) == NOW + 2 * MINUTE
    assert due(9 * MINUTE) == NOW + 9 * MINUTE
    assert due(10 * MINUTE) == NOW + 3 * HOUR
    assert due(2 * SECOND, new=1) == NOW + 3 * HOUR
    assert due(2 * MINUTE, last_new=NOW - MINUTE) == NOW + 3 * HOUR
    assert due(SECOND / 2, new=1) == NOW + 15 * SECOND, "it came while the poll was under way"
    near = slowed(NOW + SECOND, replace(HELD, pushed_at=NOW - MINUTE), POLL)
    assert near == NOW + SECOND, "never later"
