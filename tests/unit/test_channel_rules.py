"""The rules by which channels are doubted, followed and caught up with, at frozen times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.hints import ChannelHints, hints_from, hints_json
from crawler.moving import DISCOVERED, REDIRECT, address_of, gives_up_location, is_permanent, led, seeks
from crawler.overflow import may_overflow, overflowed, reads_older
from crawler.polling import channel_retry
from crawler.rates import Seen, expected, observe, tempo_of, to_json
from crawler.reading import keys_ends_first
from crawler.timing import sooner
from crawler.validators import ETAG, MODIFIED, conditions, doubted, judged
from crawler.verdicts import Verdict
from pipelines.urls import url_key
from storage.types import Channel, ChannelKind, LinkState, Outcome

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OLD, NEW = "https://a.example/feed", "https://b.example/new"
FEED = Channel(1, 1, OLD, "a.example", ChannelKind.FEED, etag='"e"', last_modified="lm", last_whole=NOW - 2 * DAY)
BOTH = {ETAG: '"e"', MODIFIED: "lm"}
GONE = Verdict(LinkState.GONE, Outcome.GONE, "http-404")
BROKEN = Verdict(LinkState.PENDING, Outcome.FAILED, "http-500")
AWAY = Verdict(LinkState.PENDING, Outcome.DEFERRED, "dns", rest_host=True)


def rhythm(entries_an_hour: int) -> dict[str, object]:
    known = None
    for hours in range(200, 24, -1):
        known = observe(known, Seen(NOW - hours * HOUR, entries_an_hour, 40))
    assert known is not None
    return to_json(known)


@pytest.mark.parametrize(
    ("unchanged", "whole", "kind", "is_whole"),
    [
        (3, 9 * DAY, ChannelKind.FEED, False),
        (4, DAY, ChannelKind.FEED, True),
        (4, DAY - HOUR, ChannelKind.FEED, False),
        (99, DAY - HOUR, ChannelKind.SECTION, False),
        (99, 2 * DAY, ChannelKind.SITEMAP, False),
        (99, 3 * DAY, ChannelKind.SITEMAP, True),
        (4, None, ChannelKind.FEED, True),
    ],
)
def test_when_a_document_is_asked_for_in_full(
    unchanged: int, whole: timedelta | None, kind: ChannelKind, is_whole: bool
) -> None:
    channel = replace(FEED, kind=kind, last_whole=NOW - whole if whole is not None else None)
    assert conditions(channel, ChannelHints(unchanged=unchanged), NOW) == ({} if is_whole else BOTH)


def test_a_busy_channel_that_says_304_is_doubted_sooner() -> None:
    channel = replace(FEED, last_whole=NOW - 3 * HOUR)
    hints = ChannelHints(unchanged=4)
    assert conditions(replace(channel, rhythm=rhythm(5)), hints, NOW) == {}
    assert conditions(replace(channel, rhythm=rhythm(1)), hints, NOW) == BOTH
    assert conditions(replace(channel, rhythm=rhythm(5)), replace(hints, unchanged=3), NOW) == BOTH


def test_entries_are_expected_by_rate_and_time() -> None:
    known = None
    for hours in range(1000, 0, -1):
        known = observe(known, Seen(NOW - hours * HOUR, 2, 40))
    assert known is not None
    assert expected(tempo_of(known), NOW - DAY, NOW) == pytest.approx(48, rel=0.1)
    assert expected(tempo_of(known), NOW, NOW) == 0


def test_validators_are_tested_when_their_304s_may_have_been_false() -> None:
    trusted = ChannelHints(unchanged=4)
    assert doubted(FEED, trusted, sent=False, new=1, now=NOW) == BOTH
    assert doubted(FEED, trusted, sent=True, new=1, now=NOW) == {}
    assert doubted(FEED, trusted, sent=False, new=0, now=NOW) == {}, "the same document proves nothing"
    assert doubted(FEED, ChannelHints(unchanged=3), sent=False, new=1, now=NOW) == {}
    lying = ChannelHints(lies=(ETAG,), lied_at=NOW - 6 * DAY)
    assert doubted(FEED, lying, sent=False, new=1, now=NOW) == {}
    assert doubted(FEED, lying, sent=False, new=1, now=NOW + DAY) == {ETAG: '"e"'}, "tried again after a week"


def test_who_lies_is_not_asked_and_who_told_the_truth_is() -> None:
    told = judged(ChannelHints(), {ETAG: 304, MODIFIED: 200}, NOW)
    assert (told.lies, told.lied_at) == ((ETAG,), NOW)
    assert conditions(FEED, told, NOW) == {MODIFIED: "lm"}
    assert judged(told, {ETAG: 200}, NOW).lies == () and judged(told, {ETAG: 200}, NOW).lied_at is None
    assert judged(told, {ETAG: None}, NOW + DAY).lies == (ETAG,), "no answer is no word"
    assert judged(told, {MODIFIED: 304}, NOW).lies == (MODIFIED, ETAG)
    assert hints_from(hints_json(told)) == told


@pytest.mark.parametrize(
    ("window", "visible", "may"),
    [(0, 30, False), (1, 1, False), (1, 5, False), (30, 30, True), (30, 15, True), (30, 14, False), (2, 2, True),
     (2, 1, False), (3, 90, True)],
)  # fmt: skip
def test_which_documents_may_have_overflowed(window: int, visible: int, may: bool) -> None:
    assert may_overflow(ChannelHints(window=window), visible) is may


def test_a_known_entry_is_looked_for_at_the_ends_first() -> None:
    urls = [f"https://a.example/{number}" for number in range(500)]
    keys = list(keys_ends_first(urls))
    assert sorted(keys) == sorted(map(url_key, urls)) and keys[0] == url_key(urls[-1]) and keys[200] == url_key(urls[0])
    assert list(keys_ends_first(urls[:2])) == [url_key(urls[1]), url_key(urls[0])]


def test_overflows_are_counted_and_older_pages_given_up() -> None:
    hints = ChannelHints(window=30)
    for number in range(1, 4):
        assert reads_older(hints)
        hints = overflowed(hints, False, NOW)
        assert (hints.overflows, hints.unmet, hints.overflowed_at) == (number, number, NOW)
    assert not reads_older(hints), "its addresses change from poll to poll"
    assert reads_older(overflowed(hints, True, NOW))


def test_after_an_overflow_the_next_poll_comes_in_half_the_time() -> None:
    assert sooner(NOW - 4 * HOUR, NOW) == NOW + 2 * HOUR
    assert sooner(NOW - timedelta(seconds=9), NOW) == NOW + timedelta(minutes=10)


def test_a_redirect_counts_when_all_of_it_is_permanent() -> None:
    assert is_permanent([301, 308]) and not is_permanent([301, 302]) and not is_permanent([])
    assert not is_permanent(["meta refresh"])


def test_the_second_permanent_redirect_in_a_row_moves_a_channel() -> None:
    once, to = led(ChannelHints(), OLD, NEW, True)
    assert to is None and (once.led_to, once.led) == (NEW, 1)
    assert led(once, OLD, NEW, True)[1] == NEW
    assert led(once, OLD, f"{NEW}?session=2", True)[1] is None, "elsewhere each time is nowhere"
    assert led(once, OLD, OLD, False) == (ChannelHints(), None)
    assert led(once, OLD, NEW, False) == (ChannelHints(), None), "it is only temporary now"


def test_where_a_channel_is_asked() -> None:
    moved = replace(FEED, location=NEW, moved_at=NOW, moved_because=REDIRECT)
    assert address_of(FEED, ChannelHints(), NOW) == (OLD, False)
    assert address_of(moved, ChannelHints(), NOW + 6 * DAY) == (NEW, False)
    assert address_of(moved, ChannelHints(), NOW + 7 * DAY) == (OLD, True)
    assert address_of(moved, ChannelHints(retried_at=NOW + 3 * DAY), NOW + 7 * DAY) == (NEW, False)
    assert address_of(moved, ChannelHints(retried_at=NOW - 9 * DAY), NOW + 6 * DAY) == (NEW, False)
    found = replace(moved, moved_because=DISCOVERED)
    assert address_of(found, ChannelHints(), NOW + DAY) == (OLD, True), "what was only guessed is doubted sooner"


def test_when_a_location_is_given_up() -> None:
    moved = replace(FEED, location=NEW)
    assert gives_up_location(moved, ChannelHints(), GONE)
    assert not gives_up_location(FEED, ChannelHints(), GONE)
    assert [gives_up_location(replace(moved, failures=n), ChannelHints(), BROKEN) for n in (0, 1, 2)] == [0, 0, 1]
    assert [gives_up_location(moved, ChannelHints(unreached=n), AWAY) for n in (4, 5)] == [False, True]


def test_when_a_feed_is_looked_for_on_the_home_page() -> None:
    sought = [failures for failures in range(1, 60) if seeks(replace(FEED, failures=failures - 1), GONE)]
    assert sought == [3, 6, 12, 24, 48]
    assert seeks(FEED, Verdict(LinkState.GONE, Outcome.GONE, "http-410")), "gone for good"
    assert not seeks(replace(FEED, failures=2), AWAY)
    assert not seeks(replace(FEED, failures=2, kind=ChannelKind.SITEMAP), GONE)


def test_what_is_gone_for_good_is_slowed_at_once() -> None:
    assert channel_retry(1) == timedelta(minutes=5)
    assert channel_retry(1, for_good=True) == channel_retry(1000) == DAY
