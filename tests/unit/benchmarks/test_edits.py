"""The edits of the near-duplicate benchmark do what their names say: a wrong edit would measure something else."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from benchmarks.dedup import edits, forms
from benchmarks.dedup.edits import REPRINTS, brief, first_words, merge, paragraphs, roundup, sentences
from benchmarks.dedup.outlets import dress, new_headline, outlets


def text_of(name: str, number: int = 40) -> str:
    """Return a text of sentences that occur nowhere else, four to a paragraph."""
    told = [
        f"The {name} number {place} was counted {place} times by the {name} office before it went on to the next desk."
        for place in range(number)
    ]
    return "\n\n".join(" ".join(told[place : place + 4]) for place in range(0, number, 4))


TEXT = text_of("harbour")
OTHERS = [text_of(name) for name in ("forest", "railway", "market", "school")]


def flat(text: str) -> list[str]:
    return [sentence for parts in sentences(text) for sentence in parts]


def share_kept(text: str) -> float:
    """Return which share of the original's words stands in sentences that the text has."""
    own = set(flat(text))
    return sum(len(one.split()) for one in flat(TEXT) if one in own) / len(TEXT.split())


@pytest.mark.parametrize("name", sorted(REPRINTS))
def test_the_same_seed_gives_the_same_edit(name: str) -> None:
    first, second, third = (REPRINTS[name](TEXT, random.Random(seed), OTHERS) for seed in (1, 1, 2))
    assert first == second
    assert first != TEXT
    assert (first != third) is (name != "first 40%")


@pytest.mark.parametrize(
    ("name", "kept"), [("drop 30%", 0.7), ("drop 60%", 0.4), ("first 40%", 0.4), ("sentences 30%", 0.7)]
)
def test_so_much_of_the_text_is_left(name: str, kept: float) -> None:
    assert share_kept(REPRINTS[name](TEXT, random.Random(3), OTHERS)) == pytest.approx(kept, abs=0.03)


def test_a_drop_keeps_the_order() -> None:
    left = flat(REPRINTS["drop 60%"](TEXT, random.Random(3), OTHERS))
    places = [flat(TEXT).index(sentence) for sentence in left]
    assert places == sorted(places)


def test_a_cut_keeps_the_beginning() -> None:
    left = flat(REPRINTS["first 40%"](TEXT, random.Random(3), OTHERS))
    assert left == flat(TEXT)[: len(left)]


def test_reordering_keeps_everything() -> None:
    assert sorted(paragraphs(REPRINTS["reorder paragraphs"](TEXT, random.Random(3), OTHERS))) == sorted(
        paragraphs(TEXT)
    )
    assert sorted(flat(REPRINTS["reorder sentences"](TEXT, random.Random(3), OTHERS))) == sorted(flat(TEXT))


@pytest.mark.parametrize(("name", "share"), [("words 10%", 0.1), ("words 20%", 0.2)])
def test_words_are_replaced_where_they_stand(name: str, share: float) -> None:
    edited = REPRINTS[name](TEXT, random.Random(3), OTHERS).split()
    changed = sum(one != other for one, other in zip(edited, TEXT.split(), strict=True))
    assert share * 0.6 < changed / len(edited) <= share, "a drawn word may be the same"


def test_strange_sentences_come_from_other_texts() -> None:
    strange = set(flat(REPRINTS["sentences 30%"](TEXT, random.Random(3), OTHERS))) - set(flat(TEXT))
    assert strange
    assert strange <= {sentence for other in OTHERS for sentence in flat(other)}


@pytest.mark.parametrize("seed", range(6))
def test_a_merge_has_the_beginnings_of_both(seed: int) -> None:
    merged, share = merge(TEXT, OTHERS[0], random.Random(seed))
    mine = [one for one in flat(merged) if one in flat(TEXT)]
    theirs = [one for one in flat(merged) if one in flat(OTHERS[0])]
    assert mine == flat(TEXT)[: len(mine)]
    assert theirs == flat(OTHERS[0])[: len(theirs)]
    assert all(0.58 <= len(part) / 40 <= 1 for part in (mine, theirs))
    assert share == pytest.approx(len(mine) / (len(mine) + len(theirs)), abs=0.02)


def test_merges_are_woven_or_joined() -> None:
    turns = set()
    for seed in range(12):
        first = [sentence in flat(TEXT) for sentence in flat(merge(TEXT, OTHERS[0], random.Random(seed))[0])]
        turns.add(sum(one != other for one, other in pairwise(first)) > 1)
    assert turns == {True, False}


def test_a_roundup_has_the_beginning_of_each() -> None:
    told = roundup([TEXT, *OTHERS], random.Random(3))
    for text in (TEXT, *OTHERS):
        own = [one for one in flat(told) if one in flat(text)]
        assert own == flat(text)[: len(own)]
        assert 80 <= sum(len(one.split()) for one in own) <= 170


@pytest.mark.parametrize("seed", range(8))
def test_a_brief_is_one_place_of_sixty_to_eighty_words(seed: int) -> None:
    told = flat(brief(TEXT, random.Random(seed), ()))
    start = flat(TEXT).index(told[0])
    assert told == flat(TEXT)[start : start + len(told)]
    assert 60 <= sum(len(one.split()) for one in told) <= 90


def test_a_short_text_survives_every_edit() -> None:
    for edit in REPRINTS.values():
        assert edit("One sentence stands alone here.", random.Random(1), OTHERS).strip()
    assert first_words("", 10) == ""
    assert edits.drop(0.6)("", random.Random(1), OTHERS) == ""


def test_an_outlet_keeps_its_lines_and_the_text() -> None:
    outlet, other = outlets(random.Random(1), 2)
    headlines = [f"Headline {place}" for place in range(5)]
    first, second = (dress(TEXT, outlet, headlines, random.Random(seed)) for seed in (1, 2))
    assert set(paragraphs(TEXT)) < set(paragraphs(first))
    assert set(outlet.ends) < set(paragraphs(first)) & set(paragraphs(second))
    assert outlet.domain != other.domain
    assert set(new_headline("One two three four five", outlet, random.Random(1)).removeprefix(outlet.kicker).split()) <= {
        "One", "two", "three", "four", "five"
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(forms.FORMS))
def test_the_next_page_of_a_form_differs_in_one_number(name: str) -> None:
    draw = random.Random(1)
    lines = forms.FORMS[name](draw)
    words, others = forms.fill(lines).split(), forms.fill(forms.one_number_changed(lines, draw)).split()
    assert sum(one != other for one, other in zip(words, others, strict=True)) == 1
