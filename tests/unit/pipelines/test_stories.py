"""What two texts have to do with each other, as their sketches and their words tell."""

from __future__ import annotations

import random

import pytest

from pipelines.shingles import sketch
from pipelines.stories import compare, compare_texts, part_of
from storage.likeness import Circumstances, Kinship
from tests.unit.pipelines.test_shingles import WORDS, text

APART = Circumstances(same_outlet=False, strict=False)
TOGETHER = Circumstances(same_outlet=True, strict=False)
STRICT = Circumstances(same_outlet=False, strict=True)
BASE = text(1, 600)


def with_words_changed(share: float) -> str:
    """Return the text with so many of its words replaced."""
    draw = random.Random(9)
    return " ".join("x" + draw.choice(WORDS) if draw.random() < share else word for word in BASE.split())


def cut(first: int, last: int, more: int = 0) -> str:
    """Return words of the text, and others behind."""
    return " ".join([*BASE.split()[first:last], *text(2, more).split()])


CASES = [
    ("itself", BASE, Kinship.SAME_TEXT),
    ("another", text(3, 600), None),
    ("a line added", BASE + " " + text(4, 40), Kinship.SAME_TEXT),
    ("cut to 40 %", cut(0, 240), Kinship.REPRINT),
    ("cut to 40 %, at the end", cut(360, 600), Kinship.REPRINT),
    ("a fifth of the words changed", with_words_changed(0.2), Kinship.REPRINT),
    ("a tenth of the words changed", with_words_changed(0.1), Kinship.REPRINT),
    ("parts in another order", " ".join([cut(300, 600), cut(0, 300)]), Kinship.SAME_TEXT),
    ("grown to double its length", BASE + " " + text(5, 600), Kinship.REPRINT),
    ("half of it in a text of that length", cut(0, 290, 310), Kinship.CONTAINS),
    ("a fifth of it", cut(100, 220), Kinship.EXCERPT),
    ("a fifth of it in a long text", cut(100, 220, 900), Kinship.OVERLAP),
    ("thirty words of it", cut(100, 130, 900), None),
]


@pytest.mark.parametrize(("other", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_texts_are_told_apart(other: str, expected: Kinship | None) -> None:
    exact = compare_texts(other, BASE, APART)
    found = exact.kinship
    if expected is Kinship.CONTAINS:  # as much of one as of the other: either word is right
        assert found in (Kinship.CONTAINS, Kinship.EXCERPT)
    else:
        assert found is expected
    one, two = sketch("", other), sketch("", BASE)
    assert one is not None and two is not None
    near = compare(one, two, APART)
    if near.is_sure:
        unites = [kinship is not None and kinship.unites for kinship in (near.kinship, found)]
        assert near.kinship is found or unites == [True, True] or near.kinship is Kinship.OVERLAP


def test_a_relation_is_the_same_from_both_sides() -> None:
    for _, other, _ in CASES:
        one, two = compare_texts(other, BASE, APART), compare_texts(BASE, other, APART)
        assert (one.share, one.other_share) == (two.other_share, two.share)
        if one.kinship is not None and one.share != one.other_share:
            assert two.kinship is one.kinship.turned


def test_captions_and_live_coverage_unite_as_the_same_text_alone() -> None:
    assert compare_texts(BASE, BASE, STRICT).kinship is Kinship.SAME_TEXT
    for other in (cut(0, 240), with_words_changed(0.2)):
        found = compare_texts(other, BASE, STRICT).kinship
        assert found is None or not found.unites


def form(*numbers: int) -> str:
    """Return a report in a fixed form of some 140 words."""
    parts = [text(20 + place, 28) + f" reached {number} points" for place, number in enumerate(numbers)]
    return " ".join(parts)


@pytest.mark.parametrize(
    ("other", "given", "expected"),
    [
        (form(1, 2, 3, 4, 5), APART, Kinship.SAME_TEXT),
        (form(6, 7, 8, 9, 10), APART, Kinship.SERIES),
        (form(6, 7, 8, 9, 10), TOGETHER, Kinship.SERIES),
        (form(1, 2, 3, 4, 9), APART, Kinship.SAME_TEXT),
        (form(1, 2, 3, 4, 9), TOGETHER, Kinship.SERIES),
        (form(2, 1, 3, 4, 5), TOGETHER, Kinship.SERIES),
    ],
    ids=["same", "all, elsewhere", "all, there", "one, elsewhere", "one, there", "two in turn"],
)
def test_numbers_tell_a_series_from_a_story(other: str, given: Circumstances, expected: Kinship) -> None:
    assert compare_texts(form(1, 2, 3, 4, 5), other, given).kinship is expected


def test_a_cut_report_is_no_series() -> None:
    whole = form(1, 2, 3, 4, 5) + " " + text(40, 100)
    assert compare_texts(form(1, 2, 3), whole, APART).kinship is Kinship.REPRINT


def test_the_part_that_three_texts_share() -> None:
    one, two = sketch("", cut(0, 300, 300)), sketch("", cut(0, 300))
    apart, within = sketch("", text(2, 300)), sketch("", cut(0, 200))
    assert one is not None and two is not None and apart is not None and within is not None
    assert part_of(one, two, apart) < 0.05
    assert part_of(one, two, two) == 1.0
    assert 0.5 < part_of(one, two, within) < 0.8
