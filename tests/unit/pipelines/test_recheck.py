"""The ladder of looks at a stored article, and how a change starts it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.recheck import next_recheck

SEEN = datetime(2026, 11, 20, 8, tzinfo=UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def looks(changed_at: datetime | None = None, start: datetime = SEEN) -> list[float]:
    """Return the hours, from the first sight of an article or its change, of all looks that find nothing new."""
    found: list[float] = []
    at = next_recheck(SEEN, start, changed_at)
    while at is not None and len(found) < 50:
        found.append((at - (changed_at or SEEN)) / hours(1))
        at = next_recheck(SEEN, at, changed_at)
    return found


def test_an_article_that_never_changes_is_looked_at_five_times() -> None:
    assert looks() == [1, 4, 12, 36, 168]


def test_after_a_change_the_interval_starts_small_and_grows() -> None:
    changed = SEEN + hours(200)
    at = looks(changed, changed)
    intervals = [one - before for before, one in zip([0.0, *at], at, strict=False)]
    assert intervals[:3] == pytest.approx([0.5, 1.25, 3.125])
    assert all(one / before == pytest.approx(2.5) for before, one in zip(intervals, intervals[1:], strict=False))
    assert len(at) == 7 and intervals[-1] < 168 < 2.5 * intervals[-1]


def test_a_change_replaces_the_ladder_but_for_its_last_look() -> None:
    at = looks(SEEN + hours(1), SEEN + hours(1))
    assert at[:5] == pytest.approx([0.5, 1.75, 4.875, 12.6875, 32.21875])
    assert 167 in at, "seven days after the first sight"
    assert at == sorted(at) and at[-1] > 167
    assert len(at) == 8


def test_a_change_after_the_ladder_wakes_an_article_that_rests() -> None:
    changed = SEEN + hours(400)
    assert next_recheck(SEEN, changed) is None
    assert next_recheck(SEEN, changed, changed) == changed + hours(0.5)


def test_looks_that_were_missed_are_not_made_up() -> None:
    assert next_recheck(SEEN, SEEN + hours(20)) == SEEN + hours(36)
    assert next_recheck(SEEN, SEEN + hours(9_000)) is None
    changed = SEEN + hours(10)
    assert next_recheck(SEEN, changed + hours(2), changed) == changed + hours(4.875)
    assert next_recheck(SEEN, changed + hours(9_000), changed) is None


def test_a_look_at_its_very_time_is_over() -> None:
    assert next_recheck(SEEN, SEEN + hours(1)) == SEEN + hours(4)
    assert next_recheck(SEEN, SEEN + hours(168)) is None


def test_the_latest_change_alone_counts() -> None:
    first, second = SEEN + hours(1), SEEN + hours(3)
    assert next_recheck(SEEN, second, second) == second + hours(0.5)
    assert next_recheck(SEEN, second, first) == first + hours(4.875)
