"""Broken, blocked, drifting, slow: what the figures of a source's days say, and when that is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.watch.assess import assess
from crawler.watch.look import suspect_own_network
from crawler.watch.messages import line_of, message_of
from storage.watched import Change, Day, Known, Look, Watched, WatchedChannel

NOW = datetime(2026, 7, 1, 20, tzinfo=UTC)
TODAY = NOW.date()
FIRST = NOW - timedelta(days=60)


def day(back: int, **fields: Any) -> Day:
    """Return an ordinary day."""
    usual = {
        "polls": 24, "links_new": 20, "pages": 20, "stored": 19, "dropped": 1, "words": 19 * 500, "undated": 0,
        "delays": {"15": 10, "30": 9}, "reasons": {"empty": 1},
    }  # fmt: skip
    return Day(TODAY - timedelta(days=back), **(usual | fields))


def source(*last: Day, state: str | None = None, since: datetime = NOW, **fields: Any) -> Watched:
    """Return a source with 40 ordinary days before these."""
    days = tuple(day(back) for back in range(40 + len(last), len(last) - 1, -1)) + last
    channel = WatchedChannel("https://a.example/feed", FIRST, NOW, NOW - timedelta(minutes=20))
    known = Known(state, "", since, NOW, {"last_bad": NOW.isoformat()}) if state else None
    usual: dict[str, Any] = {"channels": (channel,), "days": days, "known": known}
    return Watched(1, "a", "A", None, FIRST, **(usual | fields))


def channels(*states: tuple[int, str | None, int, str | None]) -> tuple[WatchedChannel, ...]:
    """Return channels with (failures, last error, host's failures, host's reason)."""
    return tuple(
        WatchedChannel(f"https://a.example/{place}", FIRST, NOW, NOW, failures, error, None, host, reason)
        for place, (failures, error, host, reason) in enumerate(states)
    )


FINE = (0, None, 0, None)


def test_an_ordinary_source_is_healthy() -> None:
    look = assess(source(day(0)), NOW)
    assert (look.state, look.reason) == ("healthy", "20 a day, the last one 20 m ago")
    assert look.figures["yield"] == 0.95 and look.figures["usual_yield"] == 0.95
    assert look.figures["delay_minutes"] == 15 and look.figures["usual_a_day"] == 20


def test_a_young_source_is_healthy_and_says_that_it_is_too_early() -> None:
    young = Watched(1, "a", "A", None, NOW, (WatchedChannel("u", NOW, NOW, NOW),), (day(0),))
    assert "too early to tell" in assess(young, NOW).reason
    assert assess(replace(young, channels=()), NOW).reason == "it has no channels to watch"
    assert assess(replace(young, channels=(WatchedChannel("u", NOW),)), NOW).reason == "it has not been polled yet"


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([(3, "http-404", 0, None)], "failing"),
        ([(2, "http-404", 0, None)], "healthy"),
        ([(3, "http-403: no", 0, None)], "blocked"),
        ([(9, "robots: disallowed", 0, None)], "blocked"),
        ([(0, None, 5, "no-connection")], "failing"),
        ([(0, None, 4, "no-connection")], "healthy"),
        ([(0, None, 6, "http-429")], "blocked"),
        ([(3, "http-500", 0, None), FINE], "healthy"),
        ([(3, "http-500", 0, None), (4, "unreadable: no feed", 0, None), FINE], "failing"),
        ([(3, "http-500", 0, None), (4, "http-403", 0, None), (5, "http-403", 0, None)], "blocked"),
    ],
)
def test_channels_that_fail(states: list[Any], state: str) -> None:
    assert assess(source(day(0), channels=channels(*states)), NOW).state == state


def test_the_reason_names_the_channel_the_number_and_the_cause() -> None:
    one = assess(source(day(0), channels=channels((4, "http-403: no", 0, None))), NOW)
    assert one.reason == "https://a.example/0 refused 4 times in a row: http-403: no"
    aside = assess(source(day(0), channels=channels((3, "http-500", 0, None), FINE)), NOW)
    assert aside.state == "healthy" and "https://a.example/0 fails: http-500" in aside.reason


def test_pages_that_fail_or_are_refused() -> None:
    bad = day(0, pages=4, stored=4, dropped=0, failed=16, reasons={"http-500": 15, "http-404": 1})
    look = assess(source(bad), NOW)
    assert (look.state, look.reason.partition(" since")[0]) == ("failing", "16 of 20 page fetches (80 %) failed")
    refused = replace(bad, reasons={"http-403": 16})
    assert assess(source(refused), NOW).state == "blocked"
    walls = day(0, pages=12, stored=1, dropped=11, reasons={"bot-wall": 11})
    assert assess(source(walls), NOW).state == "blocked"
    few = day(0, pages=1, stored=1, dropped=0, failed=5, reasons={"http-500": 5})
    assert assess(source(few), NOW).state == "healthy", "yesterday's were fine"


def test_polls_that_are_only_put_off_are_failing_after_hours() -> None:
    put_off = day(0, polls=5, polls_failed=5, reasons={"poll:dns": 5})
    channel = replace(source().channels[0], last_polled=NOW - timedelta(hours=2))
    assert assess(source(put_off, channels=(channel,)), NOW).state == "healthy"
    look = assess(source(put_off, channels=(channel,)), NOW + timedelta(hours=2))
    assert (look.state, look.reason) == ("failing", "none of 5 polls since 2026-07-01 was answered: dns 5")
    refused = replace(put_off, reasons={"poll:http-429": 5})
    assert assess(source(refused, channels=(channel,)), NOW + timedelta(hours=2)).state == "blocked"
    one_fine = replace(put_off, polls_failed=4)
    assert assess(source(one_fine, channels=(channel,)), NOW + timedelta(hours=2)).state == "healthy"


def test_failing_pages_are_over_when_clearly_fewer_fail() -> None:
    half = day(0, pages=12, stored=12, dropped=0, failed=8, reasons={"http-500": 8})
    assert assess(source(half), NOW).state == "healthy"
    assert assess(source(half, state="failing"), NOW).state == "failing"
    assert assess(source(day(0), state="failing"), NOW).state == "healthy"


def test_a_template_without_text_is_noticed_with_the_eighth_page() -> None:
    for number, state in ((7, "healthy"), (8, "drifting")):
        bad = day(0, pages=number, stored=0, dropped=number, words=0, reasons={"empty": number}, delays={})
        whole = source(day(1, pages=0, stored=0, dropped=0, words=0), bad) if number == 7 else source(bad)
        assert assess(whole, NOW).state == state, number
    look = assess(source(day(0, pages=12, stored=1, dropped=11)), NOW)
    assert look.reason == "1 of 12 pages (8 %) gave an article, usually 95 %, since 2026-07-01"


def test_a_template_change_in_the_evening_is_noticed_over_midnight() -> None:
    evening = day(1, pages=20, stored=14, dropped=6)
    assert assess(source(evening, day(0, pages=6, stored=0, dropped=6)), NOW).state == "drifting"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"short": 15}, "have a short text, usually 0 %"),
        ({"undated": 19}, "have no date, usually 0 %"),
        ({"words": 19 * 120}, "articles have 120 words, usually 500"),
    ],
)
def test_other_ways_to_degrade(fields: dict[str, int], told: str) -> None:
    look = assess(source(day(0, **fields)), NOW)
    assert look.state == "drifting" and told in look.reason


def test_a_site_that_varies_is_not_drifting() -> None:
    wild = [day(back, stored=19 - back % 4 * 4, dropped=1 + back % 4 * 4) for back in range(40, 0, -1)]
    low = day(0, stored=8, dropped=12)
    assert assess(replace(source(), days=(*wild, low)), NOW).state == "healthy"
    assert assess(source(low), NOW).state == "drifting"


def test_a_drift_stays_while_it_lasts_and_does_not_become_the_usual_by_itself() -> None:
    since = NOW - timedelta(days=20)
    bad = [day(back, stored=9, dropped=11) for back in range(20, -1, -1)]
    drifting = replace(source(), days=(*(day(back) for back in range(60, 20, -1)), *bad))
    known = Known("drifting", "", since, NOW, {})
    assert assess(replace(drifting, known=known), NOW).state == "drifting"
    well = replace(drifting, days=(*drifting.days[:-1], day(0)), known=known)
    assert assess(well, NOW).state == "healthy"
    old = replace(known, since=NOW - timedelta(days=29))
    longer = [day(back, stored=9, dropped=11) for back in range(40, -1, -1)]
    assert assess(replace(drifting, days=tuple(longer), known=old), NOW).state == "healthy", "the new level"


def test_a_source_that_never_gave_articles_is_drifting() -> None:
    never = tuple(day(back, stored=0, dropped=20, words=0) for back in range(30, -1, -1))
    assert "only 0 of 140 pages gave an article" in assess(replace(source(), days=never), NOW).reason


def test_late_articles_are_slow_and_a_pause_of_newsdesk_itself_is_not() -> None:
    late = {"delays": {"480": 19}}
    look = assess(source(day(1, **late), day(0, **late)), NOW)
    assert look.state == "slow" and "usually within 15 m" in look.reason
    assert assess(source(day(1, polls=3), day(0, **late)), NOW).state == "healthy"
    mended = source(day(1, delays={"120": 19}), day(0, delays={"120": 19}))
    assert assess(mended, NOW).state == "healthy"
    assert assess(replace(mended, known=Known("slow", "", NOW, NOW, {})), NOW).state == "slow"


def test_slow_answers_and_links_that_wait() -> None:
    slow = replace(source(day(0)).channels[0], latency=12.0)
    assert assess(source(day(0), channels=(slow,)), NOW).reason == "its server takes 12 s to answer"
    assert assess(source(day(0), backlog=300), NOW).state == "slow"
    assert assess(source(day(0), backlog=15), NOW).state == "healthy"


def test_the_worst_is_told() -> None:
    both = source(day(0, stored=0, dropped=20), channels=channels((3, "http-403", 0, None)))
    assert assess(both, NOW).state == "blocked"


def test_a_source_that_goes_up_and_down_is_not_called_well_at_once() -> None:
    calm = source(day(0), state="failing", changes=3)
    assert assess(calm, NOW).state == "healthy"
    restless = replace(calm, changes=4)
    held = assess(restless, NOW)
    assert held.state == "failing" and "with 4 changes in two days" in held.reason
    assert assess(restless, NOW + timedelta(hours=6)).state == "healthy"


def test_newsdesks_own_network_is_suspected_when_most_break_at_once() -> None:
    known = Known("healthy", "", NOW, NOW, {})

    def look(number: int, state: str, reason: str) -> Look:
        return Look(Watched(number, str(number), "", None, FIRST, known=known), state, reason, {})

    broken = [look(number, "failing", "u failed 5 times in a row: dns") for number in range(6)]
    fine = [look(number, "healthy", "") for number in range(10, 15)]
    assert len(suspect_own_network([*broken, *fine])) == 6
    assert suspect_own_network([*broken[:4], *fine[:1]]) == set()
    assert suspect_own_network([*broken, *fine, *fine]) == set()


def test_a_change_is_told_in_one_line_that_a_terminal_does_not_obey() -> None:
    change = Change(7, "a", NOW, "healthy", "failing", "u failed: \x1b[31mno\nBcc: x")
    assert line_of(change) == "a is failing (was healthy): u failed:  [31mno Bcc: x"
    message = message_of([change, replace(change, id=8, source="b", after="silent")], {}, NOW)
    assert message["subject"] == "newsdesk: 2 sources have changed (1 failing, 1 silent)"
    assert [told["source"] for told in message["data"]["changes"]] == ["a", "b"]
    assert message["timestamp"] == "2026-07-01T20:00:00Z"
