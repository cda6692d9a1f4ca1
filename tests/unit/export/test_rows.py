"""Rows as CSV and JSON: nothing in them acts on a sheet, a terminal or a reader of lines."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.export.rows import as_json, csv_cell, jsonable, plain, write_csv, write_jsonl

NOW = datetime(2026, 11, 25, 14, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\n=1", "＝1", "－1", "\u2028=1", "\x00=1", "=cmd|'/c calc'!A1"],
)  # fmt: skip
def test_no_text_begins_a_formula(text: str) -> None:
    cell = csv_cell(text)
    assert (
        cell.startswith("'")
        and cell[1:].strip() == text.replace("\x00", " ").replace("\u2028", " ").replace("\r", " ").strip()
    )


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("plain = text", "plain = text"), (-5, -5), (1.5, 1.5), (None, None), (["a", "b"], "a; b"), (["=a", "b"], "'=a; b"),
        (NOW, "2026-11-25T12:00:00Z"), ({"a": NOW}, '{"a": "2026-11-25T12:00:00Z"}'), ("a\x1b[31mb", "a [31mb"), (b"\x00\xff", "00ff"),
        ([{"a": 1}], '{"a": 1}'), ("two\nlines", "two\nlines"),
    ],
)  # fmt: skip
def test_a_cell(value: Any, cell: Any) -> None:
    assert csv_cell(value) == cell


@given(st.lists(st.fixed_dictionaries({"a": st.text(st.characters(codec="utf-8")), "b": st.integers()}), max_size=5))
def test_csv_has_as_many_rows_as_it_was_given(rows: list[dict[str, Any]]) -> None:
    out = io.StringIO(newline="")
    assert write_csv(rows, ["a", "b"], out) == len(rows)
    read = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert read[0] == ["a", "b"] and [int(row[1]) for row in read[1:]] == [row["b"] for row in rows]
    assert not any(row[0].lstrip()[:1] in ("=", "+", "-", "@") for row in read[1:] if row[0].strip())


@given(st.lists(st.dictionaries(st.text(max_size=3), st.text() | st.floats() | st.none() | st.binary()), max_size=4))
def test_json_lines_are_lines_and_json(rows: list[dict[str, Any]]) -> None:
    out = io.StringIO()
    assert write_jsonl(rows, out) == len(rows)
    text = out.getvalue()
    assert len(text.splitlines()) == len(rows), "no character inside of a line ends it"
    for line in text.splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(name))
        line.encode()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (NOW, "2026-11-25T12:00:00Z"), (NOW.replace(tzinfo=None), "2026-11-25T14:00:00Z"), (date(2026, 1, 2), "2026-01-02"),
        (Decimal("1.10"), "1.10"), (float("nan"), "nan"), (True, True), ((1, "a"), [1, "a"]), ("\ud800", "\ufffd"), (memoryview(b"a"), "61"),
    ],
)  # fmt: skip
def test_what_json_does_not_know(value: Any, told: Any) -> None:
    assert jsonable(value) == told


def test_text_for_people() -> None:
    assert plain(NOW) == "2026-11-25 12:00" and plain(True) == "yes" and plain(None) == ""
    assert plain("a\x1b[31m\u202eb") == "a [31m b" and plain(["a", NOW]) == "a, 2026-11-25 12:00"
    assert (
        as_json("\x85\u2028") == '"\\u0085\\u2028"'
        and jsonable(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"
    )
