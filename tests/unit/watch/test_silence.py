"""Silence: a year of made-up outlets without false alarms, and how soon one that has stopped is noticed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.watch.silence import find_silence, last_new
from crawler.watch.states import Finding, State
from crawler.watch.usual import usual_of
from storage.watched import Day, Known, Watched, WatchedChannel
from tests.unit.watch.outlets import OUTLETS, START, after_death, gaps, published


def silence(source: Watched) -> Finding | None:
    since = last_new(source)
    return find_silence(source, usual_of(source, (since or START).date()))


@pytest.mark.parametrize("name", OUTLETS)
def test_half_a_year_with_nights_weekends_bursts_and_holidays_is_no_silence(name: str) -> None:
    days = 60 if name == "agency" else 182
    times = published(OUTLETS[name], days, random.Random(f"{name}0"))
    longest = list(gaps(OUTLETS[name], times, days))
    assert len(longest) > 5
    assert [found.reason for source in longest if (found := silence(source))] == []


NOTICED = {"agency": 8, "national": 26, "regional": 72, "local": 120, "weekdays": 120, "weekly": 19 * 24, "bursty": 240}


@pytest.mark.parametrize("name", NOTICED)
def test_a_source_that_has_stopped_is_noticed(name: str) -> None:
    times = published(OUTLETS[name], 70, random.Random(f"{name}1"))
    death = START + timedelta(days=64, hours=9)
    found = enumerate(map(silence, after_death(OUTLETS[name], times, death, NOTICED[name])))
    hour, finding = next((hour, finding) for hour, finding in found if finding is not None)
    assert finding.state is State.SILENT and "nothing new for" in finding.reason and "usually" in finding.reason
    assert hour >= 6


def plain(days: int, *, new: int = 5, polls: int = 24) -> Watched:
    """Return a source that brought so much on each day up to 2026-06-30, and whose feed answers."""
    end = START.replace(month=6, day=30, hour=20)
    known = [Day((end - timedelta(days=back)).date(), polls=polls, links_new=new) for back in range(days)]
    first = end - timedelta(days=days + 3)
    channel = WatchedChannel("https://a.example/feed", first, end, end)
    return Watched(1, "a", "A", None, first, (channel,), tuple(reversed(known)))


def later(source: Watched, days: int, *, asked: bool = True) -> Watched:
    """Return a source after days without anything new."""
    last = source.days[-1].day
    more = [Day(last + timedelta(days=number + 1), polls=24 if asked else 0) for number in range(days)]
    channel = source.channels[0]
    assert channel.last_polled is not None
    channel = replace(channel, last_polled=channel.last_polled + timedelta(days=days))
    return replace(source, channels=(channel,), days=(*source.days, *more))


def test_days_on_which_nobody_asked_are_no_silence() -> None:
    assert silence(later(plain(40), 12)) is not None
    assert silence(later(plain(40), 12, asked=False)) is None


def test_a_source_that_is_not_known_yet_is_not_silent() -> None:
    assert silence(later(plain(7), 6)) is None
    assert silence(later(plain(7), 50)) is not None, "though not for ever"


def test_a_source_that_never_had_anything() -> None:
    empty = replace(
        plain(10, new=0), channels=(WatchedChannel("u", START, START + timedelta(days=9)),), first_seen=START
    )
    assert silence(empty) is None
    late = replace(empty, channels=(replace(empty.channels[0], last_polled=START + timedelta(days=15)),))
    found = silence(late)
    assert found is not None and found.reason == "nothing at all since it was added 15 d ago"


def test_silence_ends_with_something_new_alone() -> None:
    known = Known("silent", "", START.replace(month=7, day=5), START, {"usual_a_day": 5.0})
    still = replace(later(plain(40), 300), known=known, days=())
    found = silence(still)
    assert found is not None and found.reason.endswith("usually 5 a day")
    channel = replace(still.channels[0], last_new=still.channels[0].last_polled)
    assert silence(replace(still, channels=(channel,))) is None


def test_an_archive_that_was_listed_at_once_does_not_make_a_source_busy() -> None:
    source = plain(40, new=1)
    days = list(source.days)
    days[20] = replace(days[20], links_new=5000)
    usual = usual_of(replace(source, days=tuple(days)), days[-1].day)
    assert usual.mean < 2
