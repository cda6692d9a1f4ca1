"""`newsdesk watch …`: saved searches looked after from the command line, and messages that reach their targets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from crawler.cli import app
from crawler.delivery.courier import AT_ONCE
from storage.errors import NewsdeskError
from storage.schema import sources
from storage.store import Store, open_store
from tests.integration.storage.fixtures import put
from tests.integration.test_health_states import Hook


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A database with one article about ferries, which the commands use."""
    url = f"sqlite:///{tmp_path / 'newsdesk.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSDESK_DATABASE_URL", url)
    store = open_store(url)
    add(store, "before")
    return store


def add(store: Store, *names: str, source: str = "a") -> None:
    with store.begin() as connection:
        for name in names:
            put(connection, name, f"The ferry {name} is late.", headline=f"Ferry {name}", source=source)


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["watch", *arguments])
    if isinstance(done.exception, NewsdeskError):
        assert done.exception.exit_code == code, done.exception
        return str(done.exception)
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def headlines(hook: Hook) -> list[list[str]]:
    return [[one["headline"] for one in json.loads(body)["data"]["articles"]] for _, body in hook.got]


def test_a_search_is_looked_after(news: Store) -> None:
    assert "no search is saved" in run("list")
    with Hook(200) as hook:
        said = run("add", "ferries", "ferry", "--webhook", hook.url)
        assert said == "ferries is watched: 1 stored article match so far, 0 of them to be told\n"
        assert "ferries already" in run("add", "ferries", "pier", code=1)
        assert "arrived" in run("test", "ferries")
        sample: dict[str, Any] = json.loads(hook.got.pop()[1])
        assert sample["type"] == "watch.test" and sample["data"]["articles"][0]["headline"] == "Ferry before"
        assert "nothing new to tell" in run("check")
        run("pause", "ferries")
        assert "paused since" in run("list")
        add(news, "one")
        run("check")
        assert run("resume", "ferries") == "ferries goes on\n"
        add(news, "two")
        assert run("check") == "ferries: 1 article to tell\n"
        run("pause", "ferries")
        assert run("resume", "ferries", "--since", "7d") == "ferries goes on, 2 articles to be told\n"
        run("check")
        assert headlines(hook) == [["Ferry two"], ["Ferry one", "Ferry before"]]
    assert "Connection refused" in run("test", "ferries", code=1)
    shown = run("show", "ferries")
    assert "ferries: ferry\nat once, per story; webhook http://127.0.0.1:" in shown and "Ferry two" in shown
    assert "ferries is removed" in run("remove", "ferries")
    assert "no search is saved" in run("list")


def test_many_messages_are_delivered_by_one_check(news: Store) -> None:
    with Hook(200) as hook:
        for number in range(AT_ONCE + 3):
            run("add", f"s{number}", "ferry", "--webhook", f"{hook.url}/{number}")
        add(news, "one")
        run("check")
        assert headlines(hook) == [["Ferry one"]] * (AT_ONCE + 3)


def test_what_is_wrong_with_a_search_is_listed(news: Store) -> None:
    with Hook(500) as hook:
        run("add", "ferries", "ferry", "--source", "a", "--webhook", hook.url)
        run("add", "digest", "ferry", "--every", "day", "--timezone", "Europe/Vienna", "--changes", "--per", "article")
        add(news, "one")
        run("check")
        assert hook.got
    with news.begin() as connection:
        connection.execute(sa.update(sources).values(name="b"))
    assert "broken: no source 'a'" in " ".join(run("list").split()), "though nothing new was stored"
    add(news, "two", source="b")
    assert "the saved search ferries: no source 'a' is stored" in run("check")
    table = run("list")
    assert "broken: no source 'a' is stored; known: b; 1 message not delivered (it answered 500)" in " ".join(
        table.split()
    )
    assert "daily at 07:00 Europe/Vienna, per article, changes too" in " ".join(table.split())
    (digest, ferries) = json.loads(run("list", "--format", "json"))
    assert (digest["waiting"], digest["targets"], ferries["undelivered"]) == (2, [], 1)
    assert ferries["query"] == {"text": "ferry", "sources": ["a"]} and ferries["broken"].startswith("no source 'a'")


@pytest.mark.parametrize(
    ("said", "arguments"),
    [
        ("did you mean walls?", ("show", "wals")),
        ("no source 'nowhere' is stored", ("add", "a", "x", "--source", "nowhere")),
        ("the name 'A b' is not allowed", ("add", "A b", "x")),
        ("--email needs smtp_url and email_from", ("add", "a", "x", "--email", "desk@example.org")),
        ("--webhook 'nowhere': must be an http(s) URL", ("add", "a", "x", "--webhook", "nowhere")),
        ("add --every day", ("add", "a", "x", "--at", "07:00")),
        ("is not a time", ("add", "a", "x", "--since", "soon")),
    ],
)
def test_wrong_use_is_told_and_keeps_nothing(news: Store, said: str, arguments: tuple[str, ...]) -> None:
    run("add", "walls", "harbour")
    assert said in run(*arguments, code=2)
    assert [one["name"] for one in json.loads(run("list", "--format", "json"))] == ["walls"]
