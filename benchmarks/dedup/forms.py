"""Pages that look alike and tell different things: filled-in forms, captions, and a group's common notes."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.dedup.edits import joined

_PLACES = ("Aldmouth", "Berrow", "Carnley", "Dunwick", "Eastharbour", "Fenbridge", "Gorsey", "Hallowby")
_TEAMS = ("Rovers", "United", "Athletic", "Wanderers", "Albion", "Rangers", "Town", "City")
Form = Callable[[random.Random], list[tuple[str, list[int]]]]
"""Gives the lines of a form, each with the numbers that it is filled in with."""


def weather(draw: random.Random) -> list[tuple[str, list[int]]]:
    """A forecast for eight places."""
    lines: list[tuple[str, list[int]]] = [
        ("The outlook for the district as issued by the weather office this morning at {} hours.", [6]),
        ("High pressure stays over the area and keeps most of the rain to the north until the evening.", []),
    ]
    lines += [
        (
            f"{place}: sunny spells with a light breeze from the west, a high of {{}} degrees, a low of {{}} degrees "
            "and a chance of rain of {} percent in the afternoon.",
            [draw.randint(12, 33), draw.randint(1, 11), draw.randint(0, 95)],
        )
        for place in _PLACES
    ]
    sun = "Sunrise is at 6:{} and sunset at 20:{}; the pollen count is moderate for grass and low for trees."
    return [*lines, (sun, [draw.randint(10, 59), draw.randint(10, 59)])]


def markets(draw: random.Random) -> list[tuple[str, list[int]]]:
    """The close of a stock exchange."""
    lines: list[tuple[str, list[int]]] = [
        ("Shares closed mixed on light volume as investors waited for the central bank of the district.", []),
        (
            "The leading index ended the session at {} points, a change of {} basis points on the day.",
            [draw.randint(3000, 9999), draw.randint(1, 200)],
        ),
    ]
    lines += [
        (
            f"{place} Holdings closed at {{}} cents after trading between {{}} and {{}} cents, with {{}} thousand "
            "shares changing hands.",
            [draw.randint(100, 900), draw.randint(50, 99), draw.randint(901, 999), draw.randint(10, 999)],
        )
        for place in _PLACES
    ]
    goods = "Gold traded at {} an ounce and crude oil at {} a barrel in late dealings in the district."
    return [*lines, (goods, [draw.randint(1500, 2500), draw.randint(50, 120)])]


def lottery(draw: random.Random) -> list[tuple[str, list[int]]]:
    """The numbers of a draw."""
    numbers = draw.sample(range(1, 50), 7)
    return [
        ("The winning numbers in the district lottery were drawn last night in front of an audience in Carnley.", []),
        ("The numbers are {}, {}, {}, {}, {} and {}, and the bonus ball is {}.", numbers),
        (
            "Players who matched all six numbers share a jackpot of {} thousand, the organisers said after the draw.",
            [draw.randint(200, 9000)],
        ),
        (
            "A further {} tickets matched five numbers and win a prize of {} each, while {} tickets matched four.",
            [draw.randint(1, 90), draw.randint(200, 900), draw.randint(100, 999)],
        ),
        ("Winners have six months to claim their prizes at any shop with the ticket and a proof of identity.", []),
        (
            "The next draw takes place on Saturday evening, when the jackpot is expected to reach {} thousand.",
            [draw.randint(200, 9000)],
        ),
    ]


def table(draw: random.Random) -> list[tuple[str, list[int]]]:
    """A league table after a round of matches."""
    played = draw.randint(5, 30)
    lines: list[tuple[str, list[int]]] = [("This is how the district league stands after round {}.", [played])]
    for place, team in zip(_PLACES, _TEAMS, strict=True):
        won = draw.randint(0, played)
        drawn = draw.randint(0, played - won)
        numbers = [played, won, drawn, played - won - drawn, draw.randint(5, 60), draw.randint(5, 60), 3 * won + drawn]
        line = f"{place} {team}: played {{}}, won {{}}, drawn {{}}, lost {{}}, goals {{}} to {{}}, points {{}}."
        lines.append((line, numbers))
    return [*lines, ("The next round is played on Saturday, with all matches starting at three in the afternoon.", [])]


FORMS: dict[str, Form] = {"weather": weather, "markets": markets, "lottery": lottery, "table": table}


def fill(lines: list[tuple[str, list[int]]]) -> str:
    """Return a form's text."""
    return joined([line.format(*numbers) for line, numbers in lines])


def one_number_changed(lines: list[tuple[str, list[int]]], draw: random.Random) -> list[tuple[str, list[int]]]:
    """Return the same page of another day: a single number is not what it was."""
    row = draw.choice([place for place, (_, numbers) in enumerate(lines) if numbers])
    line, numbers = lines[row]
    column = draw.randrange(len(numbers))
    changed = [number + draw.randint(1, 9) if place == column else number for place, number in enumerate(numbers)]
    return [*lines[:row], (line, changed), *lines[row + 1 :]]


GROUP_NOTE = (
    "This report is part of a joint project of nine regional newspapers that look together at how decisions of the "
    "assembly change everyday life in the valleys, and whether what was promised before the vote has been kept.",
    "The project is supported by a foundation that has no say in what is written, and all data behind it can be "
    "downloaded free of charge, checked and used by other newsrooms under the same terms as the texts themselves.",
    "Readers who have seen something in their own town that the team should look at can write to the editors of any "
    "of the nine papers; messages are read by two people and are never handed on without the writer's consent.",
)
CREDIT = "Photo: {name} / Harbour Press Pictures, all rights reserved, no use without a licence"
