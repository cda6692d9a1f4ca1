"""What a person types, as the two databases are asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.querytext import MAX_CHARACTERS, MAX_TERMS, parse_query, to_fts5, to_tsquery


@pytest.mark.parametrize(
    ("text", "fts5", "tsquery"),
    [
        ("Köln", '("koln")', "(('koln'))"),
        ("a b", '("a" AND "b")', "(('a')) & (('b'))"),
        ("a AND b", '("a" AND "b")', "(('a')) & (('b'))"),
        ("a OR b c", '(("a" OR "b") AND "c")', "(('a') | ('b')) & (('c'))"),
        ('"a b" -c', '("a b") NOT "c"', "(('a' <-> 'b')) & !(('c'))"),
        ("headline:fer*", '({headline} : "fer" *)', "(('fer':A*))"),
        ('title:"a b"', '({headline} : "a b")', "(('a':A <-> 'b':A))"),
        ("well-known", '("well known")', "(('well' <-> 'known'))"),
        ("x NEAR/2 y", '("x" AND "near 2" AND "y")', "(('x')) & (('near' <-> '2')) & (('y'))"),
        ("東京", '("東 京")', "(('東' <-> '京'))"),
        ("12:30", '("12 30")', "(('12' <-> '30'))"),
    ],
)
def test_queries(text: str, fts5: str, tsquery: str) -> None:
    parsed = parse_query(text)
    asked = parsed.all_of, parsed.none_of
    assert (to_fts5(*asked), to_tsquery(*asked)) == (fts5, tsquery)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"open', "does not close"),
        ("!?", "no word"),
        ("  ", "no word"),
        ("a OR", "nothing after"),
        ("OR a", "nothing before"),
        ("a OR OR b", "nothing before"),
        ("site:x", "'site'"),
        ("x" * (MAX_CHARACTERS + 1), "10,001 characters"),
        ("x " * (MAX_TERMS + 1), str(MAX_TERMS)),
    ],
)
def test_mistakes_are_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_query(text)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from('"*-:()ORAND '))))
def test_any_text_is_a_query_or_a_usage_error(text: str) -> None:
    try:
        parsed = parse_query(text)
    except UsageError as error:
        assert "\n" not in str(error)
    else:
        assert parsed.terms() or parsed.none_of or parsed.filters
        assert to_fts5(parsed.all_of, parsed.none_of).count('"') % 2 == 0
