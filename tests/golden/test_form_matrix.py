"""An article loses the comment form right after it and nothing else: in any markup, place and language."""

from __future__ import annotations

import pytest

from tests.golden.forms import MARKUPS
from tests.golden.known import known, verdict
from tests.golden.matrix import CASES, failures, stories


@pytest.mark.parametrize("case", CASES)
def test_the_form_goes_and_the_text_stays(case: str) -> None:
    message = verdict(failures(case), known("matrix").get(case, ()))
    assert not message, f"{case}\n{message}"


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(MARKUPS) >= 12
    assert sum(not story.unseen for story in stories().values()) >= 20
    assert sum(story.unseen for story in stories().values()) >= 7


def test_no_known_failure_is_of_a_case_that_is_gone() -> None:
    assert set(known("matrix")) <= set(CASES)
