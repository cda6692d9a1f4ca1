"""What counts as right and wrong in the near-duplicate benchmark."""

from __future__ import annotations

from benchmarks.dedup.cases import Told
from benchmarks.dedup.scores import Outcome, judge, stories_of


def told(name: str, operation: str, tells: int | None = None, **more: object) -> Told:
    return Told(name, operation, "a.example", name, "word " * 400, tells, **more)  # type: ignore[arg-type]


ONE, OTHER = told("o1", "original", 1), told("o2", "original", 2)
CUT = told("c1", "drop 30%", 1)
MERGE = told("m", "merge", parts=frozenset({1, 2}))


def test_reprints_of_one_text_belong_together() -> None:
    assert judge(ONE, CUT) is True
    assert judge(OTHER, CUT) is False
    assert judge(MERGE, ONE) is False


def test_a_merge_that_is_mostly_one_text_may_be_either() -> None:
    mostly = told("m", "merge", parts=frozenset({1, 2}), mostly=1)
    assert judge(mostly, ONE) is None
    assert judge(CUT, mostly) is None
    assert judge(mostly, OTHER) is False


def test_precision_counts_wrong_pairs_and_recall_missed_ones() -> None:
    outcome = Outcome()
    texts = [ONE, OTHER, CUT, told("c2", "drop 30%", 2), MERGE]
    uniting = {(0, 2), (0, 1), (0, 4)}
    outcome.add(texts, uniting, uniting | {(1, 4)}, stories_of(5, uniting))
    assert (outcome.reprints.precision, outcome.reprints.recall) == (1 / 3, 1 / 2)
    assert outcome.operations["drop 30%"].precision == 1.0
    assert outcome.links["merge"].recall == 1.0
    assert (outcome.united["merge"], outcome.known["merge"], outcome.bridged["merge"]) == (1, 1, 1)
    assert outcome.told_in_story == {True: 1, False: 1}
    assert outcome.in_story == {True: 1, False: 5}


def test_joined_pairs_make_stories() -> None:
    found = stories_of(5, [(0, 1), (3, 1)])
    assert found[0] == found[1] == found[3]
    assert found[2] is None
    assert found[4] is None
