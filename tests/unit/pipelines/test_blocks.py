"""What a block is, and the table of the rule that learns boilerplate."""

from __future__ import annotations

import pytest

from pipelines.blocks import are_related, is_boilerplate, normalise, read_block
from storage.blocks import Tally


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("Sign up for our newsletter!", "sign up, for OUR “newsletter”"),
        ("Published on 3 March at 9:05", "Published on 12 March at 10:45"),
        ("Straße  des\tFriedens", "STRASSE DES FRIEDENS"),
        ("Ｆｕｌｌ width", "full width"),
        ("ニュースレターに登録する。", "ニュースレターに登録する"),
    ],
)
def test_lines_that_are_one_block(line: str, other: str) -> None:
    assert normalise(line) == normalise(other)
    assert read_block(line).hash == read_block(other).hash


def test_what_is_no_block() -> None:
    for line in ("", "— * —", "…", "x" * 2_001):
        assert read_block(line).hash == 0
    assert read_block("Published on 3 March").digits != read_block("Published on 4 March").digits
    assert read_block("No number").digits == 0


def test_words_of_scripts_without_spaces_count() -> None:
    assert read_block("この記事は会員向けに配信されたものであり、無断転載を禁じます。").words >= 8
    assert read_block("続きを読む").words < 8
    assert read_block("Read the whole story in the printed edition").words == 8


def tally(words: int, stories: int, **more: int) -> Tally:
    """Return a tally: every story apart, in the middle of the texts, unless told otherwise."""
    return Tally(words=words, stories=stories, **{"apart": stories, "at_top": 0, "at_end": 0, "varied": 0} | more)


@pytest.mark.parametrize(
    ("counted", "stories", "expected"),
    [
        (tally(8, 3, at_end=3), 100, True),
        (tally(8, 3, at_end=2), 100, True),
        (tally(8, 2, at_end=2), 100, False),
        (tally(7, 3, at_end=3), 100, False),
        (tally(20, 4), 100, False),
        (tally(20, 5), 100, True),
        (tally(20, 8, apart=2, at_end=8), 1000, False),
        (tally(20, 6, at_top=6), 100, False),
        (tally(20, 12, at_top=12), 100, True),
        (tally(20, 3, apart=1), 3, True),
        (tally(20, 3, apart=1), 20, False),
        (tally(20, 12, apart=1), 100, True),
        (tally(20, 9, at_end=9, varied=8), 100, False),
        (tally(20, 12, at_end=12, varied=8), 100, True),
        (tally(20, 9, at_end=9, varied=1), 100, True),
        (tally(3, 10, at_end=10), 100, True),
        (tally(3, 9, at_end=9), 100, False),
        (tally(3, 10, at_end=10), 501, False),
        (tally(3, 10, at_end=6), 100, False),
        (tally(3, 50), 100, False),
        (tally(3, 20, at_top=20), 100, False),
        (tally(3, 30, at_top=28), 100, True),
    ],
)
def test_the_rule(counted: Tally, stories: int, expected: bool) -> None:
    assert is_boilerplate(counted, stories) is expected


def test_texts_about_one_matter_are_told_from_others() -> None:
    headline, body = "Harbour bridge closed after cracks", "Engineers found cracks in the harbour bridge's piers."
    assert are_related(headline, body, "The bridge at the harbour stays closed, the council said.")
    assert not are_related(headline, body, "The museum shows paintings of the northern school from Sunday onwards.")
