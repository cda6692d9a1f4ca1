"""The known failures of the golden pages: a list that may only get shorter."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "known.toml"
HINT = "`.venv/bin/python -m tests.golden.ratchet` takes what was mended off the list."


@cache
def known(kind: str) -> dict[str, set[str]]:
    """Return the known failures of a kind: case → what fails in it."""
    told = tomllib.loads(FILE.read_text("utf-8")).get(kind, {})
    return {case: set(names) for case, names in told.items()}


def verdict(failing: Mapping[str, str], expected: Collection[str]) -> str:
    """Return what is new among failures and what was mended, an empty text when they are as expected."""
    new = [f"  {name}: {text}" for name, text in failing.items() if name not in expected]
    mended = sorted(set(expected) - set(failing))
    said = ["fails, and did not before:", *new] if new else []
    return "\n".join([*said, *([f"mended: {', '.join(mended)}. {HINT}"] if mended else [])])
