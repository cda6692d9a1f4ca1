"""Every pair of colours that stand on each other has the contrast that WCAG 2.2 AA asks for, in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import storage.web

CSS = (Path(storage.web.__file__).parent / "static" / "newsdesk.css").read_text("utf-8")
TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("paper", "surface", "note")
LETTERS = [(ink, ground) for ink in ("ink", "soft", "accent", "good", "warn", "bad") for ground in GROUNDS]
LETTERS += [("on-accent", "accent"), ("ink", "mark"), ("ink", "added"), ("ink", "removed"), ("bad", "removed")]
LETTERS += [("soft", "added"), ("soft", "removed")]
SHAPES = [(f"c{number}", ground) for number in range(8) for ground in ("paper", "surface")]
SHAPES += [("edge", "paper"), ("edge", "surface"), ("accent", "note"), ("c0", "note"), ("c1", "note")]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT = colours(CSS.partition("@media")[0])
DARK = LIGHT | colours(CSS.partition("@media (prefers-color-scheme: dark)")[2].partition("}\n}")[0])


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_and_shapes_can_be_told_from_what_they_stand_on(scheme: dict[str, str]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    pairs = [(pair, TEXT) for pair in LETTERS] + [(pair, SHAPE) for pair in SHAPES]
    found = {pair: round(contrast(scheme[pair[0]], scheme[pair[1]]), 2) for pair, _ in pairs}
    assert {pair: found[pair] for pair, least in pairs if found[pair] < least} == {}


def test_no_colour_stands_outside_of_the_two_schemes() -> None:
    assert set(LIGHT) == set(DARK) and len(LIGHT) > 20 and LIGHT["paper"] != DARK["paper"]
    rules = CSS.partition("}\n}\n")[2]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == []
