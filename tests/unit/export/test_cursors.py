"""Cursors of exports: their text, and what is refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.export.cursors import Cursor, Place, filters_of, is_cursor, parse_cursor, reached, start
from storage.search import Query

AT = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
PLACES = st.builds(Place, st.integers(0, 2**62), TIMES)


@given(PLACES, st.none() | PLACES, st.integers(0, 2**62))
def test_a_cursor_is_read_as_it_was_written(place: Place, then: Place | None, after: int) -> None:
    cursor = Cursor(filters_of(Query()), place, after if then else 0, then)
    assert is_cursor(str(cursor)) and parse_cursor(f" {cursor}\n") == cursor


@given(st.text(max_size=30), st.integers(0, 200), st.integers(1, 255))
def test_a_broken_cursor_is_one_clear_line(text: str, place: int, bits: int) -> None:
    good = bytearray(str(Cursor(filters_of(Query()), Place(5, AT), 3, Place(9, AT))).encode())
    good[place % len(good)] ^= bits
    for one in (text, "nd1." + text, good.decode("latin-1"), "nd2." + "x", "nd1." + "A" * 100_000):
        try:
            parse_cursor(one)
        except UsageError as error:
            assert "\n" not in str(error) and len(str(error)) < 200


@pytest.mark.parametrize("fields", [b"[]", b"1", b"{}", b'{"f":"x","i":-1,"c":0}', b'{"f":"x","i":1.5,"c":0}', b'{"f":"x","i":true,"c":0}',
                                    b'{"f":"x","i":1,"c":9e99}', b'{"f":"x","i":99999999999999999999,"c":0}', b'{"f":"x","i":1,"c":1,"ti":1}', b"\xff"])  # fmt: skip
def test_fields_that_no_cursor_has(fields: bytes) -> None:
    with pytest.raises(UsageError, match="the cursor is broken"):
        parse_cursor("nd1." + base64.urlsafe_b64encode(fields).decode().rstrip("="))


def test_filters_but_no_dates_tell_exports_apart() -> None:
    cursor = Cursor(filters_of(Query(text="ferry", since=AT)))
    assert start(Query(text="ferry", limit=5), cursor) == cursor
    with pytest.raises(UsageError, match="other filters"):
        start(Query(text="ferries"), cursor)
    assert start(Query(), None).place == Place()


def test_an_export_that_was_cut_off_goes_on_to_the_place_of_its_beginning() -> None:
    first, later = Place(10, AT), Place(20, AT)
    cut = reached(Cursor("f"), first, 4)
    assert (cut.place, cut.after, cut.then) == (Place(), 4, first)
    again = reached(cut, later, 8)
    assert (again.after, again.then) == (8, first)
    assert reached(again, later, None) == Cursor("f", first)
