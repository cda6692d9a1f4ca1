"""Sketches: the same words give the same sketch whatever stands between them, and overlaps are read right."""

from __future__ import annotations

import random

import pytest

from pipelines.shingles import ALL, KEPT, POSTED, full_sketch, sketch
from pipelines.words import words_of
from storage.likeness import Sketch

WORDS = [f"w{chr(97 + a)}{chr(97 + b)}{chr(97 + c)}" for a in range(20) for b in range(20) for c in range(10)]


def text(seed: int, words: int) -> str:
    """Return a text of random words."""
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def values(found: Sketch) -> list[int]:
    """Return the kept values."""
    return [int.from_bytes(found.kept[place : place + 4], "little") for place in range(0, len(found.kept), 4)]


def test_white_space_quotes_case_and_punctuation_count_for_nothing() -> None:
    plain = text(1, 200)
    dressed = (
        "“" + plain.upper().replace(" WAAA", "\n\nWAAA").replace(" ", " — ", 30).replace(" ", ",\u00a0", 20) + "”…"
    )
    assert sketch("", dressed) == sketch("A headline that differs", plain)


def test_a_long_text_keeps_a_quarter_and_posts_a_sixteenth() -> None:
    found = sketch("", text(2, 6000))
    assert found is not None and found.bound == KEPT
    kept = values(found)
    assert kept == sorted(set(kept)) and kept[-1] < KEPT
    assert found.posted == sum(value < POSTED for value in kept)
    assert 0.9 < len(kept) / (found.shingles / 4) < 1.1
    assert 0.8 < found.posted / (found.shingles / 16) < 1.2


def test_a_short_text_keeps_all_and_posts_some() -> None:
    found = sketch("", text(3, 50))
    assert found is not None and found.bound == ALL
    assert len(values(found)) == found.shingles == 45 and found.posted >= 8


def test_a_text_of_middle_length_keeps_its_lowest() -> None:
    found, whole = sketch("", text(4, 120)), full_sketch(text(4, 120))
    assert found is not None and KEPT <= found.bound < ALL
    assert values(found) == [value for value in values(whole) if value < found.bound]


def test_postings_are_values_with_more_bits() -> None:
    found = sketch("", text(5, 900))
    assert found is not None
    assert [posting >> 3 for posting in found.postings] == values(found)[: found.posted]
    assert len({posting & 7 for posting in found.postings}) > 4
    assert max(found.postings) < 1 << 31


def test_a_caption_is_found_by_the_very_same_with_its_headline_alone() -> None:
    one = sketch("A headline", text(6, 20))
    assert one is not None and one.posted == one.shingles == 2
    assert one == sketch("a headline!", text(6, 20) + ".")
    assert one != sketch("Another headline", text(6, 20))
    assert one != sketch("A headline", text(6, 21))


@pytest.mark.parametrize("body", ["", "\n\n", "— … !"])
def test_a_text_without_words_has_no_sketch(body: str) -> None:
    assert sketch("A headline", body) is None


def test_numbers_are_masked_in_shingles_and_compared_apart() -> None:
    told = text(7, 60) + " temperature {} degrees wind {} knots " + text(8, 60)
    one, two = sketch("", told.format(12, 7)), sketch("", told.format(14, 7))
    assert one is not None and two is not None
    assert one.kept == two.kept and one.numbers != two.numbers
    assert sketch("", told.format("1,200", 7)) != sketch("", told.format("1,300", 7))


@pytest.mark.parametrize(
    ("body", "characters"),
    [
        ("今天天气很好我们去公园散步看花" * 9, True),
        ("วันนี้อากาศดีมากเราไปเดินเล่นในสวน" * 9, True),
        ("오늘은 날씨가 좋다 " * 20, False),
    ],
    ids=["zh", "th", "ko"],
)
def test_scripts_without_spaces_are_cut_by_characters(body: str, characters: bool) -> None:
    letters = sum(character != " " for character in body)
    assert (len(words_of(body).told) == letters) is characters


@pytest.mark.parametrize("seed", range(5))
def test_the_share_of_a_part_is_read_from_the_samples(seed: int) -> None:
    draw = random.Random(seed)
    whole = text(100 + seed, draw.randint(700, 3000)).split()
    part = whole[: int(len(whole) * draw.uniform(0.3, 0.9))]
    one, two = sketch("", " ".join(whole)), sketch("", " ".join(part))
    assert one is not None and two is not None
    bound = min(one.bound, two.bound)
    mine = {value for value in values(one) if value < bound}
    theirs = {value for value in values(two) if value < bound}
    assert len(mine & theirs) / len(theirs) > 0.97
    assert abs(len(mine & theirs) / len(mine) - len(part) / len(whole)) < 0.12
