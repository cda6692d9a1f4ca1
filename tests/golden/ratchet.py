"""`python -m tests.golden.ratchet`: take mended failures off known.toml and raise floors.toml; never the other way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from tests.golden.known import FILE, known
from tests.golden.matrix import CASES, failures

HEADER = """# What extraction does not manage yet. The tests fail for what is not on this list, and for what is on it and works:
# it only gets shorter. Take mended lines off with `.venv/bin/python -m tests.golden.ratchet`.
"""
KINDS: dict[str, tuple[Iterable[str], Callable[[str], Mapping[str, str]]]] = {"matrix": (CASES, failures)}


def still_failing(kind: str, grow: bool) -> dict[str, list[str]]:
    """Return case → what fails in it now and did before; with `grow` also what did not."""
    cases, measure = KINDS[kind]
    found = {}
    for case in cases:
        expected = known(kind).get(case, set())
        found[case] = sorted(name for name in measure(case) if grow or name in expected)
    return {case: names for case, names in found.items() if names}


def write_known(grow: bool) -> int:
    """Write known.toml and return how many failures are on it."""
    parts, total = [HEADER], 0
    for kind in KINDS:
        cases = still_failing(kind, grow)
        total += sum(map(len, cases.values()))
        lines = [
            f'"{case}" = [{", ".join(f"{chr(34)}{name}{chr(34)}" for name in names)}]' for case, names in cases.items()
        ]
        parts.append("\n".join([f"[{kind}]", *lines, ""]))
    FILE.write_text("\n".join(parts), "utf-8")
    return total


def main() -> None:
    """Write both files anew. `--grow` accepts new failures: for new pages only."""
    print(f"{write_known('--grow' in sys.argv)} known failures")


if __name__ == "__main__":
    main()
