"""Host rows: a pace that outlives its crawl, failures that are counted once, and hosts that share a domain's row."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage.channels import ensure_channel, ensure_source
from storage.due import Scope, due_hosts, next_work_at
from storage.hosts import (
    HostBusy,
    HostLease,
    back_off_host,
    host_answered,
    host_failures,
    lease_host,
    reap_leases,
    release_host,
    renew_leases,
    rests_until,
)
from storage.owner import crawler_name
from storage.schema import hosts
from storage.store import Store
from storage.types import ChannelKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def lease(got: HostLease | HostBusy) -> HostLease:
    assert isinstance(got, HostLease), got
    return got


def name_of_the_dead() -> str:
    process = subprocess.Popen(["true"])
    process.wait()
    return crawler_name().replace(f"/{os.getpid()}/", f"/{process.pid}/")


def test_the_pace_of_a_crawl_that_died_is_kept(store: Store) -> None:
    dead = name_of_the_dead()
    with store.begin() as connection:
        lease(lease_host(connection, "h", dead, 30, NOW, pace=2.0))
        assert renew_leases(connection, dead, ["h"], 30, NOW + 8 * SECOND, {"h": 10.0}) == {"h"}
        assert reap_leases(connection, NOW + 9 * SECOND) == ["h"]
        got = lease(lease_host(connection, "h", "next", 30, NOW + 11 * SECOND))
    assert got.next_request_at == NOW + 19 * SECOND, "one pace from when its death was found"


def test_a_lease_that_ran_out_waits_one_pace(store: Store) -> None:
    with store.begin() as connection:
        lease(lease_host(connection, "h", "one", 30, NOW, pace=5.0))
        got = lease(lease_host(connection, "h", "two", 30, NOW + 31 * SECOND, pace=1.0))
        assert got.next_request_at == NOW + 36 * SECOND
        again = lease(lease_host(connection, "h", "two", 30, NOW + 32 * SECOND, pace=1.0))
        assert again.next_request_at is None, "its own pace a crawl knows itself"


def test_a_crawl_that_died_before_its_first_request_puts_off_nobody_for_longer(store: Store) -> None:
    with store.begin() as connection:
        lease(lease_host(connection, "h", "one", 30, NOW, pace=5.0))
        for number in range(1, 5):
            now = NOW + 31 * number * SECOND
            got = lease(lease_host(connection, "h", f"n{number}", 30, now, pace=5.0))
            assert got.next_request_at == now + 5 * SECOND


def test_latency_and_failures_come_with_the_lease(store: Store) -> None:
    with store.begin() as connection:
        lease_host(connection, "h", "one", 30, NOW)
        release_host(connection, "h", "one", NOW + SECOND, 3.5)
        back_off_host(connection, "h", NOW + 5 * SECOND, "timeout", NOW)
        got = lease(lease_host(connection, "h", "two", 30, NOW + 6 * SECOND, pace=1.0))
        assert (got.failures, got.latency) == (1, 3.5)
        row = connection.execute(sa.select(hosts)).one()
        assert row.next_request_at - row.last_visit == 3.5 * SECOND, "a slow host's pace is its latency"


def test_what_fails_during_a_back_off_is_no_failure_more(store: Store) -> None:
    with store.begin() as connection:
        back_off_host(connection, "h", NOW + 5 * SECOND, "timeout", NOW)
        back_off_host(connection, "h", NOW + 9 * SECOND, "http-429", NOW + SECOND)
        assert (host_failures(connection, "h"), rests_until(connection, "h", NOW)) == (1, NOW + 9 * SECOND)
        back_off_host(connection, "h", NOW + 40 * SECOND, "timeout", NOW + 10 * SECOND)
        assert host_failures(connection, "h") == 2
        assert rests_until(connection, "h", NOW + 41 * SECOND) is None


def test_hosts_in_trouble_are_listed_apart(store: Store) -> None:
    with store.begin() as connection:
        source = ensure_source(connection, "s", NOW)
        for host in ("well.example", "ill.example", "resting.example"):
            ensure_channel(connection, source, f"https://{host}/feed", host, ChannelKind.FEED, NOW)
        back_off_host(connection, "ill.example", NOW - SECOND, "timeout", NOW - 9 * SECOND)
        back_off_host(connection, "resting.example", NOW + SECOND, "timeout", NOW)
        everything = Scope(due_only=True)
        assert due_hosts(connection, everything, "me", NOW, 9) == ["well.example"]
        assert due_hosts(connection, everything, "me", NOW, 9, troubled=True) == ["ill.example"]
        assert host_answered(connection, "ill.example", NOW)
        assert sorted(due_hosts(connection, everything, "me", NOW, 9)) == ["ill.example", "well.example"]


def test_hosts_of_one_domain_share_a_row_and_repeat_what_keeps_them(store: Store) -> None:
    with store.begin() as connection:
        source = ensure_source(connection, "s", NOW)
        for host in ("www.d.example", "feeds.d.example"):
            ensure_channel(connection, source, f"https://{host}/feed", host, ChannelKind.FEED, NOW)
        everything = Scope(due_only=True)
        lease(lease_host(connection, "www.d.example", "one", 30, NOW, pace=1.0, key="d.example"))
        busy = lease_host(connection, "feeds.d.example", "two", 30, NOW, key="d.example")
        assert isinstance(busy, HostBusy) and busy.until == NOW + 30 * SECOND
        assert due_hosts(connection, everything, "two", NOW, 9) == ["www.d.example"], "the other is known to be taken"
        release_host(connection, "d.example", "one", NOW + SECOND, 0.1)
        got = lease(lease_host(connection, "feeds.d.example", "two", 30, NOW, key="d.example"))
        assert got.next_request_at == NOW + SECOND
        release_host(connection, "d.example", "two", NOW + 2 * SECOND)
        back_off_host(connection, "d.example", NOW + 60 * SECOND, "http-429", NOW)
        for host in ("www.d.example", "feeds.d.example"):
            assert isinstance(lease_host(connection, host, "one", 30, NOW, key="d.example"), HostBusy)
        assert due_hosts(connection, everything, "one", NOW, 9) == []
        assert next_work_at(connection, everything, NOW) == NOW + 60 * SECOND, "no busy loop"
        later = NOW + 61 * SECOND
        assert sorted(due_hosts(connection, everything, "one", later, 9, troubled=True)) == [
            "feeds.d.example", "www.d.example",
        ]  # fmt: skip
        assert lease(lease_host(connection, "www.d.example", "one", 30, later, key="d.example")).failures == 1
        assert host_answered(connection, "d.example", later)
        lease(lease_host(connection, "www.d.example", "one", 30, later, key="d.example"))
        assert due_hosts(connection, everything, "one", later, 9) == ["www.d.example"]
