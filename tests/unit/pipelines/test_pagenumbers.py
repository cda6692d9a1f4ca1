"""What a part of an address looks like: an article's title, or a section's name."""

from __future__ import annotations

import pytest

from pipelines.pagenumbers import is_title


@pytest.mark.parametrize(
    ("segment", "title"),
    [
        ("ferry-runs-again", True),
        ("ferry_runs_again", True),
        ("ferry-runs_again.html", True),
        ("--a-b-c", True),
        ("story12345", True),
        ("%D0%9F%D0%B0%D1%80%D0%BE%D0%BC", True),
        ("%C3%A9-%C3%A9", True),
        ("ferry-runs", False),
        ("ferry--runs--again", False),
        ("-ferry-runs-", False),
        ("story1234", False),
        ("%C3%A9%C3", False),
        ("", False),
    ],
)
def test_is_title(segment: str, title: bool) -> None:
    assert is_title(segment) is title


@pytest.mark.parametrize("part", ["a", "-", "%C3", "a-", "a--"])
def test_a_long_part_of_a_path_comes_to_an_end(part: str) -> None:
    segment = part * (1_000_000 // len(part))
    assert is_title(segment) is (part in ("a-", "%C3"))
