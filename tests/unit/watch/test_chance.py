"""Tails: exact where it can be counted by hand, and wider where days differ."""

from __future__ import annotations

from math import exp

import pytest

from crawler.watch.chance import STEADIEST, WILDEST, at_least, at_most, concentration, log_none

STEADY = [(18, 20)] * 20
WILD = [(20, 20), (10, 20)] * 10


def test_a_share_that_varies_from_day_to_day_makes_a_bad_day_likelier() -> None:
    assert concentration(STEADY) == STEADIEST
    assert WILDEST <= concentration(WILD) < 10
    assert at_most(8, 20, [(15, 20)] * 20) < 0.01 < at_most(8, 20, WILD)


def test_tails_are_probabilities() -> None:
    assert at_most(20, 20, STEADY) == pytest.approx(1.0)
    assert at_least(0, 20, STEADY) == pytest.approx(1.0)
    assert at_most(5, 20, STEADY) + at_least(6, 20, STEADY) == pytest.approx(1.0)
    assert at_most(500, 1000, STEADY) == pytest.approx(at_most(100, 200, STEADY))


def test_nothing_where_one_is_the_mean() -> None:
    assert exp(log_none(1.0, 1e6)) == pytest.approx(exp(-1.0), rel=1e-3)
    assert exp(log_none(1.0, 1.0)) == pytest.approx(0.5)
