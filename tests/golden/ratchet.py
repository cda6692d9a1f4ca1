"""`python -m tests.golden.ratchet`: take mended failures off known.toml and raise floors.toml; never the other way."""

from __future__ import annotations

import json
import math
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.golden import gate, guards
from tests.golden.known import FILE, known
from tests.golden.matrix import BOX_CASES, CASES, box_failures, failures

KNOWN = """# What extraction does not manage yet. The tests fail for what is not on this list, and for what is on it and works:
# it only gets shorter. Take mended lines off with `.venv/bin/python -m tests.golden.ratchet`.
"""
FLOORS = """# What extraction reaches on the golden pages. The tests fail for a figure below its floor; floors only rise.
# Raise them with `.venv/bin/python -m tests.golden.ratchet`.
"""
FLOOR_FILE = Path(__file__).parent / "floors.toml"
KINDS: dict[str, tuple[Iterable[str], Callable[[str], Mapping[str, str]]]] = {
    "matrix": (CASES, failures),
    "furniture": (BOX_CASES, box_failures),
    "sentence": (guards.sentences(), guards.lost_sentences),
    "guard": (guards.MARKUPS, guards.lost_lines),
    "drop": (gate.NAMES, gate.wrong_drop),
    "leak": (gate.NAMES, gate.leaks),
}


def write_known(grow: bool) -> int:
    """Write known.toml and return how many failures are on it."""
    parts, total = [KNOWN], 0
    for kind in KINDS:
        cases = _still_failing(kind, grow)
        total += sum(map(len, cases.values()))
        rows = [f"{_quoted(case)} = [{', '.join(map(_quoted, names))}]" for case, names in cases.items()]
        parts.append("\n".join([f"[{kind}]", *rows, ""]))
    FILE.write_text("\n".join(parts), "utf-8")
    return total


def _still_failing(kind: str, grow: bool) -> dict[str, list[str]]:
    """Return case → what fails in it now and did before; with `grow` also what did not."""
    cases, measure = KINDS[kind]
    found = {}
    for case in cases:
        expected = known(kind).get(case, set())
        found[case] = sorted(name for name in measure(case) if grow or name in expected)
    return {case: names for case, names in found.items() if names}


def write_floors(anew: bool) -> None:
    """Write floors.toml: every figure cut to three places, or its old floor where that is higher."""
    old = tomllib.loads(FLOOR_FILE.read_text("utf-8")) if FLOOR_FILE.exists() and not anew else {}
    parts = [FLOORS]
    for group, figures in gate.figures().items():
        rows = [
            f"{_quoted(name) if ' ' in name else name} = {max(math.floor(value * 1000) / 1000, old.get(group, {}).get(name, 0.0))}"
            for name, value in figures.items()
        ]
        parts.append("\n".join([f"[{_quoted(group) if ' ' in group else group}]", *rows, ""]))
    FLOOR_FILE.write_text("\n".join(parts), "utf-8")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main() -> None:
    """Write both files. With `--anew`, for new pages only, failures are added and floors set to what is reached."""
    anew = "--anew" in sys.argv
    write_floors(anew)
    print(f"{write_known(anew)} known failures")


if __name__ == "__main__":
    main()
