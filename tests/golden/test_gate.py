"""The quality gate: figures on the golden pages do not fall below floors.toml, and known.toml only gets shorter."""

from __future__ import annotations

import json
import re
import tomllib
import warnings
from pathlib import Path

import lxml.html
import pytest

from tests.golden import gate
from tests.golden.known import HINT, known, verdict

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))
CLEAR = 0.005
"""A figure that is so much above its floor should raise it."""
MOST_SHOWN = 6


@pytest.mark.parametrize("group", FLOORS)
def test_no_figure_falls_below_its_floor(group: str) -> None:
    found, floors = gate.figures()[group], FLOORS[group]
    assert set(found) == set(floors), "a figure without a floor, or the other way round"
    below = [f"{name}: {value:.4f} < {floors[name]}" for name, value in found.items() if value < floors[name] - 1e-9]
    assert not below, f"{', '.join(below)}\n{_worst(group)}"
    above = [f"{name} {value:.4f}" for name, value in found.items() if value > floors[name] + CLEAR]
    if above:
        warnings.warn(f"{group}: {', '.join(above)} are above their floors. {HINT}", stacklevel=1)


def _worst(group: str) -> str:
    """Return what is wrong on the worst pages."""
    results = gate.articles()
    if group == "fields":
        return "\n".join(f"  {result.name}: {result.wrong}" for result in results if result.wrong)
    worst = sorted(results, key=lambda result: result.f1)[:MOST_SHOWN]
    split = [result.name for result in results if not all(result.headings)]
    return "\n".join([*(result.diff() for result in worst), f"  headings lost on: {', '.join(split) or 'no page'}"])


@pytest.mark.parametrize("name", gate.NAMES)
def test_a_page_has_its_fate_and_none_of_its_furniture(name: str) -> None:
    fate = verdict(gate.wrong_drop(name), known("drop").get(name, ()))
    leaks = verdict(gate.leaks(name), known("leak").get(name, ()))
    assert not fate and not leaks, f"{fate}\n{leaks}\n{gate.measure(name).diff()}"


@pytest.mark.parametrize("name", gate.NAMES)
def test_the_truth_is_on_the_page(name: str) -> None:
    truth = json.loads((gate.PAGES / f"{name}.json").read_text("utf-8"))
    markup = (gate.PAGES / f"{name}.html").read_bytes()
    text = _solid(lxml.html.fromstring(markup).text_content())
    assert 6_000 < len(markup) < 45_000
    assert [line for line in truth.get("body", ()) if any(_solid(cell) not in text for cell in line.split(" · "))] == []
    assert [line for line in truth.get("absent", ()) if any(line in kept for kept in truth["body"])] == []
    assert set(truth.get("headings", ())) <= set(truth.get("body", ()))


def test_the_pages_are_as_many_as_promised() -> None:
    results = gate.articles()
    assert len(gate.NAMES) >= 45
    assert len({result.truth["language"] for result in results}) >= 25
    assert {result.truth["kind"] for result in results} == {"article", "live", "video", "gallery"}
    assert {result.truth["access"] for result in results} == {"free", "metered", "paywalled"}


def test_no_known_failure_is_of_a_page_that_is_gone() -> None:
    assert {*known("drop"), *known("leak")} <= set(gate.NAMES)


def _solid(text: str) -> str:
    return re.sub(r"\s+", "", text)
