"""A snippet shows the first match, cut at words, and marks what was found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.querytext import parse_query
from storage.snippets import marks, snippet

BODY = "Filler words stand here. " * 40 + "The evening ferry to Köln is late." + " More words follow here." * 40


def _marked(text: str, query: str, field: str = "body") -> list[str]:
    return [text[start:end] for start, end in marks(text, parse_query(query).terms(), field)]


@pytest.mark.parametrize("query", ["ferry", "koln", '"evening ferry"', "even*", "absent OR ferry"])
def test_the_match_is_shown_with_its_context(query: str) -> None:
    shown = snippet(BODY, parse_query(query).terms())
    assert "evening ferry to Köln" in shown and len(shown) < 240
    assert shown.startswith("… ") and shown.endswith(" …")


def test_without_a_match_the_beginning_is_shown() -> None:
    for query in ("absent", "headline:ferry"):
        assert snippet(BODY, parse_query(query).terms()).startswith("Filler words")
    assert snippet("Short.\n\nText.", []) == "Short. Text."
    assert snippet("", []) == ""


def test_a_text_without_spaces_is_cut_around_the_match() -> None:
    body = "政府は被害状況を確認しています。" * 40 + "東京で地震" + "がありました。" * 40
    assert "東京で地震" in snippet(body, parse_query("地震").terms())


def test_what_was_found_is_marked() -> None:
    assert _marked("The Ferry of FERRÝMAN, ferry", "ferry") == ["Ferry", "ferry"]
    assert _marked("The Ferry of FERRÝMAN", "ferr* man") == ["Ferry", "FERRÝMAN"]
    assert _marked("an evening ferry ferry", '"evening ferry" OR ferry') == ["evening ferry", "ferry"]
    assert _marked("東京で地震", "地震") == ["地震"]
    assert _marked("A ferry", "headline:ferry") == []
    assert _marked("A ferry", "headline:ferry", "headline") == ["ferry"]


@given(st.text(max_size=600), st.sampled_from(["a", '"a b"', "a*", "é OR 語"]))
def test_marks_are_in_order_and_within_the_text(text: str, query: str) -> None:
    terms = parse_query(query).terms()
    shown = snippet(text, terms)
    last = 0
    for start, end in marks(shown, terms):
        assert last <= start < end <= len(shown)
        last = end
