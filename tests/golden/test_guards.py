"""What looks like a page's furniture and is text stays in the text."""

from __future__ import annotations

import pytest

from tests.golden.guards import MARKUPS, lost_lines, lost_sentences, sentences
from tests.golden.known import known, verdict


@pytest.mark.parametrize("code", sentences())
def test_a_sentence_that_begins_like_furniture_stays(code: str) -> None:
    message = verdict(lost_sentences(code), known("sentence").get(code, ()))
    assert not message, message


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_text_around_stays_whole(markup: str) -> None:
    message = verdict(lost_lines(markup), known("guard").get(markup, ()))
    assert not message, message
