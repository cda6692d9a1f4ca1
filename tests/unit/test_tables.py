"""Tables that are laid out for the width of a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crawler.commands.tables import _Column, _column, _fitted

WIDTHS = st.tuples(st.integers(1, 20), st.integers(0, 20), st.integers(0, 300)).map(
    lambda parts: _Column("x", (), False, width=sum(parts), least=parts[0] + parts[1], tight=parts[0])
)


@given(st.lists(WIDTHS, min_size=1, max_size=12), st.integers(0, 300))
def test_columns_fit_and_none_is_narrower_than_it_can_be(columns: list[_Column], more: int) -> None:
    room = sum(column.tight for column in columns) + more
    widths = _fitted(columns, room)
    assert sum(widths) <= room and all(
        column.tight <= width <= column.width for column, width in zip(columns, widths, strict=True)
    )
    natural = sum(column.width for column in columns)
    assert (sum(widths) == room) if natural >= room else (widths == [column.width for column in columns])


def test_what_a_column_needs() -> None:
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    rows = [{"at": at, "n": 5, "name": "two words", "text": "many words " * 9, "url": f"https://a.example/{'x' * 60}"}]
    needs = {name: (one.least, one.tight, one.is_number) for name in rows[0] for one in [_column(name, name, rows)]}
    assert needs == {
        "at": (16, 10, False),
        "n": (1, 1, True),
        "name": (5, 5, False),
        "text": (20, 12, False),
        "url": (30, 30, False),
    }
