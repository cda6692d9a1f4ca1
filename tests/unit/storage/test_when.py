"""Times as people type them are spans in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.when import parse_span, parse_when

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-11-25", "2026-11-25", "2026-11-26"),
        ("2026-2-3", "2026-02-03", "2026-02-04"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2024", "2024-01-01", "2025-01-01"),
        ("today", "2026-03-04", "2026-03-05"),
        (" Yesterday ", "2026-03-03", "2026-03-04"),
        ("this week", "2026-03-02", "2026-03-09"),
        ("last  week", "2026-02-23", "2026-03-02"),
        ("last month", "2026-02-01", "2026-03-01"),
        ("this month", "2026-03-01", "2026-04-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("2026-11-25T14:00", "2026-11-25T14:00", None),
        ("2026-11-25T14:00+02:00", "2026-11-25T12:00", None),
        ("2026-11-25T14:00Z", "2026-11-25T14:00", None),
        ("now", "2026-03-04T15:30", None),
        ("7d", "2026-02-25T15:30", None),
        ("90 m", "2026-03-04T14:00", None),
        ("1y", "2025-03-04T15:30", None),
    ],
)
def test_spans(text: str, since: str, until: str | None) -> None:
    start = datetime.fromisoformat(since).replace(tzinfo=UTC)
    end = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert parse_span(text, NOW) == (start, end)
    assert parse_when(text, NOW) == start and parse_when(text, NOW, end=True) == (end or start)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13", "2026-02-30", "0000", "9999999d", "999999y", "next week", "x" * 9_999]
)
def test_what_is_no_time_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time") as caught:
        parse_span(text, NOW)
    assert len(str(caught.value)) < 200


@given(st.text(alphabet="0123456789-:TtzZ+mhdwy ", max_size=20))
def test_any_text_is_a_time_or_a_usage_error(text: str) -> None:
    try:
        since, until = parse_span(text, NOW)
    except UsageError:
        return
    assert since.utcoffset() == timedelta(0) and (until is None or until > since)
