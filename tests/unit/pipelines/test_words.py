"""Words are the same whatever stands between them, and told apart whatever they are made of."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.words import HAN, INDOCHINA, SPACED, words_of


def words(text: str) -> list[int]:
    """Return the hashes of a text's words."""
    return words_of(text).told.tolist()


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("“Don’t,” she said — twice…", "don t she said twice"),
        ("«Non», dit-il\u00a0: «jamais»", "non dit il jamais"),
        ("ÄRGER in Straße", "ärger in strasse"),
        ("قال، ثم سكت؛ لماذا؟", "قال ثم سكت لماذا"),
        ("उसने कहा। फिर चला गया॥", "उसने कहा फिर चला गया"),
        ("a_b\tc\u3000d ｅ", "a b c d ｅ"),
        ("three. four, five.six", "three four five six"),
        ("covid19 10km", "covid 19 10 km"),
    ],
)
def test_what_stands_between_words_counts_for_nothing(text: str, same_as: str) -> None:
    assert words(text) == words(same_as)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a bc", "ab c"), ("abc", "acb"), ("ab", "aab"), ("12", "21"), ("1.5", "15"), ("1, 5", "1,5"), ("é", "e")],
)
def test_words_are_told_apart(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_numbers_are_masked() -> None:
    found = words_of("On 12 May 3.5 of 1,200 left, v2")
    assert (found.masked == 0).tolist() == [False, True, False, True, False, True, False, False, True]
    assert (found.told != 0).all()


def test_a_word_is_the_same_wherever_it_stands() -> None:
    found = words("harbour " * 2000)
    assert len(found) == 2000 and len(set(found)) == 1


@pytest.mark.parametrize(
    ("text", "script", "number"),
    [
        ("今天天气很好，我们去公园。", HAN, 11),
        ("東京で12日、Abc社が発表した。", HAN, 12),
        ("วันนี้อากาศดี 25 องศา", INDOCHINA, 18),
        ("오늘은 날씨가 좋다", SPACED, 3),
        ("Mostly English with 天气 in it and more words", SPACED, 9),
        ("", SPACED, 0),
        ("—…!", SPACED, 0),
    ],
)
def test_scripts_without_spaces_are_cut_by_characters(text: str, script: object, number: int) -> None:
    found = words_of(text)
    assert found.script is script
    assert len(found.told) == number


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("abZß.,-_ 019é–\n«x"), max_size=60))
def test_words_are_those_that_a_pattern_finds(text: str) -> None:
    """As a regular expression would cut it, for scripts with spaces."""
    plain = re.sub("[–«]", " ", text.casefold())
    expected: Sequence[str] = re.findall(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_]+", plain)
    assert words(text) == words(" ".join(expected))
    assert len(words(text)) == len(expected)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_words(text: str) -> None:
    found = words_of(text)
    assert len(found.told) == len(found.masked) <= len(text) * 3
