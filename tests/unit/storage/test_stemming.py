"""Stems and labels are tokens that no word can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.searchtext import words
from storage.stemming import SECTION, STEMMERS, TAG, is_form, label_token, label_tokens, mark, stem_tokens, stems_of


def test_a_stem_begins_with_the_mark_of_its_language() -> None:
    assert stem_tokens("Elections, ELECTION elected 12 an", "en") == [f"{mark('en')}elect"]
    assert stem_tokens("Elections", None) == stem_tokens("Elections", "xx") == []
    assert stem_tokens("Häuser", "de") == [f"{mark('de')}haus"]
    assert stems_of("elections", ["en", "xx", "de"]) == (f"{mark('en')}elect", f"{mark('de')}election")
    assert len({mark(language) for language in STEMMERS}) == len(STEMMERS)


def test_forms_are_recognised_by_the_language_of_their_article() -> None:
    stems = stems_of("elections", ["en"])
    assert is_form("Electing", stems, "en")
    assert not is_form("Electing", stems, "de") and not is_form("ferry", stems, "en")


@pytest.mark.parametrize("label", ["Climate Change", "CLIMATE  change", "climate-change", "Clímate/Change!"])
def test_labels_are_compared_without_case_marks_and_punctuation(label: str) -> None:
    assert label_token(TAG, label) == label_token(TAG, "climate change")
    assert label_token(TAG, label) not in (label_token(TAG, "climatechange"), label_token(SECTION, label))


def test_labels_of_an_article_are_listed_once() -> None:
    assert label_tokens(None, ()) == label_tokens("?!", ("", "…")) == []
    assert len(label_tokens("World", ("World", "WORLD", "Asia"))) == 3


@given(st.text(max_size=200), st.sampled_from(sorted(STEMMERS)))
def test_no_text_makes_a_token_that_another_text_could_type(text: str, language: str) -> None:
    for token in (*stem_tokens(text, language), *label_tokens(text, (text,))):
        assert "\ue000" <= token[0] <= "\uf8ff" and token not in words(text)
        assert not set(token) & set("\"' :\\()*&|!<>\0") and len(token) <= 101
