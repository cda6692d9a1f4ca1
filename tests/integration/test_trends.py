"""Attention over time, as the command tells it: numbers and shares, side by side and by source, on one span."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crawler.cli import main
from crawler.commands.trends import _drawn
from storage.store import Store
from tests.integration.storage.fixtures import NOW, put, stamp

DAYS = {
    "ferry one": (0, "a"),
    "ferry two": (1, "a"),
    "bridge": (1, "b"),
    "ferry bridge": (3, "b"),
    "tide": (3, "a"),
    "other ferry": (40, "a"),
}
Call = Callable[..., str]


@pytest.fixture
def call(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what runs `newsdesk trends` on a database with articles of some days, and gives what it prints."""
    with store.begin() as connection:
        for number, (body, (days, source)) in enumerate(DAYS.items()):
            put(connection, f"n{number}", body, source=source, published=stamp(NOW - timedelta(days=days)))
    monkeypatch.setenv("NEWSDESK_DATABASE_URL", store.url.render_as_string(hide_password=False))

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["newsdesk", "trends", *words])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert (end.value.code or 0, said.err) == (0, "")
        return said.out

    return run


def rows(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_numbers_and_shares_of_several_queries_stand_side_by_side(call: Call) -> None:
    lines = call("ferry", "tide", "--since", "2026-11-22", "--until", "2026-11-25").splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "day ferry share tide share", "Sun 2026-11-22 1 50.0% 1 50.0%", "Mon 2026-11-23 0 – 0 –", "Tue 2026-11-24 1 50.0% 0 0.0%",
        "Wed 2026-11-25 1 100.0% 0 0.0%", "ferry: 3 of 5 articles (60.0%)", "tide: 1 of 5 articles (20.0%)",
    ]  # fmt: skip


def test_queries_have_one_span_though_they_match_at_other_times(call: Call) -> None:
    found = rows(call("ferry", "tide", "bridge", "--until", "2026-11-25", "--by", "week", "--format", "json"))
    spans = {
        query: [row["start"][:10] for row in found if row["query"] == query] for query in ("ferry", "tide", "bridge")
    }
    assert (
        spans["ferry"] == spans["tide"] == spans["bridge"]
        and spans["tide"][0] == "2026-10-12"
        and len(spans["tide"]) == 7
    )
    assert sum(row["count"] for row in found if row["query"] == "ferry") == 4
    months = rows(call("ferry", "bridge", "--until", "2026-11-25", "--by", "month", "--format", "json"))
    assert [(row["start"][:7], row["query"], row["count"], row["total"], row["share"]) for row in months] == [
        ("2026-10", "ferry", 1, 1, 1.0), ("2026-11", "ferry", 3, 5, 0.6), ("2026-10", "bridge", 0, 1, 0.0), ("2026-11", "bridge", 2, 5, 0.4),
    ]  # fmt: skip


def test_by_source(call: Call) -> None:
    words = ("ferry", "--since", "2026-11-22", "--until", "2026-11-25", "--split", "source")
    found = list(csv.DictReader(io.StringIO(call(*words, "--format", "csv"), newline="")))
    told = {(row["start"][8:10], row["source"]): (row["count"], row["total"]) for row in found}
    assert told["22", "b"] == ("1", "1") and told["22", "a"] == ("0", "1") and told["25", "a"] == ("1", "1")
    lines = [line.split() for line in call(*words).splitlines()]
    assert lines[0] == ["day", "all", "a", "b"] and lines[1] == ["Sun", "2026-11-22", "1", "0", "1"]
    assert call(*words, "--share", "--format", "markdown").splitlines()[2] == "| Sun 2026-11-22 | 1 | 0.0% | 100.0% |"


@pytest.mark.parametrize("fmt", ["table", "json", "jsonl", "csv", "markdown"])
def test_nothing_found(call: Call, fmt: str) -> None:
    text = call("zebra", "--since", "2026-11-22", "--format", fmt)
    assert text.strip() in (
        "nothing found",
        "[]",
        "",
        "start,query,source,count,total,share",
        "| day | zebra | share |\n| --- | --- | --- |",
    )


@pytest.mark.parametrize(
    ("value", "top", "bar"), [(0, 10, ""), (10, 10, "████"), (5, 10, "██"), (1, 100, "▏"), (3, 32, "▍"), (0, 0, "")]
)
def test_a_bar(value: float, top: float, bar: str) -> None:
    assert _drawn(value, top, 4) == bar
