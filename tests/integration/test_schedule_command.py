"""`newsdesk schedule` over both databases: what is due when, and why."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.commands.schedule import channel_rows
from crawler.roster import enter
from crawler.sources import Source, load_sources
from storage.agenda_views import channel_times, due_channel_ids, rechecks_by_hour
from storage.channels import ensure_channel, ensure_source
from storage.schema import channels, hosts, links, sources
from storage.store import Store, open_store
from storage.types import ChannelKind
from tests import zygote
from tests.integration.storage.fixtures import NOW

HOUR = timedelta(hours=1)
SOURCES = """
[auto]
feeds = ["https://auto.example/feed.xml"]
[cron]
feeds = ["https://cron.example/feed.xml"]
cron = "30 2 * * *"
timezone = "Europe/Vienna"
[every]
feeds = ["https://every.example/feed.xml"]
sitemaps = ["https://every.example/sitemap.xml"]
every = "1h 30m"
[off]
feeds = ["https://off.example/feed.xml"]
enabled = false
"""


def declared(directory: Path) -> dict[str, Source]:
    path = directory / "sources.toml"
    path.write_text(SOURCES)
    return load_sources(path)


def put(connection: sa.Connection, name: str, **values: Any) -> None:
    """Set columns of the channels whose URL holds a name."""
    connection.execute(sa.update(channels).where(channels.c.url.contains(name)).values(**values))


def fill(connection: sa.Connection, roster: dict[str, Source], now: datetime) -> None:
    """Enter the sources, and give each channel a different reason."""
    enter(connection, roster, now)
    put(connection, "auto", next_due=now + HOUR, last_polled=now - HOUR, last_new=now - 2 * HOUR)
    put(connection, "cron", next_due=now + 2 * HOUR, last_polled=now - HOUR)
    put(connection, "every", next_due=now - HOUR, last_polled=now - 3 * HOUR, failures=3, last_error="http-500")
    put(connection, "sitemap", failures=0, last_error=None, next_due=now + 30 * HOUR)
    every = ensure_source(connection, "every", now)
    index = connection.execute(sa.select(channels.c.id).where(channels.c.url.contains("sitemap"))).scalar_one()
    child = "https://every.example/child.xml"
    ensure_channel(connection, every, child, "every.example", ChannelKind.SITEMAP, now, parent_id=index)
    other = ensure_source(connection, "asked.example", now)
    ensure_channel(connection, other, "https://asked.example/f", "asked.example", ChannelKind.FEED, now, enabled=False)
    connection.execute(
        hosts.insert().values(host="auto.example", backoff_until=now + 3 * HOUR, backoff_reason="http-429")
    )
    for number in range(6):
        key = f"k{number}"
        at = now.replace(minute=0) + number * timedelta(minutes=25)
        values = {"url": f"https://every.example/{key}", "url_key": key, "host": "every.example", "first_seen": now}
        state = "dropped" if number == 5 else "done"
        connection.execute(links.insert().values(**values, source_id=every, state=state, recheck_at=at))


def test_each_channel_is_listed_with_its_time_and_reason(store: Store, tmp_path: Path) -> None:
    roster = declared(tmp_path)
    with store.begin() as connection:
        fill(connection, roster, NOW)
    with store.read() as connection:
        rows = channel_rows(channel_times(connection), roster, NOW, None)
        assert due_channel_ids(connection, NOW) == frozenset(
            connection.execute(sa.select(channels.c.id).where(channels.c.url.contains("every.example/feed"))).scalars()
        )
    assert [(row["channel"].partition("//")[2], row["due"], row["why"]) for row in rows] == [
        ("every.example/feed.xml", NOW - HOUR, "back-off after 3 failures: http-500"),
        ("cron.example/feed.xml", NOW + 2 * HOUR, "cron 30 2 * * * (Europe/Vienna)"),
        ("auto.example/feed.xml", NOW + 3 * HOUR, "auto; its host is left alone until then (http-429)"),
        ("every.example/sitemap.xml", NOW + 30 * HOUR, "every 1h 30m"),
        ("asked.example/f", None, "not in sources.toml"),
        ("every.example/child.xml", None, "when its index says that it has changed"),
        ("off.example/feed.xml", None, "disabled"),
    ]
    assert (rows[2]["last_polled"], rows[2]["last_new"]) == (NOW - HOUR, NOW - 2 * HOUR)


def test_a_span_holds_what_falls_due_in_it_and_each_firing(store: Store, tmp_path: Path) -> None:
    roster = declared(tmp_path)
    with store.begin() as connection:
        fill(connection, roster, NOW)
    with store.read() as connection:
        times = channel_times(connection)
        one = channel_times(connection, "cron")
    assert {row["source"] for row in channel_rows(one, {"cron": roster["cron"]}, NOW, None)} == {"cron"}
    short = channel_rows(times, roster, NOW, NOW + 2 * HOUR)
    assert [(row["source"], row["due"]) for row in short] == [("every", NOW - HOUR), ("cron", NOW + 2 * HOUR)]
    days = [row["due"] for row in channel_rows(times, roster, NOW, NOW + timedelta(days=3)) if row["source"] == "cron"]
    assert days == [NOW + 2 * HOUR, *(datetime(2026, 11, day, 1, 30, tzinfo=UTC) for day in (26, 27, 28))]


@pytest.mark.parametrize(
    ("begin", "fires"),
    [
        ("2026-03-28T01:30", ["03-28 01:30", "03-29 01:30", "03-30 00:30", "03-31 00:30"]),
        ("2026-10-24T00:30", ["10-24 00:30", "10-25 00:30", "10-26 01:30", "10-27 01:30"]),
    ],
    ids=["spring", "autumn"],
)
def test_firings_are_exact_through_both_clock_changes(
    store: Store, tmp_path: Path, begin: str, fires: list[str]
) -> None:
    roster = {"cron": declared(tmp_path)["cron"]}
    at = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    with store.begin() as connection:
        enter(connection, roster, at - 20 * HOUR)
        put(connection, "cron", next_due=at, last_polled=at - 24 * HOUR)
    with store.read() as connection:
        rows = channel_rows(channel_times(connection), roster, at - HOUR, at + timedelta(hours=73))
    assert [f"{row['due']:%m-%d %H:%M}" for row in rows] == fires


def test_what_is_declared_and_not_yet_entered_is_due_now(store: Store, tmp_path: Path) -> None:
    roster = declared(tmp_path)
    with store.begin() as connection:
        enter(connection, {"auto": roster["auto"]}, NOW)
    with store.read() as connection:
        rows = channel_rows(channel_times(connection), roster, NOW, None)
    found = {row["channel"].partition("//")[2]: (row["due"], row["why"]) for row in rows}
    assert found["auto.example/feed.xml"] == (NOW, "auto; never polled yet")
    assert found["every.example/sitemap.xml"] == (NOW, "every 1h 30m; never polled yet")
    assert found["off.example/feed.xml"] == (None, "disabled")
    gone = {name: source for name, source in roster.items() if name != "auto"}
    with store.read() as connection:
        rows = channel_rows(channel_times(connection), gone, NOW, None)
    assert ("https://auto.example/feed.xml", None, "not in sources.toml") in [
        (row["channel"], row["due"], row["why"]) for row in rows
    ]


def test_rechecks_are_counted_by_hour(store: Store, tmp_path: Path) -> None:
    with store.begin() as connection:
        fill(connection, declared(tmp_path), NOW)
    with store.read() as connection:
        assert rechecks_by_hour(connection) == [(NOW, 3), (NOW + HOUR, 2)], "what was dropped is never looked at again"
        assert rechecks_by_hour(connection, until=NOW + HOUR / 2) == [(NOW, 2)]
        assert rechecks_by_hour(connection, "every") == rechecks_by_hour(connection)
        assert rechecks_by_hour(connection, "cron") == []


def run(directory: Path, *arguments: str, code: int = 0) -> str:
    done = zygote.run(
        [sys.executable, "-m", "crawler", "schedule", *arguments],
        cwd=directory, env={**os.environ, "NEWSDESK_DATABASE_URL": "sqlite:///newsdesk.db"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == code and "Traceback" not in done.stderr, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_prints_all_formats_and_changes_nothing(tmp_path: Path) -> None:
    roster = declared(tmp_path)
    assert "does not exist" in run(tmp_path, code=1)
    now = datetime.now(UTC)
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    with store.begin() as connection:
        fill(connection, roster, now)
        put(connection, "every.example/feed", last_error="\x1b[31mhttp-500 " + "and so on " * 40)
        before = connection.execute(sa.select(channels)).all() + connection.execute(sa.select(sources)).all()
    said = run(tmp_path)
    assert "back-off after 3 failures" in said and "\x1b" not in said and "Stored articles to look at again" in said
    rows = json.loads(run(tmp_path, "--format", "json", "--next", "24h"))
    assert {row["source"] for row in rows if row["kind"] == "feed"} == {"every", "cron", "auto"}
    due = [row["due"] for row in rows if row["kind"] == "feed"]
    assert due == sorted(due) and due[0] == (now - HOUR).isoformat().replace("+00:00", "Z")
    assert sum(row["articles"] or 0 for row in rows) == 5
    assert all(row["due"] for row in rows)
    table = list(csv.DictReader(io.StringIO(run(tmp_path, "--format", "csv", "--source", "cron"))))
    assert [(row["source"], row["channel"]) for row in table] == [("cron", "https://cron.example/feed.xml")]
    assert run(tmp_path, "--source", "off", "--next", "1m") == "nothing is due\n"
    assert "did you mean cron?" in run(tmp_path, "--source", "corn", code=2)
    for wrong in ("soon", "400d", "0h", "auto"):
        assert f"--next '{wrong}' is not a time" in run(tmp_path, "--next", wrong, code=2)
    with store.read() as connection:
        assert before == connection.execute(sa.select(channels)).all() + connection.execute(sa.select(sources)).all()
    store.close()
