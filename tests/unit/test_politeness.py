"""The pace of a host, how long it rests, and the line that its requests wait in."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from crawler.middlewares.refusal import Refused
from crawler.pace import Pace, PaceRules
from crawler.rests import HOST_RETRIES, host_rest
from crawler.turns import Turns
from crawler.verdicts import Verdict
from storage.hosts import HostLease
from storage.types import LinkState, Outcome

RULES = PaceRules(delay=1.0, longest=60.0, width=8)


def ask(pace: Pace, at: float, seconds: float, *, is_good: bool = True) -> None:
    """Let one request go and come back."""
    assert pace.wait(at) == 0
    pace.send(at)
    pace.end(at, at + seconds, is_good=is_good)


def test_the_delay_lies_between_an_answers_first_sign_and_the_next_request() -> None:
    pace = Pace(RULES)
    pace.send(100.0)
    assert pace.wait(100.5) == inf, "one at a time"
    pace.hear(100.2)
    pace.end(100.0, 100.9, is_good=True, answered=100.2)
    assert pace.wait(100.9) == pytest.approx(0.3)
    assert pace.wait(101.2) == 0


def test_a_slow_host_gets_as_much_time_as_it_takes_up_to_the_longest() -> None:
    pace = Pace(RULES)
    ask(pace, 0.0, 4.0)
    assert (pace.latency, pace.interval) == (4.0, 4.0)
    at = 10.0
    for _ in range(60):
        ask(pace, at, 300.0)
        at += 1000.0
    assert pace.interval == 60.0


def test_quick_failures_make_no_host_fast_and_slow_ones_make_it_slow() -> None:
    pace = Pace(RULES)
    ask(pace, 0.0, 4.0)
    ask(pace, 10.0, 0.1, is_good=False)
    assert pace.latency == 4.0
    ask(pace, 20.0, 8.0, is_good=False)
    assert pace.latency == 5.0
    ask(pace, 40.0, 1.0)
    assert pace.latency == 4.0


def test_without_a_delay_there_is_no_pace() -> None:
    pace = Pace(replace(RULES, delay=0.0))
    for number in range(8):
        assert pace.wait(50.0) == 0, number
        pace.send(50.0)
    assert pace.wait(50.0) == inf
    pace.end(50.0, 90.0, is_good=True)
    assert pace.wait(90.0) == 0


def test_a_host_in_trouble_gets_one_request_at_a_time_even_without_a_delay() -> None:
    pace = Pace(replace(RULES, delay=0.0), is_troubled=True)
    ask(pace, 1.0, 1.0)
    pace.send(3.0)
    assert pace.wait(3.0) == inf


def test_the_slowest_of_those_who_share_a_host_sets_its_pace() -> None:
    pace = Pace(RULES)
    pace.declared[1] = 0.2
    assert pace.delay == 0.2
    pace.declared[2] = 3.0
    assert pace.delay == 3.0
    pace.asked["a.example"] = 5.0
    assert pace.delay == 5.0
    fixed = Pace(replace(RULES, delay=0.0, is_fixed=True), declared={1: 9.0})
    assert fixed.delay == 0.0


def test_steps_grow_to_six_hours_and_a_retry_after_counts() -> None:
    assert [host_rest(n).total_seconds() for n in range(1, 10)] == [*HOST_RETRIES, HOST_RETRIES[-1]]
    assert host_rest(20) == timedelta(hours=6)
    assert host_rest(1, 3.0) == timedelta(seconds=3)
    assert host_rest(1, 0.0) == timedelta(seconds=1)
    assert host_rest(4, 1.0) == timedelta(seconds=HOST_RETRIES[2]), "who always says 1 is not asked every second"
    assert host_rest(1, 1e9) == timedelta(days=1)


async def _nothing() -> None:
    return


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_probe_is_alone_until_it_has_ended() -> None:
    async def story() -> None:
        turns = Turns(replace(RULES, delay=0.0))
        turns.begin("h", HostLease("h", datetime.now(UTC), None, failures=2, latency=0.5))
        began = await turns.take("h", _nothing)
        second = asyncio.create_task(turns.take("h", _nothing))
        await _settle()
        assert not second.done()
        turns.end("h", began, is_good=True)
        await _settle()
        assert second.done()
        third = asyncio.create_task(turns.take("h", _nothing))
        await _settle()
        assert not third.done()
        turns.recover("h")
        await _settle()
        assert third.done(), "one that has answered gets as many as before"

    asyncio.run(story())


def test_what_waits_for_a_host_that_is_put_to_rest_is_refused() -> None:
    async def story() -> None:
        turns = Turns(RULES)

        async def ready() -> None:
            if turns.resting("h"):
                raise Refused(Verdict(LinkState.PENDING, Outcome.DEFERRED, "host-resting"))

        began = await turns.take("h", ready)
        waiting = asyncio.create_task(turns.take("h", ready))
        await _settle()
        turns.rest("h", 30.0)
        turns.end("h", began, is_good=False)
        with pytest.raises(Refused):
            await waiting
        turns.forget("h")
        assert not turns.resting("h"), "what a new lease says counts"

    asyncio.run(story())


def test_a_lease_brings_the_pace_that_another_crawl_left() -> None:
    async def story() -> None:
        turns = Turns(RULES)
        turns.begin("h", HostLease("h", datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1), latency=7.0))
        assert turns.pace("h").interval == 7.0
        waiting = asyncio.create_task(turns.take("h", _nothing))
        await _settle()
        assert not waiting.done()
        waiting.cancel()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("feeds.example.co.uk:8080", "example.co.uk"),
        ("127.0.0.1:8001", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_what_shares_a_rate(host: str, key: str) -> None:
    assert Turns(RULES, by_domain=True).key_of(host) == key
    assert Turns(RULES).key_of(host) == host
