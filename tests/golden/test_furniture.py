"""An article loses the boxes in and around it, with no class that says what they are, and nothing else."""

from __future__ import annotations

import pytest

from tests.golden.known import known, verdict
from tests.golden.matrix import BOX_CASES, box_failures


@pytest.mark.parametrize("case", BOX_CASES)
def test_the_box_goes_and_the_text_stays(case: str) -> None:
    message = verdict(box_failures(case), known("furniture").get(case, ()))
    assert not message, f"{case}\n{message}"


def test_no_known_failure_is_of_a_case_that_is_gone() -> None:
    assert set(known("furniture")) <= set(BOX_CASES)
