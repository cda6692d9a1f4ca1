"""Folding gives the same words for a text however it is written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.fulltext import LAST_POSITION, TSVECTOR_BYTES, TSVECTOR_POSITIONS, tsvector
from storage.searchtext import LONGEST_WORD, fold, index_text, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Der Zug fährt nach KÖLN", ["der", "zug", "fahrt", "nach", "koln"]),
        ("Straße Łódź Ærø", ["strasse", "lodz", "aero"]),
        ("İstanbul ışık", ["istanbul", "isik"]),
        ("Ёлка и йод", ["елка", "и", "иод"]),
        ("ΚΥΒΈΡΝΗΣΗΣ", ["κυβερνησησ"]),
        ("القاهِرَة أحمد", ["القاهره", "احمد"]),
        ("ガス と がす", ["ガ", "ス", "と", "が", "す"]),
        ("서울에서", ["서", "울", "에", "서"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("don't l’État", ["don", "t", "l", "etat"]),
        ("foo_bar-baz 3.14 x² Foo™", ["foo", "bar", "baz", "3", "14", "x", "foo"]),
        ("Donau\u00addampf ﬁn №7", ["donaudampf", "fin", "no", "7"]),
        ("١٢٣ ۴۵۶", ["123", "456"]),
        ("!?… — 🙂", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_words_hold_no_syntax_and_stay_as_they_are(text: str) -> None:
    found = words(text)
    assert all(0 < len(word) <= LONGEST_WORD and not set(word) & set("'\"\\:*() \0") for word in found)
    assert words(index_text(text)) == found


@given(st.text())
def test_composed_and_decomposed_texts_are_alike(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


def test_fold_keeps_marks_that_make_another_letter() -> None:
    assert fold("ガ") != fold("カ") and fold("é") == fold("E") == "e"


def test_a_tsvector_stays_within_what_postgresql_takes() -> None:
    text = tsvector([(["the"] * 20_000, "A"), ([f"w{number}" for number in range(300_000)], "D")])
    assert len(text) < 2 * TSVECTOR_BYTES
    places = text.split(" ")[0].partition(":")[2].split(",")
    assert len(places) == TSVECTOR_POSITIONS
    assert tsvector([(["a", "b"], "A"), (["a"], "D")]) == "a:1A,11D b:2A"
    assert f":{LAST_POSITION}D" in text
