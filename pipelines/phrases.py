"""Load the phrases that are never an article's text, kept by kind and language in phrases.txt."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_FRAMES = {"tail": r"^(?:{})\s*[:.…>»]*$", "whole line": r"^(?:{})\s*[:.…>»]*$"}
"""Kinds whose phrases must make up a whole line; the phrases of the others say themselves where they stand."""


@cache
def phrases(kind: str) -> re.Pattern[str]:
    """Return one pattern of all the phrases of a kind. Raises KeyError for a kind that phrases.txt has not."""
    return re.compile(_FRAMES.get(kind, "{}").format("|".join(_by_kind()[kind])), re.IGNORECASE)


@cache
def _by_kind() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    kind = ""
    for line in files(__package__).joinpath("phrases.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            kind = line[1:-1]
            found.setdefault(kind, [])
        elif line and not line.startswith("#"):
            found[kind].append(line)
    return found
