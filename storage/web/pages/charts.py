"""Charts as shapes in a box, for templates to draw as SVG. Pure: numbers in, coordinates out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

HEIGHT, TALL = 130, 190
BOTTOM, TOP = 20, 16
MOST_TICKS = 6
STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
COLOURS = 8
"""Kinds of lines that the style knows, k0 … k7."""
MOST_DOTS = 62
SPARK_WIDTH, SPARK_HEIGHT = 90, 20


@dataclass(frozen=True, slots=True)
class Value:
    """A bar to be drawn: the time that it begins, its value, what it is called, and where it leads."""

    at: datetime
    value: float
    title: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in the box; the whole height above its place belongs to it (`slot`), so that it can be hit."""

    x: float
    y: float
    width: float
    height: float
    slot: float
    slot_width: float
    title: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars with axes. Across, all is in percent, so that letters keep their size; up, in pixels."""

    height: int
    floor: int
    bars: tuple[Bar, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the points of a polyline, with dots where single values would be lost."""

    name: str
    points: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines with axes; measured as a BarChart."""

    height: int
    floor: int
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def bar_chart(values: Sequence[Value], *, by: str = "day", height: int = HEIGHT) -> BarChart:
    """Return bars side by side, the first at the left."""
    top = _round_up(max((one.value for one in values), default=0))
    slot = 100 / max(len(values), 1)
    floor = height - BOTTOM
    bars = []
    for place, one in enumerate(values):
        tall = max(round(one.value / top * (floor - TOP), 2), 1.5) if one.value else 0.0
        x = place * slot
        bars.append(Bar(round(x + slot * 0.06, 3), round(floor - tall, 2), round(slot * 0.88, 3), tall, round(x, 3),
                        round(slot, 3), one.title, one.href))  # fmt: skip
    ticks = _across([one.at for one in values], by, slot)
    return BarChart(height, floor, tuple(bars), ticks, _up(top, floor))


def line_chart(
    starts: Sequence[datetime],
    series: Sequence[tuple[str, Sequence[float]]],
    *,
    by: str = "day",
    height: int = TALL,
    is_share: bool = False,
) -> LineChart:
    """Return a line for each series; a value belongs to the time in its place."""
    top = _round_up(max((value for _, values in series for value in values), default=0), whole=not is_share)
    slot = 100 / max(len(starts), 1)
    floor = height - BOTTOM
    lines = []
    for name, values in series:
        at = [
            (round((place + 0.5) * slot, 3), round(floor - value / top * (floor - TOP), 2))
            for place, value in enumerate(values)
        ]
        dots = [point for point, value in zip(at, values, strict=True) if value] if len(at) <= MOST_DOTS else []
        lines.append(Line(name, " ".join(f"{x},{y}" for x, y in at), tuple(dots)))
    ticks = _across(starts, by, slot)
    return LineChart(height, floor, tuple(lines), ticks, _up(top, floor, is_share=is_share))


def spark(values: Sequence[float], width: int = SPARK_WIDTH, height: int = SPARK_HEIGHT) -> str:
    """Return small bars as one path; "" when there is nothing to be seen."""
    top = max(values, default=0)
    if not top:
        return ""
    slot = width / len(values)
    path = []
    for place, value in enumerate(values):
        if value:
            tall = max(value / top * height, 1)
            path.append(f"M{place * slot:.1f} {height}v-{tall:.1f}h{max(slot - 0.6, 0.6):.1f}v{tall:.1f}z")
    return "".join(path)


def places(times: Sequence[datetime]) -> list[float]:
    """Return where times lie on a line from the earliest to the latest, in percent of the width."""
    first, last = min(times), max(times)
    length = (last - first).total_seconds() or 1.0
    return [round(1 + (one - first).total_seconds() / length * 98, 2) for one in times]


def parts(counts: Sequence[tuple[str, int]], width: int = 120) -> list[tuple[str, float, float]]:
    """Return (name, start, length) of counts laid end to end over a width."""
    total = sum(number for _, number in counts) or 1
    found, start = [], 0.0
    for name, number in counts:
        length = number / total * width
        found.append((name, round(start, 2), round(length, 2)))
        start += length
    return found


def _round_up(value: float, *, whole: bool = True) -> float:
    """Return the next number above that is easy to read."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    found = next(step * power for step in STEPS if step * power >= value - 1e-12)
    return max(float(round(found + 0.4)), 1.0) if whole else found


def _up(top: float, floor: int, *, is_share: bool = False) -> tuple[Tick, ...]:
    parts = (0.0, 0.5, 1.0) if is_share or (top >= 2 and top % 2 == 0) else (0.0, 1.0)
    ticks = (
        Tick(round(floor - part * (floor - TOP), 2), _short(part * top, is_share) if part else "") for part in parts
    )
    return tuple(ticks)


def _short(value: float, is_share: bool) -> str:
    if is_share:
        return f"{value * 100:.3g}%"
    if value >= 1_000_000:
        return f"{value / 1_000_000:.3g}M"
    return f"{value / 1000:.3g}k" if value >= 1000 else f"{value:g}"


def _across(starts: Sequence[datetime], by: str, slot: float) -> tuple[Tick, ...]:
    """Return a few marks along the time axis, each under the middle of its bar."""
    every = max(1, -(-len(starts) // MOST_TICKS))
    chosen = range(every // 2, len(starts), every)
    return tuple(Tick(round((place + 0.5) * slot, 2), _label(starts[place], by)) for place in chosen)


def _label(at: datetime, by: str) -> str:
    if by == "hour":
        return f"{at.day} {at:%b %H}h"
    if by == "month":
        return f"{at:%b %Y}"
    return f"{at.day} {at:%b}"
